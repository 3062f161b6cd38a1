/* Reads the cells of one person. */
#include "matching/cli/people_cell.h"

#include <string.h>
#include "base/civil.h"
#include "base/str.h"
#include "base/zone.h"

#define WORD_MOST 255 /* bytes of a name */

/* One entry of a list separated by bars. */
struct entry {
	const char *text;
	size_t len, number;
};

/* Moves to the next entry; false after the last. An empty cell has none. */
static bool next_entry(const char *cell, struct entry *entry)
{
	const char *from = entry->number ? entry->text + entry->len : cell;
	if (entry->number ? *from != '|' : *from == '\0')
		return false;
	entry->text = from + (entry->number ? 1 : 0);
	entry->len = strcspn(entry->text, "|");
	entry->number++;
	return true;
}

static void entry_fault(struct people_reader *reader, enum people_column column,
	const struct entry *entry, const char *sentence)
{
	char quote[FAULTS_QUOTE];
	people_fault(reader, column, "entry %zu \"%s\": %s", entry->number,
		file_faults_quote(entry->text, entry->len, quote), sentence);
}

/* Checks a name: not empty, not too long, no blank at either end. NULL, or what is wrong. */
static const char *name_fault(const char *name, size_t len)
{
	if (len == 0)
		return "is empty";
	if (len > WORD_MOST)
		return "is longer than 255 bytes";
	if (name[0] == ' ' || name[len - 1] == ' ')
		return "begins or ends with a blank";
	return NULL;
}

/* The number of a name; WORDS_NONE, with a fault reported, if it is not a valid name. */
static uint32_t number_name(struct people_reader *reader, enum people_column column,
	struct words *words, const struct entry *entry, size_t len)
{
	const char *sentence = name_fault(entry->text, len);
	if (sentence) {
		entry_fault(reader, column, entry, sentence);
		return WORDS_NONE;
	}
	uint32_t number = words_add(words, entry->text, len);
	reader->failed = reader->failed || number == WORDS_NONE;
	return number;
}

/* Reads plain digits within bounds. */
static bool read_number(const char *text, size_t len, int64_t least, int64_t most, int32_t *ret)
{
	char digits[12];
	int64_t value;
	if (len == 0 || len >= sizeof digits)
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	if (!str_to_i64(digits, &value) || value < least || value > most)
		return false;
	*ret = (int32_t)value;
	return true;
}

static int32_t read_bounded(struct people_reader *reader, enum people_column column, int32_t least,
	int32_t most, int32_t fallback)
{
	const char *cell = people_cell(reader, column);
	char quote[FAULTS_QUOTE];
	int32_t value = fallback;
	if (*cell && !read_number(cell, strlen(cell), least, most, &value))
		people_fault(reader, column, "\"%s\" is no whole number from %d to %d",
			file_faults_quote(cell, strlen(cell), quote), (int)least, (int)most);
	return value;
}

static void read_role(struct people_reader *reader)
{
	const char *cell = people_cell(reader, COLUMN_ROLE);
	char quote[FAULTS_QUOTE];
	if (str_equal(cell, "mentor"))
		reader->person.roles = ENGINE_ROLE_MENTOR;
	else if (str_equal(cell, "mentee"))
		reader->person.roles = ENGINE_ROLE_MENTEE;
	else if (str_equal(cell, "both"))
		reader->person.roles = ENGINE_ROLE_MENTOR | ENGINE_ROLE_MENTEE;
	else if (*cell)
		people_fault(reader, COLUMN_ROLE,
			"\"%s\" is none of mentor, mentee, both, or empty",
			file_faults_quote(cell, strlen(cell), quote));
}

static void read_department(struct people_reader *reader)
{
	const char *cell = people_cell(reader, COLUMN_DEPARTMENT);
	struct entry whole = { cell, strlen(cell), 1 };
	if (!*cell)
		return;
	uint32_t number = number_name(
		reader, COLUMN_DEPARTMENT, &reader->people->departments, &whole, whole.len);
	if (number != WORDS_NONE)
		reader->person.department = number;
}

