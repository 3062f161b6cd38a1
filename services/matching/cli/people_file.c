/* Reads the people file: header, records, ids, managers. */
#include "matching/cli/people_file.h"

#include <stdlib.h>
#include <string.h>
#include "base/str.h"
#include "matching/cli/people_cell.h"

static const char *syntax_sentence(enum csv_outcome outcome)
{
	switch (outcome) {
	case CSV_BARE_QUOTE:
		return "a quotation mark stands inside a field";
	case CSV_UNTERMINATED:
		return "the quotation mark that opens a field is never closed";
	case CSV_TOO_MANY_FIELDS:
		return "more than 64 fields";
	case CSV_FIELD_TOO_LONG:
		return "a field is longer than 64 KiB";
	default:
		return "cannot be read";
	}
}

/* Moves to the next valid record, reporting the faults before it. False at the end, or if out of
 * memory. */
static bool next_record(struct csv *csv, struct people_reader *reader)
{
	for (;;) {
		enum csv_outcome outcome = csv_next(csv, &reader->record);
		if (outcome == CSV_RECORD)
			return true;
		if (outcome == CSV_NO_MEMORY)
			reader->failed = true;
		if (outcome == CSV_END || outcome == CSV_NO_MEMORY)
			return false;
		if (!reader->quiet)
			file_faults_add(reader->faults, reader->record.line, 0, "%s",
				syntax_sentence(outcome));
	}
}

static void read_heading_cell(struct people_reader *reader, size_t place)
{
	const char *cell = reader->record.fields[place];
	char quote[FAULTS_QUOTE];
	for (size_t c = 0; c < COLUMN_COUNT; c++) {
		if (!str_equal(cell, people_column_name(c)))
			continue;
		if (reader->place[c] < CSV_FIELDS_MOST)
			file_faults_add(reader->faults, reader->record.line, place + 1,
				"the column %s stands there twice", people_column_name(c));
		else
			reader->place[c] = place;
		return;
	}
	file_faults_add(reader->faults, reader->record.line, place + 1, "there is no column \"%s\"",
		file_faults_quote(cell, strlen(cell), quote));
}

static bool read_heading(struct csv *csv, struct people_reader *reader)
{
	static const enum people_column needed[] = { COLUMN_ID, COLUMN_ROLE, COLUMN_LEVEL };
	for (size_t c = 0; c < COLUMN_COUNT; c++)
		reader->place[c] = CSV_FIELDS_MOST;
	if (!next_record(csv, reader)) {
		file_faults_add(reader->faults, 1, 0, "the file has no heading");
		return false;
	}
	reader->width = reader->record.count;
	for (size_t place = 0; place < reader->record.count; place++)
		read_heading_cell(reader, place);
	for (size_t i = 0; i < COUNT(needed); i++)
		if (reader->place[needed[i]] == CSV_FIELDS_MOST)
			file_faults_add(reader->faults, reader->record.line, 0,
				"the column %s is missing", people_column_name(needed[i]));
	return reader->place[COLUMN_ID] < CSV_FIELDS_MOST;
}

static bool make_room(struct people *people)
{
	if (people->ids.count < people->room)
		return true;
	size_t room = people->room + people->room / 2 + 64;
	int64_t *lines = realloc(people->lines, room * sizeof *lines);
	if (lines)
		people->lines = lines;
	uint8_t *roles = realloc(people->roles, room);
	if (roles)
		people->roles = roles;
	if (!lines || !roles)
		return false;
	people->room = room;
	return true;
}

/* Numbers the record's id; false if it is missing or repeated. */
static bool number_id(struct people_reader *reader)
{
	struct people *people = reader->people;
	const char *id = people_cell(reader, COLUMN_ID);
	size_t len = strlen(id);
	uint32_t before = people->ids.count;
	char quote[FAULTS_QUOTE];
	if (len == 0 || len > 255 || id[0] == ' ' || id[len - 1] == ' ') {
		people_fault(reader, COLUMN_ID,
			"\"%s\" is no id: 1 to 255 bytes, no blank at either end",
			file_faults_quote(id, len, quote));
		return false;
	}
	uint32_t number = make_room(people) ? words_add(&people->ids, id, len) : WORDS_NONE;
	if (number == WORDS_NONE) {
		reader->failed = true;
		return false;
	}
	if (number < before) {
		people_fault(reader, COLUMN_ID, "\"%s\" stands on line %lld already",
			file_faults_quote(id, len, quote), (long long)people->lines[number]);
		return false;
	}
	people->lines[number] = reader->record.line;
	people->roles[number] = 0;
	return true;
}

