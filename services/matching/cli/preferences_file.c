#include "matching/cli/preferences_file.h"

#include <stdlib.h>
#include <string.h>
#include "base/csv.h"
#include "base/str.h"

enum preferences_column { COLUMN_SIDE = 0, COLUMN_ID, COLUMN_CHOICE, COLUMN_COUNT };

static const char *const names[COLUMN_COUNT] = { "side", "id", "choice" };

/* One valid line. */
struct preference {
	uint32_t person, choice;
	bool as_mentee;
	int64_t line;
};

struct reader {
	struct people *people;
	struct file_faults *faults;
	struct csv_record record;
	size_t width;               /* fields of the heading */
	size_t place[COLUMN_COUNT]; /* of each column, CSV_FIELDS_MOST when absent */
	struct preference *list;
	size_t count, room;
	bool failed; /* out of memory */
};

static void fault(struct reader *reader, enum preferences_column column, const char *sentence)
{
	size_t place = reader->place[column];
	const char *cell = place < reader->record.count ? reader->record.fields[place] : "";
	char quote[FAULTS_QUOTE];
	file_faults_add(reader->faults, reader->record.line,
		place < CSV_FIELDS_MOST ? place + 1 : 0, "%s: \"%s\" %s", names[column],
		file_faults_quote(cell, strlen(cell), quote), sentence);
}

/* Moves to the next valid record, reporting the faults before it. False at the end, or if out of
 * memory. */
static bool next_record(struct csv *csv, struct reader *reader)
{
	for (;;) {
		enum csv_outcome outcome = csv_next(csv, &reader->record);
		if (outcome == CSV_RECORD)
			return true;
		if (outcome == CSV_NO_MEMORY)
			reader->failed = true;
		if (outcome == CSV_END || outcome == CSV_NO_MEMORY)
			return false;
		file_faults_add(reader->faults, reader->record.line, 0, "is no record: %s",
			outcome == CSV_UNTERMINATED ? "a quotation mark is never closed"
						    : "misplaced quotation mark or too long");
	}
}

static void read_heading_cell(struct reader *reader, size_t place)
{
	const char *cell = reader->record.fields[place];
	char quote[FAULTS_QUOTE];
	for (size_t c = 0; c < COLUMN_COUNT; c++) {
		if (!str_equal(cell, names[c]))
			continue;
		if (reader->place[c] < CSV_FIELDS_MOST)
			file_faults_add(reader->faults, reader->record.line, place + 1,
				"the column %s stands there twice", names[c]);
		else
			reader->place[c] = place;
		return;
	}
	file_faults_add(reader->faults, reader->record.line, place + 1, "there is no column \"%s\"",
		file_faults_quote(cell, strlen(cell), quote));
}

static bool read_heading(struct csv *csv, struct reader *reader)
{
	for (size_t c = 0; c < COLUMN_COUNT; c++)
		reader->place[c] = CSV_FIELDS_MOST;
	if (!next_record(csv, reader)) {
		if (!reader->failed)
			file_faults_add(reader->faults, 1, 0, "the file has no heading");
		return false;
	}
	reader->width = reader->record.count;
	for (size_t place = 0; place < reader->record.count; place++)
		read_heading_cell(reader, place);
	for (size_t c = COLUMN_ID; c < COLUMN_COUNT; c++)
		if (reader->place[c] == CSV_FIELDS_MOST)
			file_faults_add(reader->faults, reader->record.line, 0,
				"the column %s is missing", names[c]);
	return reader->place[COLUMN_ID] < CSV_FIELDS_MOST &&
	       reader->place[COLUMN_CHOICE] < CSV_FIELDS_MOST;
}

static uint32_t find_person(struct reader *reader, enum preferences_column column)
{
	const char *id = reader->record.fields[reader->place[column]];
	uint32_t person = words_find(&reader->people->ids, id, strlen(id));
	if (person == WORDS_NONE)
		fault(reader, column, "is nobody's id in the people file");
	return person;
}

