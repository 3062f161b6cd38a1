#include "profiles/employee_file/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/country.h"
#include "base/csv.h"
#include "base/str.h"
#include "base/zone.h"
#include "base/text.h"

#define HIRE_YEAR_FIRST 1900

enum kind {
	KIND_TEXT,
	KIND_KEY,
	KIND_EMAIL,
	KIND_COUNTRY,
	KIND_ZONE,
	KIND_LEVEL,
	KIND_DATE,
	KIND_ACTIVE,
	KIND_LANGUAGES
};

/* In the order of import_row_copy. */
static const struct column {
	const char *name;
	enum kind kind;
	size_t most; /* characters */
	bool required;
} columns[] = {
	{ "external_id", KIND_KEY, 100, true },
	{ "user_name", KIND_KEY, 200, true },
	{ "given_name", KIND_TEXT, 100, true },
	{ "family_name", KIND_TEXT, 100, false },
	{ "email", KIND_EMAIL, 254, false },
	{ "title", KIND_TEXT, 200, false },
	{ "department", KIND_TEXT, 200, false },
	{ "location", KIND_TEXT, 200, false },
	{ "country", KIND_COUNTRY, 2, false },
	{ "time_zone", KIND_ZONE, 64, false },
	{ "level", KIND_LEVEL, 5, true },
	{ "manager_external_id", KIND_KEY, 100, false },
	{ "hired_on", KIND_DATE, 10, false },
	{ "active", KIND_ACTIVE, 5, false },
	{ "languages", KIND_LANGUAGES, 700, false },
};

/* In the table above. */
enum { COLUMN_KEY = 0, COLUMN_GIVEN = 2, COLUMN_FAMILY = 3 };

#define NAME_MOST 64 /* characters of a column's name */

struct reading {
	struct import_file *file;
	const char *import_id;
	int place[COUNT(columns)]; /* cell of each column, -1 = not in the file */
	size_t width;
};

static void copy_text(struct buf *out, const char *text)
{
	for (const char *c = text; *c; c++) {
		switch (*c) {
		case '\t':
			buf_text(out, "\\t");
			break;
		case '\n':
			buf_text(out, "\\n");
			break;
		case '\r':
			buf_text(out, "\\r");
			break;
		case '\\':
			buf_text(out, "\\\\");
			break;
		default:
			buf_char(out, *c);
		}
	}
}

