#include "base/csv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/text.h"

#define NAME_CHARACTERS 64

static char csv_delimiter(const char *text, size_t length, char end)
{
	size_t commas = 0, semicolons = 0, tabs = 0;
	bool quoted = false;
	for (size_t i = 0; i < length && (quoted || text[i] != end); i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && text[i] == ',')
			commas++;
		else if (!quoted && text[i] == ';')
			semicolons++;
		else if (!quoted && text[i] == '\t')
			tabs++;
	}
	if (tabs > commas && tabs > semicolons)
		return '\t';
	return semicolons > commas ? ';' : ',';
}

/* Reads the first line "sep=;", which spreadsheets write to name the delimiter. */
static bool csv_take_hint(struct csv *csv)
{
	const char *from = csv->text + csv->at;
	size_t left = csv->length - csv->at;
	if (left < 6 || strncasecmp(from, "sep=", 4) != 0 || !strchr(",;\t", from[4]))
		return false;
	size_t end = from[5] == '\r' && csv->end == '\n' && left > 6 ? 6 : 5;
	if (from[end] != csv->end)
		return false;
	csv->delimiter = from[4];
	csv->at += end + 1;
	csv->line++;
	return true;
}

struct csv csv_open(const char *text, size_t length)
{
	bool old = length > 0 && !memchr(text, '\n', length) && memchr(text, '\r', length);
	struct csv csv = { .text = text, .length = length, .end = old ? '\r' : '\n', .line = 1 };
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		csv.at = 3;
	if (!csv_take_hint(&csv))
		csv.delimiter = csv_delimiter(text + csv.at, length - csv.at, csv.end);
	csv.cells = BUF_INIT(CSV_FIELDS_MOST * (size_t)CSV_FIELD_BYTES);
	return csv;
}

void csv_release(struct csv *csv)
{
	buf_release(&csv->cells);
}

/* Counts the carriage returns that belong to the line's end. */
static size_t csv_returns(const struct csv *csv)
{
	size_t count = 0;
	while (csv->end == '\n' && count < 2 && csv->at + count < csv->length &&
		csv->text[csv->at + count] == '\r')
		count++;
	return count;
}

static bool csv_at_line_end(const struct csv *csv)
{
	size_t at = csv->at + csv_returns(csv);
	return csv->at >= csv->length || (at < csv->length && csv->text[at] == csv->end);
}

static void csv_pass_line_end(struct csv *csv)
{
	csv->at += csv_returns(csv);
	if (csv->at < csv->length) {
		csv->at++;
		csv->line++;
	}
}

static enum csv_outcome csv_fault(struct csv *csv, enum csv_outcome fault)
{
	while (!csv_at_line_end(csv))
		csv->at++;
	csv_pass_line_end(csv);
	return fault;
}

/* Reads a quoted field into cells; csv->at is just after the opening quote. */
static enum csv_outcome csv_quoted(struct csv *csv)
{
	for (;;) {
		const char *from = csv->text + csv->at;
		const char *quote = memchr(from, '"', csv->length - csv->at);
		if (!quote) {
			csv->at = csv->length;
			return CSV_UNTERMINATED;
		}
		for (const char *c = from; (c = memchr(c, csv->end, (size_t)(quote - c))); c++)
			csv->line++;
		buf_add(&csv->cells, from, (size_t)(quote - from));
		csv->at += (size_t)(quote - from) + 1;
		if (csv->at >= csv->length || csv->text[csv->at] != '"')
			return CSV_RECORD;
		buf_char(&csv->cells, '"');
		csv->at++;
	}
}

/* Reads one field and leaves csv->at at the delimiter or line end after it. */
static enum csv_outcome csv_field(struct csv *csv)
{
	if (csv->at < csv->length && csv->text[csv->at] == '"') {
		csv->at++;
		enum csv_outcome outcome = csv_quoted(csv);
		if (outcome != CSV_RECORD)
			return outcome;
		if (!csv_at_line_end(csv) && csv->text[csv->at] != csv->delimiter)
			return CSV_BARE_QUOTE;
	} else {
		size_t from = csv->at;
		while (!csv_at_line_end(csv) && csv->text[csv->at] != csv->delimiter) {
			if (csv->text[csv->at] == '"')
				return CSV_BARE_QUOTE;
			csv->at++;
		}
		buf_add(&csv->cells, csv->text + from, csv->at - from);
	}
	buf_char(&csv->cells, '\0');
	return CSV_RECORD;
}

enum csv_outcome csv_next(struct csv *csv, struct csv_record *ret_record)
{
	size_t starts[CSV_FIELDS_MOST];
	size_t count = 0;
	ret_record->line = csv->line;
	if (csv->at >= csv->length)
		return CSV_END;
	bool blank = csv_at_line_end(csv);
	buf_clear(&csv->cells);
	for (;;) {
		if (count == CSV_FIELDS_MOST)
			return csv_fault(csv, CSV_TOO_MANY_FIELDS);
		starts[count] = csv->cells.len;
		enum csv_outcome outcome = csv_field(csv);
		if (outcome != CSV_RECORD)
			return csv_fault(csv, outcome);
		if (!buf_ok(&csv->cells))
			return CSV_NO_MEMORY;
		if (csv->cells.len - starts[count] > CSV_FIELD_BYTES)
			return csv_fault(csv, CSV_FIELD_TOO_LONG);
		count++;
		if (csv_at_line_end(csv))
			break;
		csv->at++;
	}
	csv_pass_line_end(csv);
	for (size_t i = 0; i < count; i++)
		ret_record->fields[i] = csv->cells.data + starts[i];
	ret_record->count = count;
	return blank && csv->at >= csv->length ? CSV_END : CSV_RECORD;
}

void csv_column_name(const char *cell, char ret_name[CSV_NAME_BYTES])
{
	struct text text;
	size_t length = 0;
	ret_name[0] = '\0';
	if (text_take(TEXT_KEY, cell, strlen(cell), &text) != TEXT_GOOD)
		return;
	const char *from = text.changed ? text.changed : cell;
	for (; text.characters <= NAME_CHARACTERS && *from && length + 1 < CSV_NAME_BYTES; from++) {
		char c = *from >= 'A' && *from <= 'Z' ? (char)(*from - 'A' + 'a') : *from;
		ret_name[length++] = c == ' ' || c == '-' ? '_' : c;
	}
	ret_name[length] = '\0';
	free(text.changed);
}

bool csv_is_formula(const char *text)
{
	const char *first = text + strspn(text, "'");
	return *first && strchr("=+-@\t\r", *first);
}

void csv_unquote_formulas(struct csv_record *record)
{
	for (size_t i = 0; i < record->count; i++)
		if (record->fields[i][0] == '\'' && csv_is_formula(record->fields[i]))
			record->fields[i]++;
}

char *csv_list_next(char **at)
{
	char *value = *at, *to = value, *read = value;
	for (; *read && *read != '|'; read++) {
		if (*read == '\\' && (read[1] == '|' || read[1] == '\\'))
			read++;
		*to++ = *read;
	}
	*at = *read ? read + 1 : NULL;
	*to = '\0';
	return value;
}

bool csv_cell_is_blank(const char *cell)
{
	return cell[strspn(cell, " \t\r\n")] == '\0';
}

bool csv_row_is_empty(const struct csv_record *row)
{
	for (size_t i = 0; i < row->count; i++) {
		if (!csv_cell_is_blank(row->fields[i]))
			return false;
	}
	return true;
}