/* The side on which the person chooses; false, with a fault, if that is ambiguous. */
static bool read_side(struct reader *reader, uint32_t person, bool *ret_as_mentee)
{
	size_t place = reader->place[COLUMN_SIDE];
	const char *side = place < reader->record.count ? reader->record.fields[place] : "";
	uint8_t roles = reader->people->roles[person];
	uint8_t role = str_equal(side, "mentee")   ? ENGINE_ROLE_MENTEE
		       : str_equal(side, "mentor") ? ENGINE_ROLE_MENTOR
						   : 0;
	*ret_as_mentee = (role ? role : roles) == ENGINE_ROLE_MENTEE;
	if (!role && *side)
		fault(reader, COLUMN_SIDE, "is neither mentee nor mentor, nor empty");
	else if (role && !(roles & role))
		fault(reader, COLUMN_SIDE, "is not what the person is in the people file");
	else if (!role && !roles)
		fault(reader, COLUMN_ID, "is neither mentee nor mentor in the people file");
	else if (!role && roles == (ENGINE_ROLE_MENTEE | ENGINE_ROLE_MENTOR))
		fault(reader, COLUMN_ID,
			"is on both sides: the column side must say which chooses");
	else
		return true;
	return false;
}

static void read_line(struct reader *reader)
{
	struct preference line = { .line = reader->record.line };
	if (reader->record.count != reader->width) {
		file_faults_add(reader->faults, reader->record.line, 0,
			"%zu fields, the heading has %zu", reader->record.count, reader->width);
		return;
	}
	line.person = find_person(reader, COLUMN_ID);
	line.choice = find_person(reader, COLUMN_CHOICE);
	bool good = line.person != WORDS_NONE && read_side(reader, line.person, &line.as_mentee);
	if (line.choice != WORDS_NONE && line.choice == line.person) {
		fault(reader, COLUMN_CHOICE, "is the person's own id");
		return;
	}
	if (!good || line.choice == WORDS_NONE)
		return;
	if (reader->count == reader->room) {
		size_t room = reader->room + reader->room / 2 + 64;
		struct preference *list = realloc(reader->list, room * sizeof *list);
		reader->failed = !list;
		if (!list)
			return;
		reader->list = list;
		reader->room = room;
	}
	reader->list[reader->count++] = line;
}

static int compare(const void *left, const void *right)
{
	const struct preference *a = left, *b = right;
	if (a->person != b->person)
		return a->person < b->person ? -1 : 1;
	if (a->as_mentee != b->as_mentee)
		return a->as_mentee ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

/* Collects the valid choices; reports repeated ones, and the first one too many. Returns their
 * number. */
static size_t pick_choices(struct reader *reader, const struct preference *list, size_t count,
	uint32_t ret_choices[ENGINE_CHOICES_MAX])
{
	size_t picked = 0;
	for (size_t i = 0; i < count; i++) {
		size_t same = 0;
		while (same < picked && ret_choices[same] != list[i].choice)
			same++;
		if (same < picked)
			file_faults_add(reader->faults, list[i].line,
				reader->place[COLUMN_CHOICE] + 1,
				"choice: the person has stated this choice already");
		else if (picked < ENGINE_CHOICES_MAX)
			ret_choices[picked++] = list[i].choice;
		else {
			file_faults_add(reader->faults, list[i].line, reader->place[COLUMN_ID] + 1,
				"id: more than %d choices of one person", ENGINE_CHOICES_MAX);
			break;
		}
	}
	return picked;
}

/* Passes each person's list to the population. */
static void hand_over(struct reader *reader)
{
	uint32_t choices[ENGINE_CHOICES_MAX];
	size_t first = 0;
	if (reader->count)
		qsort(reader->list, reader->count, sizeof *reader->list, compare);
	for (size_t i = 1; i <= reader->count && !reader->failed; i++) {
		const struct preference *list = reader->list + first;
		if (i < reader->count && list[0].person == reader->list[i].person &&
			list[0].as_mentee == reader->list[i].as_mentee)
			continue;
		size_t picked = pick_choices(reader, list, i - first, choices);
		if (engine_population_prefer(reader->people->population, list[0].person,
			    list[0].as_mentee, choices, picked))
			reader->failed = true;
		reader->people->choices += picked;
		first = i;
	}
}

enum reading preferences_read(
	const char *text, size_t len, struct file_faults *faults, struct people *people)
{
	struct reader reader = { .people = people, .faults = faults };
	struct csv csv = csv_open(text, len);
	if (read_heading(&csv, &reader))
		while (!reader.failed && next_record(&csv, &reader))
			read_line(&reader);
	csv_release(&csv);
	hand_over(&reader);
	free(reader.list);
	return reader.failed ? READING_NO_MEMORY : READING_DONE;
}
