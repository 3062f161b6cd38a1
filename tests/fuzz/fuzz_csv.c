/*
 * Employee files. Laws: the reader ends, each call further on, lines never going back; what it
 * reads, written again with quotes, is read the same; a file's COPY texts have a line for each row
 * and fault, with the columns of the table, and no raw sign that COPY would take for its own.
 */
#include "base/csv.h"
#include "base/str.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "profiles/employee_file/file.h"

#define ROW_COLUMNS   27
#define FAULT_COLUMNS 6

static void write_again(struct buf *out, const struct csv_record *record, char delimiter)
{
	for (size_t i = 0; i < record->count; i++) {
		if (i)
			buf_char(out, delimiter);
		buf_char(out, '"');
		for (const char *c = record->fields[i]; *c; c++) {
			if (*c == '"')
				buf_char(out, '"');
			buf_char(out, *c);
		}
		buf_char(out, '"');
	}
	buf_char(out, '\n');
}

static void check_again(const struct csv_record *record, char delimiter)
{
	struct buf text = BUF_INIT(16 << 20);
	struct csv_record again;
	write_again(&text, record, delimiter);
	LAW(buf_ok(&text));
	struct csv csv = csv_open(text.data, text.len);
	csv.delimiter = delimiter;
	LAW(csv_next(&csv, &again) == CSV_RECORD);
	if (csv.at == csv.length) {
		LAW(again.count == record->count);
		for (size_t i = 0; i < again.count; i++)
			LAW(strcmp(again.fields[i], record->fields[i]) == 0);
	}
	csv_release(&csv);
	buf_release(&text);
}

static void check_reader(const char *text, size_t size)
{
	struct csv csv = csv_open(text, size);
	struct csv_record record;
	enum csv_outcome outcome;
	int64_t line = 0;
	size_t at = 0;
	bool first = true;
	while ((outcome = csv_next(&csv, &record)) != CSV_END) {
		LAW(outcome != CSV_NO_MEMORY);
		LAW(first || csv.at > at);
		LAW(record.line > line && record.line <= csv.line);
		LAW(csv.at <= size);
		first = false;
		at = csv.at;
		line = record.line;
		if (outcome == CSV_RECORD) {
			LAW(record.count >= 1 && record.count <= CSV_FIELDS_MOST);
			check_again(&record, csv.delimiter);
		}
	}
	csv_release(&csv);
}

/* Each line of a COPY text has so many columns. Returns the lines. */
static int64_t check_copy(const struct buf *text, int width)
{
	int64_t lines = 0;
	int tabs = 0;
	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] == '\\') {
			LAW(i + 1 < text->len && strchr("\\tnrN", text->data[i + 1]));
			i++;
		} else if (text->data[i] == '\t') {
			tabs++;
		} else if (text->data[i] == '\n') {
			LAW(tabs == width - 1);
			tabs = 0;
			lines++;
		} else {
			LAW(text->data[i] != '\r');
		}
	}
	LAW(tabs == 0);
	return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct import_file file;
	if (!str_is_utf8(text, size, NULL))
		return 0;
	check_reader(text, size);
	LAW(import_file_read("01890000-0000-7000-8000-000000000000", NULL, text, size, &file));
	LAW(check_copy(&file.rows, ROW_COLUMNS) <= file.row_count);
	LAW(check_copy(&file.faults, FAULT_COLUMNS) == file.fault_count + file.warning_count);
	LAW(file.readable || file.fault_count > 0);
	import_file_release(&file);
	return 0;
}
