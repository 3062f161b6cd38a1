#include "profiles/people/person_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "gen/profiles/statements.h"
#include "profiles/employee_file/file.h"

#define MEMBERS_MOST 40
#define ONE_STEP     "1"

/* The members of a row, as cells of a file. */
struct cells {
	const char *names[MEMBERS_MOST];
	char *values[MEMBERS_MOST]; /* owned */
	size_t count;
};

static void cells_release(struct cells *cells)
{
	for (size_t i = 0; i < cells->count; i++)
		free(cells->values[i]);
}

static void add_scalar(struct buf *out, const json_t *value)
{
	if (json_is_string(value))
		buf_text(out, json_string_value(value));
	else if (json_is_integer(value))
		buf_print(out, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		buf_text(out, json_is_true(value) ? "true" : "false");
}

/* Adds a value of a list; a bar or backslash in it is escaped with a backslash. */
static void add_item(struct buf *out, const json_t *value)
{
	for (const char *at = json_string_value(value); at && *at; at++) {
		if (*at == '|' || *at == '\\')
			buf_char(out, '\\');
		buf_char(out, *at);
	}
}

/* A value as it would appear in a file: lists are separated by bars. Owned; NULL if out of
 * memory. */
static char *cell_of(const json_t *value)
{
	struct buf out = BUF_INIT(PERSON_ROWS_BYTES);
	buf_text(&out, "");
	for (size_t i = 0; i < json_array_size(value); i++) {
		if (i > 0)
			buf_char(&out, '|');
		add_item(&out, json_array_get(value, i));
	}
	if (!json_is_array(value))
		add_scalar(&out, value);
	char *text = buf_ok(&out) ? buf_take(&out) : NULL;
	buf_release(&out);
	return text;
}

/* Notes which kinds of columns occur in any row; kinds that do not occur need no step. */
static void note_column(struct person_rows *r, const char *name)
{
	bool skills = str_equal(name, "skills");
	r->dated = r->dated || strncmp(name, "active_", 7) == 0 ||
		   strncmp(name, "on_leave_", 9) == 0;
	r->skilled = r->skilled || skills;
	r->with_sets = r->with_sets || skills || str_equal(name, "languages") ||
		       str_equal(name, "interests");
}

static bool add_cell(struct cells *cells, const char *name, char *value)
{
	if (!value || cells->count == MEMBERS_MOST) {
		free(value);
		return false;
	}
	cells->names[cells->count] = name;
	cells->values[cells->count++] = value;
	return true;
}

static bool take_members(struct cells *cells, const json_t *item, const char *external_id)
{
	const char *name;
	json_t *value;
	if (external_id && !add_cell(cells, "external_id", strdup(external_id)))
		return false;
	json_object_foreach((json_t *)item, name, value)
	{
		if (external_id && str_equal(name, "external_id"))
			continue;
		if (!add_cell(cells, name, cell_of(value)))
			return false;
	}
	return true;
}

/* Adds one value of a COPY text, up to the tab or line end, as a JSON string or null. */
static const char *add_value(struct buf *out, const char *from)
{
	struct buf value = BUF_INIT(PERSON_ROWS_BYTES);
	bool null = strncmp(from, "\\N", 2) == 0;
	buf_text(&value, "");
	for (; *from && *from != '\t' && *from != '\n'; from++) {
		if (*from != '\\') {
			buf_char(&value, *from);
			continue;
		}
		from++;
		buf_char(&value, *from == 't'   ? '\t'
				 : *from == 'n' ? '\n'
				 : *from == 'r' ? '\r'
						: *from);
	}
	out->failed = out->failed || value.failed;
	if (null)
		buf_text(out, "null");
	else if (buf_ok(&value))
		buf_json(out, value.data);
	buf_release(&value);
	return from;
}

/* Adds the lines of a COPY text as objects; name_of(i) names the i-th member. */
static void add_objects(
	struct buf *out, const struct buf *copy, const char *(*name_of)(size_t), const char *more)
{
	const char *end = copy->len ? copy->data + copy->len : NULL;
	for (const char *at = copy->data; end && at < end; at++) {
		buf_text(out, out->len ? "," : "[");
		for (size_t i = 0;; at++, i++) {
			buf_print(out, "%s\"%s\":", i ? "," : "{", name_of(i));
			at = add_value(out, at);
			if (*at != '\t')
				break;
		}
		buf_print(out, "%s}", more);
	}
}

/* In the order of import_row_copy. */
static const char *name_in_row(size_t i)
{
	static const char *const first[] = { "import_id", "line" };
	if (i < COUNT(first))
		return first[i];
	const char *name = import_file_column(i - COUNT(first));
	if (!name)
		return import_file_column(i - COUNT(first) - 1) ? "skip" : "out_of_scope";
	return str_equal(name, "active") ? "status" : name;
}

/* In the order of import_fault_copy. */
static const char *name_in_fault(size_t i)
{
	static const char *const names[] = { "import_id", "line", "column_name", "code", "message",
		"warning" };
	return names[i < COUNT(names) ? i : COUNT(names) - 1];
}

/* ,"sent":["external_id",…] */
static void print_sent(struct buf *out, const struct cells *cells)
{
	buf_text(out, ",\"sent\":");
	for (size_t i = 0; i < cells->count; i++)
		buf_print(out, "%s\"%s\"", i ? "," : "[", cells->names[i]);
	buf_char(out, ']');
}

bool person_rows_add(struct person_rows *r, const char *batch, int line, const json_t *item,
	const char *external_id)
{
	struct cells cells = { 0 };
	struct buf sent = BUF_INIT(PERSON_ROWS_BYTES);
	struct import_file file = { .rows = BUF_INIT(PERSON_ROWS_BYTES),
		.faults = BUF_INIT(PERSON_ROWS_BYTES) };
	bool good = take_members(&cells, item, external_id);
	for (size_t i = 0; i < cells.count; i++)
		note_column(r, cells.names[i]);
	if (good) {
		print_sent(&sent, &cells);
		good = import_file_row(batch, line, cells.names, cells.values, cells.count, &file);
	}
	if (good && buf_ok(&sent)) {
		add_objects(&r->rows, &file.rows, name_in_row, sent.data);
		add_objects(&r->faults, &file.faults, name_in_fault, "");
	}
	good = good && buf_ok(&sent) && buf_ok(&r->rows) && buf_ok(&r->faults);
	buf_release(&sent);
	import_file_release(&file);
	cells_release(&cells);
	return good;
}

static const char *array_of(struct buf *objects)
{
	buf_text(objects, objects->len ? "]" : "[]");
	return buf_ok(objects) ? objects->data : "[";
}

size_t person_rows_steps(struct person_rows *r, const char *batch,
	const struct person_rows_terms *terms, struct step steps[PERSON_ROWS_STEPS])
{
	const struct {
		bool due;
		struct step step;
	} all[] = {
		{ true, STEP(&stmt_person_rows_stage, batch, array_of(&r->rows),
				array_of(&r->faults)) },
		{ true, STEP(&stmt_person_rows_by_index, NULL) },
		{ !terms->chunked, STEP(&stmt_person_rows_lock, NULL) },
		{ !terms->chunked, STEP(&stmt_person_rows_begin, batch, terms->version,
					   terms->only_new ? "true" : "false") },
		{ true, STEP(&stmt_person_rows_claim, batch) },
		{ r->dated, STEP(&stmt_import_complete_dates, batch) },
		{ r->dated, STEP(&stmt_import_settle_dates, batch) },
		{ true, STEP(&stmt_import_fault_taken, batch) },
		{ true, STEP(&stmt_import_fault_spelling, batch) },
		{ true, STEP(&stmt_import_fault_twice, batch) },
		{ true, STEP(&stmt_import_fault_managers, batch) },
		{ r->skilled, STEP(&stmt_person_rows_skills, batch) },
		{ r->skilled, STEP(&stmt_import_settle_skills, batch) },
		{ true, STEP(&stmt_person_rows_wait, batch) },
		{ true, STEP(&stmt_person_rows_settle, batch, terms->confirm_deactivations) },
		{ true, STEP(&stmt_person_rows_apply, batch) },
		{ !terms->chunked, STEP(&stmt_import_apply_chunk, batch, batch, ONE_STEP) },
		{ r->with_sets && !terms->chunked, STEP(&stmt_import_apply_sets, batch, ONE_STEP) },
	};
	size_t count = 0;
	for (size_t i = 0; i < COUNT(all); i++)
		if (all[i].due)
			steps[count++] = all[i].step;
	return count;
}

void person_rows_release(struct person_rows *r)
{
	buf_release(&r->rows);
	buf_release(&r->faults);
}
