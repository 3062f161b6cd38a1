#include "profiles/imports/import_keys.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "gen/profiles/statements.h"
#include "profiles/employee_file/file.h"

/* Columns of stmt_import_keys_wanted, whose rows are in the order of OWN. */
enum { LINE, NAME, HOLDER, OWN, SKIP };

struct wants {
	struct db_rows *rows; /* owned */
	size_t count;
	bool *lost;     /* owned; whether the holder keeps the key */
	int64_t *queue; /* owned; lines that are skipped */
	size_t queued, looked_at;
};

static int64_t number_of(const struct wants *wants, size_t position, int column)
{
	int64_t number = 0;
	return str_to_i64(db_value(wants->rows, (int)position, column), &number) ? number : 0;
}

/* The first row that wants a key held by the person of this line, or of a later one. */
static size_t first_of(const struct wants *wants, int64_t line)
{
	size_t from = 0, to = wants->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (number_of(wants, middle, OWN) < line)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void lose(struct wants *wants, size_t position)
{
	if (wants->lost[position])
		return;
	wants->lost[position] = true;
	wants->queue[wants->queued++] = number_of(wants, position, LINE);
}

static void spread(struct wants *wants)
{
	for (size_t i = 0; i < wants->count; i++)
		if (str_equal(db_value(wants->rows, (int)i, SKIP), "t"))
			lose(wants, i);
	while (wants->looked_at < wants->queued) {
		int64_t line = wants->queue[wants->looked_at++];
		for (size_t i = first_of(wants, line);
			i < wants->count && number_of(wants, i, OWN) == line; i++)
			lose(wants, i);
	}
}

static enum db_outcome store(struct import_work *work, const struct wants *wants)
{
	struct buf faults = BUF_INIT(IMPORT_FILE_BYTES);
	enum db_outcome outcome = DB_DONE;
	for (size_t i = 0; i < wants->count; i++) {
		const char *name = db_value(wants->rows, (int)i, NAME);
		char message[600];
		if (!wants->lost[i])
			continue;
		snprintf(message, sizeof message, "This %s belongs to %s, whose row is skipped.",
			name, db_value(wants->rows, (int)i, HOLDER));
		import_file_fault(
			&faults, work->id, number_of(wants, i, LINE), name, "taken", message);
	}
	if (!buf_ok(&faults))
		outcome = DB_NO_MEMORY;
	else if (faults.len)
		outcome = db_session_copy(
			work->w, &stmt_import_fault_copy, faults.data, faults.len, &work->error);
	buf_release(&faults);
	return outcome;
}

enum db_outcome import_keys_kept(struct import_work *work, int64_t *ret_count)
{
	struct wants wants = { 0 };
	const struct step step = STEP(&stmt_import_keys_wanted, work->id);
	enum db_outcome outcome = db_session_run(work->w, &step, &wants.rows, &work->error);
	*ret_count = 0;
	if (outcome != DB_DONE)
		return outcome;
	wants.count = (size_t)db_rows_count(wants.rows);
	wants.lost = calloc(wants.count + 1, sizeof *wants.lost);
	wants.queue = calloc(wants.count + 1, sizeof *wants.queue);
	if (!wants.lost || !wants.queue) {
		outcome = DB_NO_MEMORY;
	} else {
		spread(&wants);
		outcome = store(work, &wants);
		*ret_count = (int64_t)wants.queued;
	}
	db_rows_free(wants.rows);
	free(wants.lost);
	free(wants.queue);
	return outcome;
}