static void read_languages(struct people_reader *reader)
{
	struct entry entry = { 0 };
	const char *cell = people_cell(reader, COLUMN_LANGUAGES);
	while (next_entry(cell, &entry)) {
		uint32_t number = number_name(
			reader, COLUMN_LANGUAGES, &reader->people->languages, &entry, entry.len);
		if (number == WORDS_NONE)
			continue;
		if (number >= ENGINE_LANGUAGES_MAX)
			entry_fault(reader, COLUMN_LANGUAGES, &entry,
				"is the 65th language of the file or later, 64 at most");
		else if (reader->person.languages & UINT64_C(1) << number)
			entry_fault(reader, COLUMN_LANGUAGES, &entry, "stands there twice");
		else
			reader->person.languages |= UINT64_C(1) << number;
	}
}

/* Reads HH:MM, up to 24:00, as minutes. */
static bool read_clock(const char *text, int *ret_minutes)
{
	struct civil time;
	if (memcmp(text, "24:00", 5) == 0)
		*ret_minutes = 1440;
	else if (civil_read_time(text, &time))
		*ret_minutes = time.hour * 60 + time.minute;
	else
		return false;
	return true;
}

/* Reads "mon 09:00-12:00"; a window that ends before it begins ends on the next day. */
static bool read_window(const struct entry *entry, int offset, uint64_t *hours)
{
	static const char days[] = "montuewedthufrisatsun";
	int from, to;
	if (entry->len != 15 || entry->text[3] != ' ' || entry->text[9] != '-' ||
		!read_clock(entry->text + 4, &from) || !read_clock(entry->text + 10, &to))
		return false;
	for (int day = 0; day < 7; day++) {
		if (memcmp(days + (size_t)day * 3, entry->text, 3) == 0)
			return from != to && engine_hours_add(hours, day, from,
						     to < from ? to + 1440 : to, offset);
	}
	return false;
}

static void read_hours(struct people_reader *reader)
{
	const char *name = people_cell(reader, COLUMN_TIME_ZONE);
	const struct zone *zone = zone_find(*name ? name : "UTC");
	struct entry entry = { 0 };
	char quote[FAULTS_QUOTE];
	int offset = 0;
	if (!zone)
		people_fault(reader, COLUMN_TIME_ZONE,
			"\"%s\" is no name of the time-zone database",
			file_faults_quote(name, strlen(name), quote));
	else if (reader->when.dated)
		offset = zone_offset(zone, reader->when.seconds) / 60;
	else
		offset = zone_standard_offset(zone) / 60;
	while (next_entry(people_cell(reader, COLUMN_HOURS), &entry))
		if (!read_window(&entry, offset, reader->person.hours))
			entry_fault(reader, COLUMN_HOURS, &entry,
				"is no weekly window like \"mon 09:00-12:00\"");
}

/* The length of the name before the last colon; the entry's length if there is none. */
static size_t name_length(const struct entry *entry)
{
	const char *colon = memrchr(entry->text, ':', entry->len);
	return colon ? (size_t)(colon - entry->text) : entry->len;
}

static void read_offers(struct people_reader *reader)
{
	struct entry entry = { 0 };
	struct engine_person *person = &reader->person;
	while (next_entry(people_cell(reader, COLUMN_OFFERS), &entry)) {
		size_t name = name_length(&entry);
		struct engine_offer offer = { 0, 0 };
		bool twice = false;
		if (name == entry.len || !read_number(entry.text + name + 1, entry.len - name - 1,
						 1, ENGINE_SKILL_LEVEL_MAX, &offer.level)) {
			entry_fault(reader, COLUMN_OFFERS, &entry,
				"is no skill:level with a level from 1 to 5");
			continue;
		}
		offer.skill = number_name(
			reader, COLUMN_OFFERS, &reader->people->skills, &entry, name);
		if (offer.skill == WORDS_NONE)
			continue;
		for (size_t i = 0; i < person->offer_count; i++)
			twice = twice || reader->offers[i].skill == offer.skill;
		if (twice)
			entry_fault(reader, COLUMN_OFFERS, &entry, "names a skill twice");
		else if (person->offer_count == ENGINE_OFFERS_MAX)
			entry_fault(
				reader, COLUMN_OFFERS, &entry, "is one offer too many, 64 at most");
		else
			reader->offers[person->offer_count++] = offer;
	}
}

