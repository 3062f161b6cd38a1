/*
 * skill.c - imports a taxonomy: the whole file is read and every fault reported, then one statement
 * adds new skills and updates those known by name.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "base/id.h"
#include "base/str.h"
#include "base/text.h"
#include "base/utf8.h"
#include "gen/profiles/contract.h"
#include "gen/profiles/statements.h"
#include "http/steps.h"

#define TAXONOMY_BYTES ((size_t)16 << 20)
/* Characters, as in the contract. */
#define NAME_MOST  200
#define CODE_MOST  60
#define ALIAS_MOST 200

struct taxonomy {
	int name, code, aliases, retired; /* cells, -1 = not in the file */
	size_t width;
	struct faults faults;
	struct buf rows; /* JSON array text */
};

/* What a list of skills has besides as CSV: it can be sent back as it is. */
static bool is_of_a_list(const char *column)
{
	return str_equal(column, "id") || str_equal(column, "merged_into.id") ||
	       str_equal(column, "merged_into.name");
}

static bool read_header(struct taxonomy *t, const struct csv_record *header)
{
	t->name = t->code = t->aliases = t->retired = -1;
	t->width = header->count;
	for (size_t i = 0; i < header->count; i++) {
		char name[CSV_NAME_BYTES];
		csv_column_name(header->fields[i], name);
		int *place = str_equal(name, "name")      ? &t->name
			     : str_equal(name, "code")    ? &t->code
			     : str_equal(name, "aliases") ? &t->aliases
			     : str_equal(name, "retired") ? &t->retired
							  : NULL;
		if (!place && is_of_a_list(name))
			continue;
		if (!place)
			faults_add(&t->faults, false, "", "unknown_column",
				"Column %zu is none of name, code and aliases.", i + 1);
		else if (*place >= 0)
			faults_add(&t->faults, false, "", "duplicate_column",
				"The header has the column %s twice.", name);
		else
			*place = (int)i;
	}
	if (t->name < 0)
		faults_add(&t->faults, false, "", "missing_column", "The column name is required.");
	return !faults_any(&t->faults);
}

/* Writes one value of a row as JSON, null if it is empty. Adds a fault if it is not allowed, too
 * long, or required and empty; nothing is truncated. */
static bool add_text(struct taxonomy *t, int64_t line, const char *what, enum text_kind kind,
	size_t least, size_t most, const char *value, size_t length)
{
	struct text text;
	char why[80];
	enum text_fault fault = text_take(kind, value, length, &text);
	if (fault) {
		text_say(fault, text.culprit, why, sizeof why);
		faults_add(&t->faults, false, "", what, "Line %lld: the %s %s.", (long long)line,
			what, why);
		return false;
	}
	owned_text char *stored = text.changed ? text.changed : strndup(value, length);
	if (text.characters < least)
		faults_add(&t->faults, false, "", what, "Line %lld: the %s is missing.",
			(long long)line, what);
	else if (text.characters > most)
		faults_add(&t->faults, false, "", "too_long",
			"Line %lld: the %s must have at most %zu characters.", (long long)line,
			what, most);
	else if (!stored)
		t->rows.failed = true;
	else if (*stored)
		buf_json(&t->rows, stored);
	else
		buf_text(&t->rows, "null");
	return stored && *stored;
}

/* Writes the values between bars as a JSON array, or null if the file has no such column. */
static void add_aliases(struct taxonomy *t, int64_t line, char *cell)
{
	bool first = true;
	if (!cell) {
		buf_text(&t->rows, "null");
		return;
	}
	buf_char(&t->rows, '[');
	for (char *at = cell; at;) {
		const char *alias = csv_list_next(&at);
		size_t before = t->rows.len;
		if (!first)
			buf_char(&t->rows, ',');
		if (add_text(t, line, "alias", TEXT_LINE, 0, ALIAS_MOST, alias, strlen(alias)))
			first = false;
		else if (buf_ok(&t->rows))
			t->rows.len = before; /* empty values are ignored */
	}
	buf_char(&t->rows, ']');
}

static void read_row(struct taxonomy *t, const struct csv_record *row)
{
	if (row->count != t->width) {
		faults_add(&t->faults, false, "", "field_count",
			"Line %lld has more or fewer fields than the header.",
			(long long)row->line);
		return;
	}
	if (t->retired >= 0 && str_equal(row->fields[t->retired], "true"))
		return; /* it stays as it is, and another skill may have its name */
	const char *name = row->fields[t->name];
	const char *code = t->code < 0 ? "" : row->fields[t->code];
	struct id id = id_v7();
	buf_print(&t->rows, "%s{\"line\":%lld,\"id\":\"%s\",\"name\":", t->rows.len > 1 ? "," : "",
		(long long)row->line, id.text);
	(void)!add_text(t, row->line, "name", TEXT_LINE, 1, NAME_MOST, name, strlen(name));
	buf_text(&t->rows, ",\"code\":");
	(void)!add_text(t, row->line, "code", TEXT_KEY, 0, CODE_MOST, code, strlen(code));
	buf_text(&t->rows, ",\"aliases\":");
	add_aliases(t, row->line, t->aliases < 0 ? NULL : row->fields[t->aliases]);
	buf_char(&t->rows, '}');
}

static bool read_file(struct taxonomy *t, const char *text, size_t length)
{
	struct csv csv = csv_open(text, length);
	struct csv_record record;
	enum csv_outcome outcome = csv_next(&csv, &record);
	buf_char(&t->rows, '[');
	if (outcome == CSV_RECORD && read_header(t, &record)) {
		while ((outcome = csv_next(&csv, &record)) != CSV_END) {
			if (outcome == CSV_RECORD)
				csv_unquote_formulas(&record);
			if (outcome == CSV_RECORD && !csv_row_is_empty(&record))
				read_row(t, &record);
			else if (outcome != CSV_RECORD)
				faults_add(&t->faults, false, "", "not_csv",
					"Line %lld is not CSV (RFC 4180).", (long long)record.line);
			if (outcome == CSV_NO_MEMORY || t->faults.more || t->faults.lost)
				break;
		}
	} else if (outcome != CSV_RECORD) {
		faults_add(&t->faults, false, "", "empty_file", "The file has no header.");
	}
	buf_char(&t->rows, ']');
	csv_release(&csv);
	return !faults_any(&t->faults) && buf_ok(&t->rows);
}

struct reply skill_imports(const struct call *call)
{
	struct taxonomy taxonomy = { .rows = BUF_INIT(TAXONOMY_BYTES) };
	struct db_rows *rows[1] = { NULL };
	struct db_error error = { 0 };
	struct reply reply;
	size_t characters;
	if (!str_is_utf8(call->body_text, call->body_length, &characters)) {
		reply = reply_problem(call, PROBLEM_INVALID_CSV, NULL,
			"The file is not UTF-8, and no other charset is given.", NULL);
	} else if (!read_file(&taxonomy, call->body_text, call->body_length)) {
		reply = reply_faults(call, PROBLEM_INVALID_CSV, &taxonomy.faults);
	} else {
		const struct step step = STEP(&stmt_skill_import_store, taxonomy.rows.data);
		enum db_outcome outcome = call_transaction(call, &step, 1, rows, &error);
		reply = outcome == DB_DONE ? reply_json(200, str_copy(db_value(rows[0], 0, 0)), 0)
					   : call_refusal(call, outcome, &error);
	}
	db_rows_free(rows[0]);
	buf_release(&taxonomy.rows);
	faults_release(&taxonomy.faults);
	return reply;
}
