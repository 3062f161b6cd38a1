/*
 * An employee file read through a mapping. The first line of the input chooses the rules, a letter each, and is
 * not part of the file. Laws: each fault is a line of COPY text with a line of the file and a sentence; each row
 * has a value for every column; rows and those out of scope are no more than were read; read again, the same.
 */
#include <stdio.h>
#include "fuzz/fuzz.h"
#include "base/utf8.h"
#include "profiles/employee_file/file.h"
#include "profiles/employee_file/mapping.h"

#define CHOICES 6

static const char *pick(const char *const from[], size_t count, const char *choices, size_t at)
{
	return from[(unsigned char)choices[at] % count];
}

/* Rules as the contract lets through: headers of another system, meanings, scope, formats. */
static void write_rules(const char choices[CHOICES], char *ret_rules, size_t size)
{
	static const char *const delimiters[] = { "null", "\"comma\"", "\"semicolon\"", "\"tab\"",
		"\"bar\"" };
	static const char *const formats[] = { "null", "\"YYYY-MM-DD\"", "\"YYYYMMDD\"",
		"\"DD.MM.YYYY\"", "\"MM/DD/YYYY\"" };
	static const char *const levels[] = { "null", "{\"from\":\"depth\",\"top\":9}",
		"{\"from\":\"title\",\"values\":[{\"ours\":\"3\",\"theirs\":[\"boss\"]}],\"unknown_values\":\"empty\"}" };
	static const char *const unknown[] = { "fault", "keep", "empty" };
	static const char *const scopes[] = { "null",
		"{\"rules\":[{\"column\":\"x\",\"values\":[\"out\"]},{\"column\":\"id\",\"empty\":true}]}" };
	static const char *const skills[] = { "skills", "interests", "languages", "executive", "hired_on" };
	snprintf(ret_rules, size,
		"{\"columns\":[{\"theirs\":\"id\",\"ours\":\"external_id\"},{\"theirs\":\"id\",\"ours\":\"user_name\"},"
		"{\"theirs\":\"N\",\"ours\":\"given_name\"},{\"theirs\":\"s\",\"ours\":\"%s\"},{\"theirs\":\"t\",\"ours\":"
		"\"title\"},{\"theirs\":\"a\",\"ours\":\"active\",\"unknown_values\":\"%s\",\"values\":[{\"ours\":\"true\","
		"\"theirs\":[\"yes\",\"J\"]}]}],\"ignore\":[\"i\"],\"fixed\":[{\"column\":\"country\",\"value\":\"DE\"}],"
		"\"delimiter\":%s,\"date_format\":%s,\"level\":%s,\"out_of_scope\":%s}",
		pick(skills, 5, choices, 0), pick(unknown, 3, choices, 1), pick(delimiters, 5, choices, 2),
		pick(formats, 5, choices, 3), pick(levels, 3, choices, 4), pick(scopes, 2, choices, 5));
}

static size_t count_of(const struct buf *text, char sign)
{
	size_t count = 0;
	for (size_t i = 0; i < text->len; i++)
		count += text->data[i] == sign;
	return count;
}

static void check(const struct import_file *file, int64_t lines)
{
	size_t rows = count_of(&file->rows, '\n'), faults = count_of(&file->faults, '\n');
	LAW((int64_t)rows <= file->row_count && file->out_of_scope <= file->row_count);
	LAW(count_of(&file->rows, '\t') == rows * (COLUMN_COUNT + 3));
	LAW((int64_t)faults == file->fault_count + file->warning_count);
	LAW(count_of(&file->faults, '\t') == faults * 5);
	LAW(file->readable || file->fault_count > 0);
	for (const char *at = file->faults.len ? file->faults.data : NULL; at && *at; at = strchr(at, '\n') + 1) {
		long long line = 0;
		LAW(sscanf(at, "I\t%lld\t", &line) == 1 && line >= 1 && line <= lines);
	}
}

static void read_file(const char *rules, const char *text, size_t size, struct import_file *ret_file)
{
	struct mapping mapping;
	LAW(mapping_read(rules, &mapping));
	LAW(import_file_read("I", &mapping, text, size, ret_file));
	mapping_release(&mapping);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	char rules[2000];
	struct import_file file, again;
	size_t characters;
	int64_t lines = 1;
	if (size < CHOICES + 1 || text[CHOICES] != '\n')
		return 0;
	write_rules(text, rules, sizeof rules);
	text += CHOICES + 1;
	size -= CHOICES + 1;
	if (!str_is_utf8(text, size, &characters) || memchr(text, '\0', size))
		return 0;
	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n' || text[i] == '\r';
	read_file(rules, text, size, &file);
	read_file(rules, text, size, &again);
	check(&file, lines);
	LAW(file.rows.len == again.rows.len && file.faults.len == again.faults.len);
	LAW(file.rows.len == 0 || memcmp(file.rows.data, again.rows.data, file.rows.len) == 0);
	import_file_release(&file);
	import_file_release(&again);
	return 0;
}
