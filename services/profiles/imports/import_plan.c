#include "profiles/imports/import_plan.h"

#include <stdlib.h>
#include "base/id.h"
#include "base/str.h"
#include "gen/profiles/statements.h"
#include "profiles/employee_file/file.h"
#include "profiles/employee_file/tree.h"
#include "profiles/imports/import_keys.h"

/* Columns of stmt_import_plan. */
enum { LINE, PERSON_ID, ABOVE, ACTION };

struct step_order {
	int depth, line, position; /* line 0: not in the file */
};

struct plan {
	struct import_work *work;
	struct db_rows *rows; /* owned */
	size_t count;
	struct import_node *nodes; /* owned */
	struct id *minted;         /* owned; of new people */
};

enum db_outcome import_skip_faulty(struct import_work *work)
{
	int64_t more = 1, kept = 1;
	enum db_outcome outcome = DB_DONE;
	while (outcome == DB_DONE && (more > 0 || kept > 0)) {
		outcome = import_run_count(work, &stmt_import_skip_faulty,
			work->skip_errors ? "true" : "false", NULL, &more);
		work->faulty = work->faulty || (outcome == DB_DONE && more > 0);
		kept = 0;
		if (outcome == DB_DONE && more == 0 && work->skip_errors && work->faulty)
			outcome = import_keys_kept(work, &kept);
	}
	return outcome;
}

static void plan_release(struct plan *plan)
{
	db_rows_free(plan->rows);
	free(plan->nodes);
	free(plan->minted);
}

static int number_of(const struct plan *plan, size_t position, int column)
{
	int64_t number = 0;
	const char *text = db_value(plan->rows, (int)position, column);
	return text && str_to_i64(text, &number) ? (int)number : 0;
}

static enum db_outcome read_plan(struct plan *plan)
{
	const struct step step = STEP(&stmt_import_plan, plan->work->id);
	enum db_outcome outcome = db_session_run(
		plan->work->w, &step, &plan->rows, &plan->work->error);
	if (outcome != DB_DONE)
		return outcome;
	plan->count = (size_t)db_rows_count(plan->rows);
	plan->nodes = calloc(plan->count + 1, sizeof *plan->nodes);
	plan->minted = calloc(plan->count + 1, sizeof *plan->minted);
	if (!plan->nodes || !plan->minted)
		return DB_NO_MEMORY;
	for (size_t i = 0; i < plan->count; i++) {
		plan->nodes[i].above = number_of(plan, i, ABOVE) - 1;
		if (!db_value(plan->rows, (int)i, PERSON_ID))
			plan->minted[i] = id_v7();
	}
	return DB_DONE;
}

/* Stores faults for the rows in cycles; people who are not in the file get none. */
static enum db_outcome store_circles(struct plan *plan)
{
	struct buf faults = BUF_INIT(IMPORT_FILE_BYTES);
	enum db_outcome outcome = DB_DONE;
	for (size_t i = 0; i < plan->count; i++)
		if (plan->nodes[i].in_circle && number_of(plan, i, LINE) > 0)
			import_file_fault(&faults, plan->work->id, number_of(plan, i, LINE),
				"manager_external_id", "cycle",
				"The reporting line forms a cycle through this person.");
	if (!buf_ok(&faults))
		outcome = DB_NO_MEMORY;
	else if (faults.len)
		outcome = db_session_copy(plan->work->w, &stmt_import_fault_copy, faults.data,
			faults.len, &plan->work->error);
	buf_release(&faults);
	return outcome;
}

static int compare_steps(const void *left, const void *right)
{
	const struct step_order *a = left, *b = right;
	if ((a->line == 0) != (b->line == 0))
		return a->line == 0 ? -1 : 1;
	if (a->depth != b->depth && a->line)
		return a->depth < b->depth ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->position < b->position ? -1 : a->position > b->position;
}

static const char *person_of(const struct plan *plan, int position)
{
	const char *known = position < 0 ? NULL : db_value(plan->rows, position, PERSON_ID);
	return position < 0 ? "\\N" : known ? known : plan->minted[position].text;
}

static void add_step(
	const struct plan *plan, const struct step_order *step, size_t place, struct buf *out)
{
	const char *line = db_value(plan->rows, step->position, LINE);
	buf_print(out, "%s\t%zu\t%s\t%s\t%s\t%s\n", plan->work->id, place, line ? line : "\\N",
		person_of(plan, step->position), person_of(plan, plan->nodes[step->position].above),
		db_value(plan->rows, step->position, ACTION));
}

static enum db_outcome store_steps(struct plan *plan)
{
	struct buf out = BUF_INIT(IMPORT_FILE_BYTES);
	size_t count = 0;
	struct step_order *steps = calloc(plan->count + 1, sizeof *steps);
	enum db_outcome outcome = steps ? DB_DONE : DB_NO_MEMORY;
	for (size_t i = 0; steps && i < plan->count; i++)
		if (db_value(plan->rows, (int)i, ACTION))
			steps[count++] = (struct step_order){ plan->nodes[i].depth,
				number_of(plan, i, LINE), (int)i };
	if (count)
		qsort(steps, count, sizeof *steps, compare_steps);
	for (size_t i = 0; i < count; i++)
		add_step(plan, &steps[i], i + 1, &out);
	free(steps);
	if (!buf_ok(&out))
		outcome = DB_NO_MEMORY;
	else if (out.len)
		outcome = db_session_copy(plan->work->w, &stmt_import_step_copy, out.data, out.len,
			&plan->work->error);
	buf_release(&out);
	return outcome;
}

enum db_outcome import_plan(struct import_work *work)
{
	bool again = true;
	enum db_outcome outcome = DB_DONE;
	while (again && outcome == DB_DONE) {
		struct plan plan = { .work = work };
		outcome = read_plan(&plan);
		again = outcome == DB_DONE && import_tree_walk(plan.nodes, plan.count) > 0;
		if (again) {
			outcome = store_circles(&plan);
			if (outcome == DB_DONE)
				outcome = import_skip_faulty(work);
			again = work->skip_errors;
		} else if (outcome == DB_DONE && (work->skip_errors || !work->faulty)) {
			outcome = store_steps(&plan);
		}
		plan_release(&plan);
	}
	return outcome;
}
