/*
 * skill.c - imports a taxonomy: the file is read whole, every fault named, then one statement adds
 * what is new and updates what is known by name.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "base/id.h"
#include "base/str.h"
#include "gen/profiles/contract.h"
#include "gen/profiles/statements.h"
#include "http/call.h"

#define TAXONOMY_BYTES ((size_t)16 << 20)
#define ALIAS_MOST     200 /* characters, as in the contract */

struct taxonomy {
	int name, code, aliases; /* cells, -1 = not in the file */
	size_t width;
	struct faults faults;
	struct buf rows; /* JSON array text */
};

static bool read_header(struct taxonomy *t, const struct csv_record *header)
{
	t->name = t->code = t->aliases = -1;
	t->width = header->count;
	for (size_t i = 0; i < header->count; i++) {
		const char *cell = header->fields[i];
		int *place = str_equal(cell, "name")      ? &t->name
			     : str_equal(cell, "code")    ? &t->code
			     : str_equal(cell, "aliases") ? &t->aliases
							  : NULL;
		if (!place || *place >= 0)
			faults_add(&t->faults, false, "", "column",
				"Column %zu is unknown or stands twice.", i + 1);
		else
			*place = (int)i;
	}
	if (t->name < 0)
		faults_add(&t->faults, false, "", "missing_column", "The column name is required.");
	return t->faults.count == 0;
}

/* Writes what the bars separate as a JSON array, or null where the file has no such column. A fault
 * when an alias is too long: nothing is cut. */
static bool add_aliases(struct buf *out, const char *cell)
{
	char alias[4 * ALIAS_MOST + 1]; /* a character has four bytes at most */
	bool first = true;
	if (!cell) {
		buf_text(out, "null");
		return true;
	}
	buf_char(out, '[');
	for (const char *from = cell; *from;) {
		size_t length = strcspn(from, "|"), characters;
		if (length >= sizeof alias || !str_is_utf8(from, length, &characters) ||
			characters > ALIAS_MOST)
			return false;
		memcpy(alias, from, length);
		alias[length] = '\0';
		if (*alias) {
			buf_text(out, first ? "" : ",");
			buf_json(out, alias);
			first = false;
		}
		from += length + (from[length] == '|');
	}
	buf_char(out, ']');
	return true;
}

static void read_row(struct taxonomy *t, const struct csv_record *row)
{
	if (row->count != t->width) {
		faults_add(&t->faults, false, "", "field_count",
			"Line %lld has more or fewer fields than the header.",
			(long long)row->line);
		return;
	}
	const char *name = row->fields[t->name];
	const char *code = t->code < 0 ? "" : row->fields[t->code];
	const char *aliases = t->aliases < 0 ? NULL : row->fields[t->aliases];
	size_t length = 0;
	if (!str_is_utf8(name, strlen(name), &length) || length == 0 || length > 200 ||
		strlen(code) > 60) {
		faults_add(&t->faults, false, "", "name",
			"Line %lld: a name has 1 to 200 characters, a code at most 60.",
			(long long)row->line);
		return;
	}
	struct id id = id_v7();
	buf_print(&t->rows, "%s{\"line\":%lld,\"id\":\"%s\",\"name\":", t->rows.len > 1 ? "," : "",
		(long long)row->line, id.text);
	buf_json(&t->rows, name);
	buf_text(&t->rows, ",\"code\":");
	if (*code)
		buf_json(&t->rows, code);
	else
		buf_text(&t->rows, "null");
	buf_text(&t->rows, ",\"aliases\":");
	if (!add_aliases(&t->rows, aliases))
		faults_add(&t->faults, false, "", "too_long",
			"Line %lld: an alias has at most %d characters.", (long long)row->line,
			ALIAS_MOST);
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
				read_row(t, &record);
			else
				faults_add(&t->faults, false, "", "not_csv",
					"Line %lld is not CSV (RFC 4180).", (long long)record.line);
			if (outcome == CSV_NO_MEMORY || t->faults.more)
				break;
		}
	} else if (outcome != CSV_RECORD) {
		faults_add(&t->faults, false, "", "empty_file", "The file has no header.");
	}
	buf_char(&t->rows, ']');
	csv_release(&csv);
	return t->faults.count == 0 && buf_ok(&t->rows);
}

struct reply skill_imports(const struct call *call)
{
	struct taxonomy taxonomy = { .rows = BUF_INIT(TAXONOMY_BYTES) };
	struct db_rows *rows[1] = { NULL };
	struct db_error error = { 0 };
	struct reply reply;
	size_t characters;
	if (!str_is_utf8(call->body_text, call->body_length, &characters)) {
		reply = reply_problem(
			call, PROBLEM_INVALID_CSV, NULL, "The file is not UTF-8.", NULL);
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
	return reply;
}
