/* Reads blocked pairs. */
#include "matching/cli/blocked_file.h"

#include <string.h>
#include "base/csv.h"
#include "base/str.h"

static uint32_t find_person(const struct people *people, const struct csv_record *record,
	size_t place, struct file_faults *faults)
{
	const char *id = record->fields[place];
	uint32_t person = words_find(&people->ids, id, strlen(id));
	char quote[FAULTS_QUOTE];
	if (person == WORDS_NONE)
		file_faults_add(faults, record->line, place + 1,
			"\"%s\" is nobody's id in the people file",
			file_faults_quote(id, strlen(id), quote));
	return person;
}

/* True for the header `a,b`, unless these are the ids of two people. */
static bool is_heading(const struct people *people, const struct csv_record *record)
{
	return record->count == 2 && str_equal(record->fields[0], "a") &&
	       str_equal(record->fields[1], "b") &&
	       (words_find(&people->ids, "a", 1) == WORDS_NONE ||
		       words_find(&people->ids, "b", 1) == WORDS_NONE);
}

static enum reading read_pair(
	const struct csv_record *record, struct file_faults *faults, struct people *people)
{
	if (record->count != 2) {
		file_faults_add(faults, record->line, 0, "%zu fields, a pair has 2", record->count);
		return READING_DONE;
	}
	uint32_t one = find_person(people, record, 0, faults);
	uint32_t other = find_person(people, record, 1, faults);
	if (one == WORDS_NONE || other == WORDS_NONE)
		return READING_DONE;
	if (one == other) {
		file_faults_add(faults, record->line, 2, "is the same person twice");
		return READING_DONE;
	}
	return engine_population_block(people->population, one, other) ? READING_NO_MEMORY
								       : READING_DONE;
}

enum reading blocked_read(
	const char *text, size_t len, struct file_faults *faults, struct people *people)
{
	struct csv csv = csv_open(text, len);
	struct csv_record record;
	enum reading reading = READING_DONE;
	bool first = true;
	while (reading == READING_DONE) {
		enum csv_outcome outcome = csv_next(&csv, &record);
		if (outcome == CSV_END)
			break;
		if (outcome == CSV_NO_MEMORY)
			reading = READING_NO_MEMORY;
		else if (outcome != CSV_RECORD)
			file_faults_add(faults, record.line, 0, "is no pair of ids: %s",
				outcome == CSV_UNTERMINATED
					? "a quotation mark is never closed"
					: "misplaced quotation mark or too long");
		else if (!first || !is_heading(people, &record))
			reading = read_pair(&record, faults, people);
		first = false;
	}
	csv_release(&csv);
	return reading;
}
