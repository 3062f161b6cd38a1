#include "profiles/employee_file/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/str.h"
#include "profiles/employee_file/cell.h"
#include "profiles/employee_file/suggestion.h"
#include "profiles/employee_file/unknown.h"

/* For a file that has our headers. */
static const struct mapping plain = { .date_separator = '-' };

struct reading {
	struct import_file *file;
	const struct mapping *mapping;
	const char *import_id;
	int place[COLUMN_COUNT]; /* cell of each column, -1 = not in the file */
	int scope_place[SCOPE_RULES_MOST];
	size_t width;
	struct unknown_values unknown;
};

static void add_report(struct buf *out, const char *import_id, int64_t line, const char *column,
	const char *code, const char *message, bool warning)
{
	buf_print(out, "%s\t%lld\t", import_id, (long long)line);
	if (column)
		cell_copy_text(out, column);
	else
		buf_text(out, "\\N");
	buf_print(out, "\t%s\t", code);
	cell_copy_text(out, message);
	buf_text(out, warning ? "\tt\n" : "\tf\n");
}

void import_file_fault(struct buf *out, const char *import_id, int64_t line, const char *column,
	const char *code, const char *message)
{
	add_report(out, import_id, line, column, code, message, false);
}

static void add_fault(
	struct reading *r, int64_t line, const char *column, const char *code, const char *message)
{
	r->file->fault_count++;
	import_file_fault(&r->file->faults, r->import_id, line, column, code, message);
}

static void add_warning(
	struct reading *r, int64_t line, const char *column, const char *code, const char *message)
{
	r->file->warning_count++;
	add_report(&r->file->faults, r->import_id, line, column, code, message, true);
}

/* The position of our column whose name this header is, if the mapping does not name the header; -1
 * if none. */
static int own_column(const struct reading *r, const char *cell)
{
	char name[CSV_NAME_BYTES], folded[HEADER_BYTES];
	csv_column_name(cell, name);
	column_fold(cell, folded);
	int column = column_find(name);
	bool mapped = column >= 0 && r->mapping->columns[column].header != NULL;
	return mapped || json_object_get(r->mapping->ignored, folded) ||
			       mapping_uses(r->mapping, folded)
		       ? -1
		       : column;
}

static void place_column(struct reading *r, const struct csv_record *header, int column, size_t i)
{
	if (r->place[column] >= 0)
		add_fault(r, header->line, columns[column].name, "duplicate_column",
			"The header has this column twice.");
	else
		r->place[column] = (int)i;
}

/* Assigns one column of the header: to ours by name, or to all that the mapping takes from it. */
static void read_column(struct reading *r, const struct csv_record *header, size_t i)
{
	char folded[HEADER_BYTES];
	int own = own_column(r, header->fields[i]);
	column_fold(header->fields[i], folded);
	for (int c = 0; c < COLUMN_COUNT; c++) {
		const char *mapped = r->mapping->columns[c].header;
		if (c == own || (mapped && *folded && str_equal(mapped, folded)))
			place_column(r, header, c, i);
	}
	for (size_t s = 0; s < r->mapping->scope_count; s++)
		if (str_equal(r->mapping->scope[s].header, folded))
			r->scope_place[s] = (int)i;
}

static bool is_known(const struct reading *r, const char *cell)
{
	char folded[HEADER_BYTES];
	bool known = own_column(r, cell) >= 0;
	column_fold(cell, folded);
	known = known || json_object_get(r->mapping->ignored, folded) ||
		mapping_uses(r->mapping, folded);
	for (size_t s = 0; s < r->mapping->scope_count; s++)
		known = known || str_equal(r->mapping->scope[s].header, folded);
	return known;
}

/* Reports columns that the import does not know: as warnings, or as faults if the header lacks
 * required columns, because an unknown one may be the missing one under another name. */