/* First pass: ids, words, and the faults of every cell. */
static void note_record(struct people_reader *reader)
{
	struct people *people = reader->people;
	bool known = number_id(reader);
	if (reader->record.count != reader->width) {
		file_faults_add(reader->faults, reader->record.line, 0,
			"%zu fields, the heading has %zu", reader->record.count, reader->width);
		return;
	}
	people_read_cells(reader);
	if (!known)
		return;
	people->roles[people->ids.count - 1] = (uint8_t)reader->person.roles;
	people->mentees += (reader->person.roles & ENGINE_ROLE_MENTEE) != 0;
	people->mentors += (reader->person.roles & ENGINE_ROLE_MENTOR) != 0;
}

/* The manager's number; ENGINE_NONE, with a fault reported, if there is no such person. */
static uint32_t find_manager(struct people_reader *reader, uint32_t person)
{
	const char *id = people_cell(reader, COLUMN_MANAGER);
	size_t len = strlen(id);
	uint32_t manager = words_find(&reader->people->ids, id, len);
	const char *sentence = NULL;
	char quote[FAULTS_QUOTE];
	if (len == 0)
		return ENGINE_NONE;
	if (manager == WORDS_NONE)
		sentence = "is nobody's id in this file";
	else if (manager == person)
		sentence = "is the person's own id";
	if (!sentence)
		return manager;
	reader->quiet = false;
	people_fault(
		reader, COLUMN_MANAGER, "\"%s\" %s", file_faults_quote(id, len, quote), sentence);
	reader->quiet = true;
	return ENGINE_NONE;
}

/* Second pass: adds everybody to the population in the order of their numbers. */
static void add_record(struct people_reader *reader)
{
	struct people *people = reader->people;
	const char *id = people_cell(reader, COLUMN_ID);
	uint32_t number = words_find(&people->ids, id, strlen(id)), added;
	if (number == WORDS_NONE || number != engine_population_size(people->population))
		return; /* no id, or a repeated one */
	if (reader->record.count == reader->width) {
		people_read_cells(reader);
		reader->person.manager = find_manager(reader, number);
	} else {
		reader->person = (struct engine_person){ .manager = ENGINE_NONE,
			.department = ENGINE_NONE };
	}
	if (engine_population_add(people->population, &reader->person, &added))
		reader->failed = true;
}

static void pass(
	struct people_reader *reader, struct csv *csv, void (*each)(struct people_reader *))
{
	while (!reader->failed && next_record(csv, reader))
		each(reader);
}

enum reading people_read(const char *text, size_t len, struct people_when when,
	struct file_faults *faults, struct people *people)
{
	struct people_reader reader = { .people = people, .when = when, .faults = faults };
	struct csv csv = csv_open(text, len);
	bool headed = read_heading(&csv, &reader);
	struct csv again = csv; /* the second pass also starts after the header */
	if (headed)
		pass(&reader, &csv, note_record);
	people->population = engine_population_new((struct engine_vocabulary){
		people->skills.count, people->interests.count, people->departments.count });
	reader.failed = reader.failed || !people->population;
	reader.quiet = true;
	again.cells = csv.cells;
	if (headed)
		pass(&reader, &again, add_record);
	csv_release(&again);
	return reader.failed ? READING_NO_MEMORY : READING_DONE;
}

enum reading people_seal(struct people *people, struct file_faults *faults)
{
	struct engine_faults found = { 0 };
	enum engine_status status = engine_population_seal(people->population, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct engine_fault *fault = &found.list[i];
		int64_t line = fault->person < people->ids.count ? people->lines[fault->person] : 0;
		if (fault->code == ENGINE_FAULT_CYCLE)
			file_faults_add(faults, line, 0,
				"manager_id: the reporting line comes back to this person");
		else
			file_faults_add(faults, line, 0, "%s: %s", engine_field_word(fault->field),
				engine_fault_word(fault->code));
	}
	faults->total += found.total - found.count;
	engine_faults_release(&found);
	return status == ENGINE_NO_MEMORY ? READING_NO_MEMORY : READING_DONE;
}