/* Reads the part after the colon of a want: "1>3". NULL, or what is wrong. */
static const char *read_want(const char *text, size_t len, struct engine_want *want)
{
	if (len != 3 || text[1] != '>' ||
		!read_number(text, 1, 0, ENGINE_SKILL_LEVEL_MAX, &want->current) ||
		!read_number(text + 2, 1, 0, ENGINE_SKILL_LEVEL_MAX, &want->target))
		return "is no skill:current>target with levels from 0 to 5";
	return want->current < want->target ? NULL
					    : "is no need: the current level reaches the target";
}

static void read_wants(struct people_reader *reader)
{
	struct entry entry = { 0 };
	struct engine_person *person = &reader->person;
	while (next_entry(people_cell(reader, COLUMN_WANTS), &entry)) {
		size_t name = name_length(&entry);
		struct engine_want want = { .weight = 1 };
		const char *text = entry.text + name + 1;
		const char *sentence = name == entry.len
					       ? "has no colon: skill:current>target"
					       : read_want(text, entry.len - name - 1, &want);
		bool twice = false;
		if (sentence) {
			entry_fault(reader, COLUMN_WANTS, &entry, sentence);
			continue;
		}
		want.skill = number_name(
			reader, COLUMN_WANTS, &reader->people->skills, &entry, name);
		if (want.skill == WORDS_NONE)
			continue;
		for (size_t i = 0; i < person->want_count; i++)
			twice = twice || reader->wants[i].skill == want.skill;
		if (twice)
			entry_fault(reader, COLUMN_WANTS, &entry, "names a skill twice");
		else if (person->want_count == ENGINE_WANTS_MAX)
			entry_fault(
				reader, COLUMN_WANTS, &entry, "is one want too many, 32 at most");
		else
			reader->wants[person->want_count++] = want;
	}
}

static void read_interests(struct people_reader *reader)
{
	struct entry entry = { 0 };
	struct engine_person *person = &reader->person;
	while (next_entry(people_cell(reader, COLUMN_INTERESTS), &entry)) {
		uint32_t number = number_name(
			reader, COLUMN_INTERESTS, &reader->people->interests, &entry, entry.len);
		bool twice = false;
		if (number == WORDS_NONE)
			continue;
		for (size_t i = 0; i < person->interest_count; i++)
			twice = twice || reader->interests[i] == number;
		if (twice)
			entry_fault(reader, COLUMN_INTERESTS, &entry, "stands there twice");
		else if (person->interest_count == ENGINE_INTERESTS_MAX)
			entry_fault(reader, COLUMN_INTERESTS, &entry,
				"is one interest too many, 64 at most");
		else
			reader->interests[person->interest_count++] = number;
	}
}

void people_read_cells(struct people_reader *reader)
{
	struct engine_person *person = &reader->person;
	*person = (struct engine_person){ .active = true,
		.manager = ENGINE_NONE,
		.department = ENGINE_NONE,
		.offers = reader->offers,
		.wants = reader->wants,
		.interests = reader->interests };
	read_role(reader);
	person->level = read_bounded(reader, COLUMN_LEVEL, 0, ENGINE_LEVEL_MAX, 0);
	int32_t capacity = read_bounded(reader, COLUMN_CAPACITY, 1, ENGINE_CAPACITY_MAX, 1);
	person->mentor_capacity = person->roles & ENGINE_ROLE_MENTOR ? capacity : 0;
	person->mentee_capacity = person->roles & ENGINE_ROLE_MENTEE ? capacity : 0;
	if (person->roles && !*people_cell(reader, COLUMN_LEVEL))
		people_fault(reader, COLUMN_LEVEL, "is empty; mentors and mentees need a level");
	read_department(reader);
	read_languages(reader);
	read_hours(reader);
	read_offers(reader);
	read_wants(reader);
	read_interests(reader);
}