static void report_unknown(struct reading *r, const struct csv_record *header, bool missing)
{
	for (size_t i = 0; i < header->count; i++) {
		char name[CSV_NAME_BYTES];
		csv_column_name(header->fields[i], name);
		const char *shown = *name ? name : NULL;
		if (is_known(r, header->fields[i]))
			continue;
		if (missing)
			add_fault(r, header->line, shown, "unknown_column",
				"There is no such column.");
		else
			add_warning(r, header->line, shown, "unknown_column",
				"There is no such column; it is ignored.");
	}
}

static bool is_required(const struct reading *r, size_t i)
{
	return columns[i].required && !(i == COLUMN_LEVEL && r->mapping->level_by_depth);
}

static bool is_given(const struct reading *r, size_t i)
{
	return r->place[i] >= 0 || r->mapping->columns[i].fixed;
}

/* Reports columns that the mapping or the import expects but the file lacks. */
static void report_missing(struct reading *r, const struct csv_record *header)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (is_required(r, i) && !is_given(r, i))
			add_fault(r, header->line, columns[i].name, "missing_column",
				"This column is required.");
		else if (r->mapping->columns[i].header && r->place[i] < 0)
			add_warning(r, header->line, columns[i].name, "missing_column",
				"The mapping has this column, but the file does not.");
	}
	for (size_t s = 0; s < r->mapping->scope_count; s++)
		if (r->scope_place[s] < 0)
			add_fault(r, header->line, r->mapping->scope[s].header, "missing_column",
				"Who is out of scope is told by this column.");
}

/* Lists our columns that the file has, as an array literal, and their headers as JSON by our
 * names. */
static void list_columns(struct reading *r, const struct csv_record *header)
{
	struct buf *out = &r->file->columns, *headers = &r->file->headers;
	buf_char(out, '{');
	buf_char(headers, '{');
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (is_given(r, i) || (i == COLUMN_LEVEL && r->mapping->level_by_depth))
			buf_print(out, "%s%s", out->len > 1 ? "," : "", columns[i].name);
		if (r->place[i] < 0 || !r->mapping->columns[i].header)
			continue;
		buf_print(headers, "%s\"%s\":", headers->len > 1 ? "," : "", columns[i].name);
		buf_json(headers, header->fields[r->place[i]]);
	}
	buf_char(out, '}');
	buf_char(headers, '}');
}

/* Finds the cell of each column. */
static bool read_header(struct reading *r, const struct csv_record *header)
{
	bool missing = false, any = false;
	int64_t before = r->file->fault_count;
	memset(r->place, -1, sizeof r->place);
	memset(r->scope_place, -1, sizeof r->scope_place);
	r->width = header->count;
	for (size_t i = 0; i < header->count; i++)
		read_column(r, header, i);
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		missing = missing || (is_required(r, i) && !is_given(r, i));
		any = any || r->place[i] >= 0;
	}
	if (!any && header->count == 1) {
		add_fault(r, header->line, NULL, "no_header",
			"The first line is not a header. A header is required, such as "
			"external_id,user_name,given_name,level.");
		return false;
	}
	report_unknown(r, header, missing || r->file->fault_count > before);
	report_missing(r, header);
	list_columns(r, header);
	return r->file->fault_count == before;
}

static const char *text_of(const struct reading *r, size_t i, const struct csv_record *row)
{
	return r->place[i] < 0 ? r->mapping->columns[i].fixed : row->fields[r->place[i]];
}

static void report_cell(
	struct reading *r, size_t i, const struct csv_record *row, const struct cell *cell)
{
	if (!cell->unknown)
		add_fault(r, row->line, columns[i].name, cell->code, cell->message);
	else if (!unknown_count(&r->unknown, i, text_of(r, i, row)))
		r->file->faults.failed = true;
}

/* Writes one cell of a row: its value, or its fault and no value. */
static bool read_cell(struct reading *r, size_t i, const struct csv_record *row)
{
	struct cell cell;
	bool good = cell_read(r->mapping, i, text_of(r, i, row), is_required(r, i), &cell);
	buf_char(&r->file->rows, '\t');
	good = cell_write(&r->file->rows, i, &cell) && good;
	if (!good)
		report_cell(r, i, row, &cell);
	cell_release(&cell);
	return good;
}