static void add_report(struct buf *out, const char *import_id, int64_t line, const char *column,
	const char *code, const char *message, bool warning)
{
	buf_print(out, "%s\t%lld\t", import_id, (long long)line);
	if (column)
		copy_text(out, column);
	else
		buf_text(out, "\\N");
	buf_print(out, "\t%s\t", code);
	copy_text(out, message);
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

static int column_index(const char *name)
{
	for (size_t i = 0; i < COUNT(columns); i++)
		if (str_equal(columns[i].name, name))
			return (int)i;
	return -1;
}

/* A name in a header as it is compared: "External ID" is external_id. Empty when it is none. */
static void read_name(const char *cell, char *ret_name, size_t size)
{
	struct text text;
	size_t length = 0;
	ret_name[0] = '\0';
	if (text_take(TEXT_KEY, cell, strlen(cell), &text) != TEXT_GOOD)
		return;
	const char *from = text.changed ? text.changed : cell;
	for (; text.characters <= NAME_MOST && *from && length + 1 < size; from++) {
		char c = *from >= 'A' && *from <= 'Z' ? (char)(*from - 'A' + 'a') : *from;
		ret_name[length++] = c == ' ' || c == '-' ? '_' : c;
	}
	ret_name[length] = '\0';
	free(text.changed);
}

/* One column of the header. */
static void read_column(struct reading *r, const struct csv_record *header, size_t i)
{
	char name[4 * NAME_MOST + 1];
	read_name(header->fields[i], name, sizeof name);
	int column = column_index(name);
	if (column < 0)
		return;
	if (r->place[column] >= 0)
		add_fault(r, header->line, columns[column].name, "duplicate_column",
			"The header has this column twice.");
	else
		r->place[column] = (int)i;
}

/* Columns that the import does not know: passed over with a warning, or faults where the header
 * has others: they may be the missing ones under another name. */
static void report_unknown(struct reading *r, const struct csv_record *header, bool missing)
{
	for (size_t i = 0; i < header->count; i++) {
		char name[4 * NAME_MOST + 1];
		read_name(header->fields[i], name, sizeof name);
		const char *shown = *name ? name : NULL;
		if (column_index(name) >= 0)
			continue;
		if (missing) {
			add_fault(r, header->line, shown, "unknown_column",
				"There is no such column.");
		} else {
			r->file->warning_count++;
			add_report(&r->file->faults, r->import_id, header->line, shown,
				"unknown_column", "There is no such column; it is ignored.", true);
		}
	}
}

static bool is_missing(const struct reading *r, size_t i)
{
	return columns[i].required && r->place[i] < 0;
}

/* Which cell is which column. */
static bool read_header(struct reading *r, const struct csv_record *header)
{
	bool missing = false, any = false;
	int64_t before = r->file->fault_count;
	memset(r->place, -1, sizeof r->place);
	r->width = header->count;
	for (size_t i = 0; i < header->count; i++)
		read_column(r, header, i);
	for (size_t i = 0; i < COUNT(columns); i++) {
		missing = missing || is_missing(r, i);
		any = any || r->place[i] >= 0;
	}
	if (!any && header->count == 1) {
		add_fault(r, header->line, NULL, "no_header",
			"The first line is not a header. A header is required, such as "
			"external_id,user_name,given_name,level.");
		return false;
	}
	report_unknown(r, header, missing || r->file->fault_count > before);
	for (size_t i = 0; i < COUNT(columns); i++)
		if (is_missing(r, i))
			add_fault(r, header->line, columns[i].name, "missing_column",
				"This column is required.");
	if (r->file->fault_count > before)
		return false;
	struct buf *out = &r->file->columns;
	buf_char(out, '{');
	for (size_t i = 0; i < COUNT(columns); i++)
		if (r->place[i] >= 0)
			buf_print(out, "%s%s", out->len > 1 ? "," : "", columns[i].name);
	buf_char(out, '}');
	return true;
}

/* Languages separated by bars, as an array literal; each tag checked. */
static bool add_languages(struct buf *out, const char *cell)
{
	char tag[36];
	buf_char(out, '{');
	for (const char *from = cell;;) {
		size_t length = strcspn(from, "|");
		if (length >= sizeof tag)
			return false;
		memcpy(tag, from, length);
		tag[length] = '\0';
		if (!str_is_language(tag))
			return false;
		buf_print(out, "%s%s", from > cell ? "," : "", tag);
		if (!from[length])
			break;
		from += length + 1;
	}
	buf_char(out, '}');
	return true;
}

/* true and false in any case: spreadsheets write them in capitals. */
static bool read_active(const char *cell, bool *ret_active)
{
	char folded[6] = "";
	for (size_t i = 0; cell[i]; i++) {
		if (i + 1 == sizeof folded)
			return false;
		folded[i] = cell[i] >= 'A' && cell[i] <= 'Z' ? (char)(cell[i] - 'A' + 'a')
							     : cell[i];
	}
	return str_to_bool(folded, ret_active);
}

/* NULL when the cell, taken in already, is well formed, else the fault's code and *ret_message. */
/* Some were hired before the years of all other dates. */
static bool is_day_of_hire(const char *cell)
{
	struct civil day;
	return civil_read_date(cell, &day) && cell[10] == '\0' && day.year >= HIRE_YEAR_FIRST &&
	       day.year <= CIVIL_YEAR_LAST;
}

static const char *cell_fault(
	const struct column *column, const char *cell, const char **ret_message)
{
	int64_t number;
	bool flag;
	switch (column->kind) {
	case KIND_COUNTRY:
		*ret_message = "A country must be a two-letter code of ISO 3166, such as DE or GB.";
		return str_is_country(cell) ? NULL : "not_a_country";
	case KIND_EMAIL:
		*ret_message = "This is not an email address.";
		return str_is_email(cell) ? NULL : "not_an_email";
	case KIND_ZONE:
		*ret_message = "This is not a time zone name such as Europe/Berlin.";
		return zone_exists(cell) ? NULL : "not_a_time_zone";
	case KIND_LEVEL:
		*ret_message = "A level must be a whole number from 0 to 32767.";
		return str_to_i64(cell, &number) && number >= 0 && number <= 32767 ? NULL
										   : "not_a_level";
	case KIND_DATE:
		*ret_message = "A hire date must be YYYY-MM-DD, from 1900 to 2199.";
		return is_day_of_hire(cell) ? NULL : "not_a_date";
	case KIND_ACTIVE:
		*ret_message = "This must be true or false.";
		return read_active(cell, &flag) ? NULL : "not_true_or_false";
	case KIND_TEXT:
	case KIND_KEY:
	case KIND_LANGUAGES:
		break;
	}
	return NULL;
}

/* A cell as it is to be stored, NULL when it is empty; valid while the cell and its text are. */
struct cell {
	const char *value;
	const char *code; /* of its fault, or NULL */
	char message[140];
	struct text text; /* owned */
};

static void cell_release(struct cell *cell)
{
	free(cell->text.changed);
}

static bool cell_refuse(struct cell *cell, const char *code, const char *message)
{
	cell->value = NULL;
	cell->code = code;
	snprintf(cell->message, sizeof cell->message, "%s", message);
	return false;
}

/* Two letters of a country mean the same in capitals. */
static void raise_letters(char *cell)
{
	for (size_t i = 0; cell[i]; i++)
		if (cell[i] >= 'a' && cell[i] <= 'z')
			cell[i] = (char)(cell[i] - 'a' + 'A');
}

static bool cell_take_in(const struct column *column, char *text, struct cell *cell)
{
	enum text_kind kind = column->kind == KIND_TEXT ? TEXT_LINE : TEXT_KEY;
	enum text_fault fault = text_take(kind, text, strlen(text), &cell->text);
	if (fault) {
		char why[80];
		char message[100];
		text_say(fault, cell->text.culprit, why, sizeof why);
		snprintf(message, sizeof message, "The value %s.", why);
		return cell_refuse(cell,
			fault == TEXT_BLANK ? "nothing_visible" : "not_allowed_here", message);
	}
	char *value = cell->text.changed ? cell->text.changed : text;
	if (column->kind == KIND_COUNTRY)
		raise_letters(value);
	cell->value = *value ? value : NULL;
	return true;
}

/* Reads a cell: its value, or its fault and none. text NULL: the file has no such column. */
static bool cell_read(const struct column *column, char *text, struct cell *cell)
{
	const char *message = NULL;
	*cell = (struct cell){ 0 };
	if (text && !cell_take_in(column, text, cell))
		return false;
	if (!cell->value)
		return !column->required ||
		       cell_refuse(cell, "required", "This value is required.");
	const char *code = cell_fault(column, cell->value, &message);
	if (code && column->kind == KIND_DATE && cell->text.characters <= 24) {
		char found[130];
		snprintf(found, sizeof found, "%s This is %s.", message, cell->value);
		return cell_refuse(cell, code, found);
	}
	if (code)
		return cell_refuse(cell, code, message);
	if (cell->text.characters > column->most)
		return cell_refuse(cell, "too_long", "The value is too long.");
	return true;
}

/* Writes one value of the row; what `active` says is a status in the database. */
static void add_value(
	struct reading *r, const struct column *column, const char *cell, int64_t line)
{
	struct buf *out = &r->file->rows;
	bool active;
	buf_char(out, '\t');
	size_t from = out->len;
	if (!cell) {
		buf_text(out, "\\N");
	} else if (column->kind == KIND_ACTIVE) {
		buf_text(out, read_active(cell, &active) && !active ? "inactive" : "active");
	} else if (column->kind != KIND_LANGUAGES) {
		copy_text(out, cell);
	} else if (!add_languages(out, cell)) {
		add_fault(r, line, column->name, "not_a_language",
			"Languages must be BCP 47 tags separated by |.");
		if (buf_ok(out))
			out->len = from;
		buf_text(out, "\\N");
	}
}

static char *text_of(const struct reading *r, size_t i, const struct csv_record *row)
{
	return r->place[i] < 0 ? NULL : row->fields[r->place[i]];
}

/* One cell of a row: its value, or its fault and no value. */
static void read_cell(struct reading *r, size_t i, const struct csv_record *row)
{
	struct cell cell;
	if (!cell_read(&columns[i], text_of(r, i, row), &cell))
		add_fault(r, row->line, columns[i].name, cell.code, cell.message);
	add_value(r, &columns[i], cell.value, row->line);
	cell_release(&cell);
}

/* Whether it can be said whose row it is. */
static bool has_key(const struct reading *r, const struct csv_record *row)
{
	struct cell cell;
	bool good = cell_read(&columns[COLUMN_KEY], text_of(r, COLUMN_KEY, row), &cell);
	cell_release(&cell);
	return good;
}

/* A faulty row stands there too, with what is well formed: whom it means is then known. */
static void read_row(struct reading *r, const struct csv_record *row)
{
	struct buf *out = &r->file->rows;
	size_t from = out->len;
	int64_t before = r->file->fault_count;
	r->file->row_count++;
	if (row->count != r->width) {
		add_fault(r, row->line, NULL, "field_count",
			"The row has more or fewer fields than the header.");
		return;
	}
	buf_print(out, "%s\t%lld", r->import_id, (long long)row->line);
	for (size_t i = 0; i < COUNT(columns); i++)
		read_cell(r, i, row);
	buf_text(out, r->file->fault_count > before ? "\tt\n" : "\tf\n");
	if (!has_key(r, row) && buf_ok(out))
		out->len = from;
}

/* Nothing but white space of ASCII: what spreadsheets leave behind the last row. */
static bool is_blank(const char *cell)
{
	return cell[strspn(cell, " \t\r\n")] == '\0';
}

static bool is_empty_row(const struct csv_record *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (!is_blank(row->fields[i]))
			return false;
	return true;
}

/* Who has one name bears it as a given name, wherever the file has it. */
static void settle_single_name(const struct reading *r, struct csv_record *row)
{
	int given = r->place[COLUMN_GIVEN], family = r->place[COLUMN_FAMILY];
	if (family < 0 || row->count != r->width || !is_blank(row->fields[given]))
		return;
	char *name = row->fields[family];
	row->fields[family] = row->fields[given];
	row->fields[given] = name;
}

bool import_file_row(const char *import_id, int64_t line, const char *const names[],
	char *const cells[], size_t count, struct import_file *file)
{
	struct reading r = { .file = file, .import_id = import_id, .width = count };
	struct csv_record row = { .line = line, .count = count };
	memset(r.place, -1, sizeof r.place);
	for (size_t i = 0; i < count; i++) {
		int column = column_index(names[i]);
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
	return i < COUNT(columns) ? columns[i].name : NULL;
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

/* A table of ours has an apostrophe in front of what a spreadsheet would take for a formula. */
static void unquote_formulas(struct csv_record *row)
{
	for (size_t i = 0; i < row->count; i++) {
		char *cell = row->fields[i];
		if (cell[0] == '\'' && cell[1] && strchr("=+-@", cell[1]))
			row->fields[i] = cell + 1;
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
			unquote_formulas(&record);
			settle_single_name(r, &record);
			if (!is_empty_row(&record))
				read_row(r, &record);
			continue;
		}
		r->file->row_count++;
		add_record_fault(r, record.line, outcome);
	}
}

bool import_file_read(
	const char *import_id, const char *text, size_t length, struct import_file *ret_file)
{
	struct import_file *file = ret_file;
	*file = (struct import_file){ .rows = BUF_INIT(IMPORT_FILE_BYTES),
		.faults = BUF_INIT(IMPORT_FILE_BYTES),
		.columns = BUF_INIT(4096) };
	struct reading r = { .file = file, .import_id = import_id };
	struct csv csv = csv_open(text, length);
	struct csv_record header;
	enum csv_outcome outcome = csv_next(&csv, &header);
	bool ok = outcome != CSV_NO_MEMORY;
	if (outcome == CSV_END)
		add_fault(&r, 1, NULL, "empty_file", "The file has no header.");
	else if (outcome != CSV_RECORD && ok)
		add_record_fault(&r, 1, outcome);
	else if (ok && read_header(&r, &header)) {
		file->readable = true;
		ok = read_records(&r, &csv);
	}
	csv_release(&csv);
	return ok && buf_ok(&file->rows) && buf_ok(&file->faults) && buf_ok(&file->columns);
}

void import_file_release(struct import_file *file)
{
	buf_release(&file->rows);
	buf_release(&file->faults);
	buf_release(&file->columns);
}