/* Whether the row's key is readable, so that it is known whose row it is. */
static bool has_key(const struct reading *r, const struct csv_record *row)
{
	struct cell cell;
	bool good = cell_read(r->mapping, COLUMN_KEY, text_of(r, COLUMN_KEY, row), true, &cell);
	cell_release(&cell);
	return good;
}

/* Whether a rule of the mapping excludes the person. */
static bool is_out_of_scope(const struct reading *r, const struct csv_record *row)
{
	char folded[HEADER_BYTES];
	for (size_t s = 0; s < r->mapping->scope_count; s++) {
		const struct scope_rule *rule = &r->mapping->scope[s];
		column_fold(row->fields[r->scope_place[s]], folded);
		if (*folded ? json_object_get(rule->values, folded) != NULL : rule->empty)
			return true;
	}
	return false;
}

/* Stores only the key of a person out of scope, so that they do not count as missing. */
static void add_outsider(struct reading *r, const struct csv_record *row)
{
	struct buf *out = &r->file->rows;
	if (!has_key(r, row)) {
		r->file->row_count--;
		return;
	}
	buf_print(out, "%s\t%lld", r->import_id, (long long)row->line);
	(void)!read_cell(r, COLUMN_KEY, row);
	for (size_t i = 1; i < COLUMN_COUNT; i++)
		buf_text(out, "\t\\N");
	buf_text(out, "\tf\tt\n");
}

/* A row with faults is stored too, with its well-formed values, so that it is known who is
 * meant. */
static void read_row(struct reading *r, const struct csv_record *row)
{
	struct buf *out = &r->file->rows;
	size_t from = out->len;
	bool good = true;
	r->file->row_count++;
	if (row->count != r->width) {
		add_fault(r, row->line, NULL, "field_count",
			"The row has more or fewer fields than the header.");
		return;
	}
	if (is_out_of_scope(r, row)) {
		r->file->out_of_scope++;
		add_outsider(r, row);
		return;
	}
	buf_print(out, "%s\t%lld", r->import_id, (long long)row->line);
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		good = read_cell(r, i, row) && good;
	buf_text(out, good ? "\tf\tf\n" : "\tt\tf\n");
	if (!good && !has_key(r, row) && buf_ok(out))
		out->len = from;
}

/* A person with only one name gets it as the given name, whichever column has it. */
static void settle_single_name(const struct reading *r, struct csv_record *row)
{
	int given = r->place[COLUMN_GIVEN], family = r->place[COLUMN_FAMILY];
	if (family < 0 || given < 0 || row->count != r->width ||
		!csv_cell_is_blank(row->fields[given]))
		return;
	char *name = row->fields[family];
	row->fields[family] = row->fields[given];
	row->fields[given] = name;
}

bool import_file_row(const char *import_id, int64_t line, const char *const names[],
	char *const cells[], size_t count, struct import_file *file)
{
	struct reading r = {
		.file = file, .mapping = &plain, .import_id = import_id, .width = count
	};
	struct csv_record row = { .line = line, .count = count };
	memset(r.place, -1, sizeof r.place);
	for (size_t i = 0; i < count; i++) {
		int column = column_find(names[i]);
		if (column < 0 || i >= CSV_FIELDS_MOST)
			return false;
		r.place[column] = (int)i;
		row.fields[i] = cells[i];
	}
	if (r.place[COLUMN_GIVEN] >= 0)
		settle_single_name(&r, &row);
	read_row(&r, &row);
	return buf_ok(&file->rows) && buf_ok(&file->faults);
}

const char *import_file_column(size_t i)
{
	return i < COLUMN_COUNT ? columns[i].name : NULL;
}

static void add_record_fault(struct reading *r, int64_t line, enum csv_outcome outcome)
{
	switch (outcome) {
	case CSV_BARE_QUOTE:
		add_fault(
			r, line, NULL, "stray_quote", "A quote stands where none may (RFC 4180).");
		break;
	case CSV_UNTERMINATED:
		add_fault(r, line, NULL, "unterminated_quote", "A quoted value does not end.");
		break;
	case CSV_TOO_MANY_FIELDS:
		add_fault(r, line, NULL, "field_count", "The row has too many fields.");
		break;
	default:
		add_fault(r, line, NULL, "too_long", "A value is too long.");
	}
}

static bool read_records(struct reading *r, struct csv *csv)
{
	struct csv_record record;
	for (;;) {
		enum csv_outcome outcome = csv_next(csv, &record);
		if (outcome == CSV_NO_MEMORY)
			return false;
		if (outcome == CSV_END)
			return true;
		if (outcome == CSV_RECORD) {
			csv_unquote_formulas(&record);
			settle_single_name(r, &record);
			if (!csv_row_is_empty(&record))
				read_row(r, &record);
			continue;
		}
		r->file->row_count++;
		add_record_fault(r, record.line, outcome);
	}
}

/* Reports one fault for all rows with values of a column that the mapping does not know. */
static void report_unknown_values(struct reading *r, int64_t line)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		char message[UNKNOWN_MESSAGE];
		if (unknown_say(&r->unknown, i, message))
			add_fault(r, line, columns[i].name, "unknown_values", message);
	}
	if (!unknown_write(&r->unknown, &r->file->unknown_values))
		r->file->unknown_values.failed = true;
}

static bool read_text(struct reading *r, struct csv *csv)
{
	struct csv_record header;
	enum csv_outcome outcome = csv_next(csv, &header);
	if (outcome == CSV_NO_MEMORY)
		return false;
	if (outcome == CSV_END) {
		add_fault(r, 1, NULL, "empty_file", "The file has no header.");
		return true;
	}
	if (outcome != CSV_RECORD) {
		add_record_fault(r, 1, outcome);
		return true;
	}
	int64_t line = header.line;
	if (!read_header(r, &header))
		return true;
	r->file->readable = true;
	bool ok = read_records(r, csv);
	report_unknown_values(r, line);
	return ok;
}

bool import_file_read(const char *import_id, const struct mapping *mapping, const char *text,
	size_t length, struct import_file *ret_file)
{
	struct import_file *file = ret_file;
	*file = (struct import_file){ .rows = BUF_INIT(IMPORT_FILE_BYTES),
		.faults = BUF_INIT(IMPORT_FILE_BYTES),
		.columns = BUF_INIT(4096),
		.headers = BUF_INIT(1 << 20),
		.unknown_values = BUF_INIT(1 << 20),
		.suggestion = BUF_INIT(1 << 20) };
	if (!mapping)
		mapping = &plain;
	struct reading r = { .file = file, .mapping = mapping, .import_id = import_id };
	struct csv csv = csv_open(text, length);
	if (mapping->delimiter)
		csv.delimiter = mapping->delimiter;
	bool ok = read_text(&r, &csv);
	csv_release(&csv);
	unknown_release(&r.unknown);
	if (ok && json_object_size(mapping->rules) == 0)
		ok = suggestion_write(text, length, &file->suggestion);
	return ok && buf_ok(&file->rows) && buf_ok(&file->faults) && buf_ok(&file->columns) &&
	       buf_ok(&file->headers) && buf_ok(&file->unknown_values);
}

bool import_file_has(const struct import_file *file, const char *prefix)
{
	for (const char *at = file->columns.data; at; at = strchr(at, ',')) {
		at++; /* the brace, or the comma */
		if (strncmp(at, prefix, strlen(prefix)) == 0)
			return true;
	}
	return false;
}

void import_file_release(struct import_file *file)
{
	buf_release(&file->rows);
	buf_release(&file->faults);
	buf_release(&file->columns);
	buf_release(&file->headers);
	buf_release(&file->unknown_values);
	buf_release(&file->suggestion);
}
