#include "matching/rounds/round_input.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/zone.h"
#include "json/load.h"

#define MINUTES_A_DAY 1440

/* Columns of round_people. */
enum { PERSON_ID, MANAGER_ID, LEVEL, DEPARTMENT, ACTIVE, ZONE, PART };

struct reading {
	struct round_input *input;
	json_t **parts;    /* parsed, by row; owned; NULL for people who do not take part */
	int64_t starts_at; /* noon UTC of the programme's first day */
	const struct round_policy *policy;
	int32_t cap;        /* lists that may show one mentor */
	bool *in_focus;     /* by skill; owned */
	uint64_t may_share; /* languages */
	const struct db_rows *declared;
	int declared_at; /* the first declared row not read yet */
	bool wider;     /* those whom the policy leaves out are read as mentees too */
	size_t outside; /* how many they are */
	struct names countries, locations, values[ROUND_KINDS];
	round_input_going_fn *going;
	void *context;
	enum round_input_outcome outcome;
};

#define ROWS_A_LOOK 256

/* Checks every few hundred rows whether the round is still wanted. */
static bool goes_on(struct reading *r, int row)
{
	if (row % ROWS_A_LOOK == 0 && r->going && !r->going(r->context))
		r->outcome = ROUND_INPUT_STOPPED;
	return r->outcome == ROUND_INPUT_OK;
}

/* The lists of one person, as long as the engine allows. */
struct lists {
	struct engine_offer offers[ENGINE_OFFERS_MAX];
	struct engine_want wants[ENGINE_WANTS_MAX];
	uint32_t interests[ENGINE_INTERESTS_MAX];
};

static uint32_t number_of(struct reading *r, struct names *names, const char *text)
{
	uint32_t number = text ? names_add(names, text) : NAMES_NONE;
	if (text && number == NAMES_NONE)
		r->outcome = ROUND_INPUT_NO_MEMORY;
	return number;
}

static uint64_t read_languages(struct reading *r, const json_t *list)
{
	uint64_t set = 0;
	size_t i;
	json_t *item;
	json_array_foreach((json_t *)list, i, item)
	{
		uint32_t number = number_of(r, &r->input->languages, json_string_value(item));
		if (number >= ENGINE_LANGUAGES_MAX)
			r->outcome = ROUND_INPUT_TOO_MANY_LANGUAGES;
		else
			set |= UINT64_C(1) << number;
	}
	return set;
}

/* The ways in which somebody likes to meet; none named: any. */
static uint32_t read_channels(const json_t *list)
{
	static const char *const names[] = { "in_person", "phone", "video", "chat" };
	_Static_assert(1u << COUNT(names) == ENGINE_CHANNEL_MAX + 1, "a bit for each");
	uint32_t set = 0;
	size_t i;
	json_t *item;
	json_array_foreach((json_t *)list, i, item)
	{
		for (size_t c = 0; c < COUNT(names); c++)
			set |= str_equal(json_string_value(item), names[c]) ? 1u << c : 0;
	}
	return set;
}

static void read_hours(
	struct reading *r, const json_t *windows, const char *zone, struct engine_person *person)
{
	const struct zone *place = zone_find(zone);
	int offset = place ? zone_offset(place, r->starts_at) / 60 : 0;
	size_t i;
	json_t *window;
	json_array_foreach((json_t *)windows, i, window)
	{
		int day = (int)json_integer_value(json_array_get(window, 0));
		int from = (int)json_integer_value(json_array_get(window, 1));
		int to = (int)json_integer_value(json_array_get(window, 2));
		if (!engine_hours_add(person->hours, day, from, to, offset))
			r->outcome = ROUND_INPUT_FAULTY;
	}
	for (int day = 0; json_array_size(windows) == 0 && day < 5; day++)
		if (!engine_hours_add(person->hours, day, 9 * 60, 17 * 60, offset))
			r->outcome = ROUND_INPUT_FAULTY;
}

static void read_offers(
	struct reading *r, const json_t *list, struct lists *lists, struct engine_person *person)
{
	size_t i;
	json_t *item;
	json_array_foreach((json_t *)list, i, item)
	{
		if (i == ENGINE_OFFERS_MAX)
			break;
		lists->offers[i].skill = number_of(
			r, &r->input->skills, json_string_value(json_array_get(item, 0)));
		lists->offers[i].level = (int32_t)json_integer_value(json_array_get(item, 1));
		person->offer_count = i + 1;
	}
	person->offers = lists->offers;
}

static void read_wants(
	struct reading *r, const json_t *list, struct lists *lists, struct engine_person *person)
{
	size_t i;
	json_t *item;
	json_array_foreach((json_t *)list, i, item)
	{
		if (i == ENGINE_WANTS_MAX)
			break;
		lists->wants[i] = (struct engine_want){
			.skill = number_of(
				r, &r->input->skills, json_string_value(json_array_get(item, 0))),
			.current = (int32_t)json_integer_value(json_array_get(item, 1)),
			.target = (int32_t)json_integer_value(json_array_get(item, 2)),
		};
		lists->wants[i].weight = r->in_focus[lists->wants[i].skill]
						 ? r->policy->focus_weight
						 : 1;
		person->want_count = i + 1;
	}
	person->wants = lists->wants;
}

static void read_interests(
	struct reading *r, const json_t *list, struct lists *lists, struct engine_person *person)
{
	size_t i;
	json_t *item;
	json_array_foreach((json_t *)list, i, item)
	{
		if (i == ENGINE_INTERESTS_MAX)
			break;
		lists->interests[i] = number_of(r, &r->input->interests, json_string_value(item));
		person->interest_count = i + 1;
	}
	person->interests = lists->interests;
}

static int32_t value_code(struct reading *r, struct names *names, const json_t *value)
{
	const char *text = json_string_value(value);
	uint32_t number = number_of(r, names, text);
	return number == NAMES_NONE ? 0 : (int32_t)(number % ENGINE_DECLARATION_CODE_MAX) + 1;
}

/* Reads the languages that count as shared, by their numbers. */
static void read_policy_languages(struct reading *r)
{
	r->may_share = r->policy->language_count ? 0 : UINT64_MAX;
	for (size_t i = 0; i < r->policy->language_count; i++) {
		uint32_t number = number_of(r, &r->input->languages, r->policy->languages[i]);
		if (number < ENGINE_LANGUAGES_MAX)
			r->may_share |= UINT64_C(1) << number;
	}
}

/* Reads the facts in which two people can differ. */
static void read_difference(struct reading *r, const json_t *part, struct engine_person *person)
{
	static const int bands[] = { 2, 5, 10, 20 };
	const json_t *tenure = json_object_get(part, "tenure");
	const char *country = json_string_value(json_object_get(part, "country"));
	person->country = country ? number_of(r, &r->countries, country) + 1 : 0;
	person->declarations[ROUND_COUNTRY] = value_code(
		r, &r->countries, json_object_get(part, "country"));
	person->declarations[ROUND_LOCATION] = value_code(
		r, &r->locations, json_object_get(part, "location"));
	if (!json_is_number(tenure))
		return;
	person->declarations[ROUND_TENURE] = 1;
	for (size_t b = 0; b < COUNT(bands); b++)
		person->declarations[ROUND_TENURE] += json_number_value(tenure) >= bands[b];
}

/* Reads what a person has declared; the rows are in the order of people. Those of somebody who is enrolled
 * but not in the round are passed over. */
static void read_declared(struct reading *r, const char *id, struct engine_person *person)
{
	int count = db_rows_count(r->declared);
	while (r->declared_at < count && strcmp(db_value(r->declared, r->declared_at, 0), id) < 0)
		r->declared_at++;
	while (r->declared_at < count && str_equal(db_value(r->declared, r->declared_at, 0), id)) {
		size_t kind = round_kind_of(db_value(r->declared, r->declared_at, 1));
		const char *value = db_value(r->declared, r->declared_at++, 2);
		uint32_t number = kind < ROUND_KINDS ? number_of(r, &r->values[kind], value)
						     : NAMES_NONE;
		if (number != NAMES_NONE)
			person->declarations[kind] =
				(int32_t)(number % ENGINE_DECLARATION_CODE_MAX) + 1;
	}
}

/* Reads a participant: roles, places, and everything the engine weighs. */
static void read_part(struct reading *r, const json_t *part, const char *zone,
	struct round_person *keep, struct lists *lists, struct engine_person *person)
{
	const char *mentor = json_string_value(json_object_get(part, "mentor_enrolment"));
	const char *mentee = json_string_value(json_object_get(part, "mentee_enrolment"));
	const char *outside = json_string_value(json_object_get(part, "outside"));
	person->mentor_capacity = (int32_t)json_integer_value(
		json_object_get(part, "mentor_places"));
	person->mentee_capacity = (int32_t)json_integer_value(
		json_object_get(part, "mentee_places"));
	person->shown = (int32_t)json_integer_value(json_object_get(part, "shown"));
	keep->mentor_places = person->mentor_capacity;
	keep->mentee_places = person->mentee_capacity;
	keep->shown = person->shown;
	if (mentor && person->mentor_capacity > 0 && person->active) {
		snprintf(keep->mentor_enrolment, sizeof keep->mentor_enrolment, "%s", mentor);
		person->roles |= ENGINE_ROLE_MENTOR;
		r->input->mentors++;
	}
	if (mentee && person->mentee_capacity > 0 && person->active) {
		snprintf(keep->mentee_enrolment, sizeof keep->mentee_enrolment, "%s", mentee);
		person->roles |= ENGINE_ROLE_MENTEE;
		r->input->mentees++;
	}
	if (outside && person->mentee_capacity > 0 && person->active) {
		snprintf(keep->outside, sizeof keep->outside, "%s", outside);
		person->roles |= r->wider ? ENGINE_ROLE_MENTEE : 0;
		r->outside++;
	}
	keep->languages = read_languages(r, json_object_get(part, "languages"));
	person->languages = (keep->languages ? keep->languages : UINT64_MAX) & r->may_share;
	person->channels = read_channels(json_object_get(part, "channels"));
	read_hours(r, json_object_get(part, "hours"), zone, person);
	read_offers(r, json_object_get(part, "offers"), lists, person);
	read_wants(r, json_object_get(part, "wants"), lists, person);
	read_interests(r, json_object_get(part, "interests"), lists, person);
	read_difference(r, part, person);
}

static void number_items(struct reading *r, struct names *names, const json_t *list)
{
	size_t i;
	json_t *item;
	json_array_foreach((json_t *)list, i, item)(void) number_of(
		r, names, json_string_value(json_is_array(item) ? json_array_get(item, 0) : item));
}

/* Parses what people offer and want, and numbers every name: the engine needs their counts in
 * advance. */
static void number_names(struct reading *r, const struct db_rows *rows, int row)
{
	const char *department = db_value(rows, row, DEPARTMENT);
	const char *text = db_value(rows, row, PART);
	if (department)
		(void)number_of(r, &r->input->departments, department);
	if (!text)
		return;
	json_t *part = r->parts[row] = json_load_whole(text, strlen(text), 0, NULL, NULL);
	if (!part)
		r->outcome = ROUND_INPUT_NO_MEMORY;
	(void)number_of(r, &r->countries, json_string_value(json_object_get(part, "country")));
	number_items(r, &r->input->skills, json_object_get(part, "offers"));
	number_items(r, &r->input->skills, json_object_get(part, "wants"));
	number_items(r, &r->input->interests, json_object_get(part, "interests"));
}

static void read_person(struct reading *r, const struct db_rows *rows, int row)
{
	__attribute__((uninitialized)) struct lists lists;
	struct engine_person person = { .manager = ENGINE_NONE, .department = ENGINE_NONE };
	const char *manager = db_value(rows, row, MANAGER_ID);
	const char *department = db_value(rows, row, DEPARTMENT);
	int64_t level = 0;
	uint32_t index;
	person.active = str_equal(db_value(rows, row, ACTIVE), "t");
	if (!str_to_i64(db_value(rows, row, LEVEL), &level))
		r->outcome = ROUND_INPUT_FAULTY;
	person.level = (int32_t)level;
	if (manager)
		person.manager = names_find(&r->input->people, manager);
	if (department)
		person.department = number_of(r, &r->input->departments, department);
	if (r->parts[row])
		read_part(r, r->parts[row], db_value(rows, row, ZONE), &r->input->persons[row],
			&lists, &person);
	read_declared(r, db_value(rows, row, PERSON_ID), &person);
	r->input->department[row] = person.department;
	if (engine_population_add(r->input->population, &person, &index) != ENGINE_OK)
		r->outcome = ROUND_INPUT_NO_MEMORY;
}

static void read_blocks(struct reading *r, const struct db_rows *rows)
{
	for (int i = 0; i < db_rows_count(rows); i++) {
		uint32_t one = names_find(&r->input->people, db_value(rows, i, 0));
		uint32_t other = names_find(&r->input->people, db_value(rows, i, 1));
		if (one == NAMES_NONE || other == NAMES_NONE || one == other)
			continue; /* a person who was erased */
		if (engine_population_block(r->input->population, one, other) != ENGINE_OK)
			r->outcome = ROUND_INPUT_NO_MEMORY;
	}
}

/* Hashes the row together with the hash of all rows before it. Lengths are included, so that
 * different rows or values never look the same. */
static bool chain_row(
	struct buf *row, unsigned char hash[HASH_BYTES], const struct db_rows *rows, int number)
{
	buf_clear(row);
	buf_add(row, (const char *)hash, HASH_BYTES);
	for (int k = 0; k < db_rows_columns(rows); k++) {
		const char *value = db_value(rows, number, k);
		buf_print(row, "%zd:", value ? (ssize_t)db_length(rows, number, k) : -1);
		if (value)
			buf_add(row, value, db_length(rows, number, k));
	}
	if (buf_ok(row))
		hash_sha256(row->data, row->len, hash);
	return buf_ok(row);
}

/* Computes the fingerprint of everything the round uses, row by row, so that only one row is in
 * memory. */
static void hash_input(struct reading *r, const struct db_rows *people,
	const struct db_rows *blocks, const struct db_rows *wishes)
{
	unsigned char hash[HASH_BYTES];
	char text[HASH_TEXT];
	struct buf row = BUF_INIT((size_t)16 << 20);
	const struct db_rows *const all[] = { people, blocks, r->declared, wishes };
	buf_print(&row, "%lld:%s:%s", (long long)r->policy->seed, r->policy->starts_on,
		r->policy->rules);
	hash_sha256(row.data, buf_ok(&row) ? row.len : 0, hash);
	bool ok = buf_ok(&row);
	for (size_t b = 0; b < COUNT(all); b++)
		for (int i = 0; ok && i < db_rows_count(all[b]) && goes_on(r, i); i++)
			ok = chain_row(&row, hash, all[b], i);
	hash_hex(hash, sizeof hash, text);
	snprintf(r->input->input_hash, sizeof r->input->input_hash, "%.16s", text);
	if (!ok)
		r->outcome = ROUND_INPUT_NO_MEMORY;
	buf_release(&row);
}

/* Finds the skills on which the policy focuses. */
static bool find_focus(struct reading *r)
{
	r->in_focus = calloc(r->input->skills.count + 1, sizeof *r->in_focus);
	for (size_t i = 0; r->in_focus && i < r->policy->focus_count; i++) {
		uint32_t skill = names_find(&r->input->skills, r->policy->focus[i]);
		if (skill != NAMES_NONE)
			r->in_focus[skill] = true;
	}
	return r->in_focus != NULL;
}

/* Two people who are put on one list whatever their score. */
struct pin {
	uint32_t mentee, mentor;
};

/* Builds and seals the population: people, then blocked pairs, then pins. */
static enum round_input_outcome build(struct reading *r, const struct db_rows *people,
	const struct db_rows *blocks, const struct pin *pins, size_t pin_count)
{
	struct round_input *input = r->input;
	int count = db_rows_count(people);
	r->declared_at = 0;
	r->outside = input->mentors = input->mentees = 0;
	input->population = engine_population_new(
		(struct engine_vocabulary){ .skills = (uint32_t)input->skills.count,
			.interests = (uint32_t)input->interests.count,
			.departments = (uint32_t)input->departments.count,
			.countries = (uint32_t)r->countries.count });
	if (!input->population)
		return ROUND_INPUT_NO_MEMORY;
	for (int i = 0; i < count && goes_on(r, i); i++)
		read_person(r, people, i);
	if (r->outcome == ROUND_INPUT_OK)
		read_blocks(r, blocks);
	for (size_t i = 0; i < pin_count && r->outcome == ROUND_INPUT_OK; i++)
		if (engine_population_pin(input->population, pins[i].mentee, pins[i].mentor) !=
			ENGINE_OK)
			r->outcome = ROUND_INPUT_NO_MEMORY;
	if (r->outcome != ROUND_INPUT_OK)
		return r->outcome;
	struct engine_faults faults = { 0 };
	enum engine_status status = engine_population_seal(input->population, &faults);
	engine_faults_release(&faults);
	return status == ENGINE_OK          ? ROUND_INPUT_OK
	       : status == ENGINE_NO_MEMORY ? ROUND_INPUT_NO_MEMORY
					    : ROUND_INPUT_FAULTY;
}

/* Whether the two may be pinned: both have a free place, and no rule refuses the pair. */
static bool may_pin(struct reading *r, struct pin pin)
{
	struct engine_explanation why;
	struct round_person *mentee, *mentor;
	if (pin.mentee == NAMES_NONE || pin.mentor == NAMES_NONE)
		return false;
	mentee = &r->input->persons[pin.mentee];
	mentor = &r->input->persons[pin.mentor];
	if (!*mentee->mentee_enrolment || !*mentor->mentor_enrolment || mentee->mentee_places < 1 ||
		mentor->mentor_places < 1 || mentor->shown >= r->cap)
		return false;
	engine_explain(r->input->population, &r->policy->engine, pin.mentee, pin.mentor, &why);
	if (why.rule != ENGINE_RULE_NONE || why.head_of_tree)
		return false;
	mentee->mentee_places--;
	mentor->mentor_places--;
	mentor->shown++;
	return true;
}

/* Chooses the wishes that can be met and returns their number. pins has room for every row. */
static size_t choose_pins(struct reading *r, const struct db_rows *wishes, struct pin *pins)
{
	size_t count = 0;
	r->cap = engine_exposure_cap(r->input->population, &r->policy->engine);
	for (int i = 0; i < db_rows_count(wishes); i++) {
		struct pin pin = { names_find(&r->input->people, db_value(wishes, i, 0)),
			names_find(&r->input->people, db_value(wishes, i, 1)) };
		if (may_pin(r, pin))
			pins[count++] = pin;
	}
	return count;
}

/* Builds everything once more, with those whom the policy leaves out. */
static enum round_input_outcome build_wider(
	struct reading *r, const struct db_rows *people, const struct db_rows *blocks)
{
	struct round_input *input = r->input;
	struct engine_population *own = input->population;
	input->population = NULL;
	r->wider = true;
	enum round_input_outcome outcome = build(r, people, blocks, NULL, 0);
	input->wider = input->population;
	input->population = own;
	return outcome;
}

/* Reads names, then everything else; if there are wishes to meet, builds everything again with
 * them. r->parts has room for every row. */
static enum round_input_outcome read_rows(struct reading *r, const struct db_rows *people,
	const struct db_rows *blocks, const struct db_rows *wishes)
{
	struct round_input *input = r->input;
	int count = db_rows_count(people);
	read_policy_languages(r);
	for (int i = 0; i < count && goes_on(r, i); i++) {
		if (names_add(&input->people, db_value(people, i, PERSON_ID)) != (uint32_t)i)
			return ROUND_INPUT_NO_MEMORY;
		number_names(r, people, i);
	}
	if (!find_focus(r))
		return ROUND_INPUT_NO_MEMORY;
	enum round_input_outcome outcome = build(r, people, blocks, NULL, 0);
	if (outcome == ROUND_INPUT_OK && r->outside)
		outcome = build_wider(r, people, blocks);
	r->wider = false;
	if (outcome != ROUND_INPUT_OK || db_rows_count(wishes) == 0)
		return outcome;
	struct pin *pins = calloc((size_t)db_rows_count(wishes), sizeof *pins);
	if (!pins)
		return ROUND_INPUT_NO_MEMORY;
	size_t pin_count = choose_pins(r, wishes, pins);
	if (pin_count) {
		engine_population_free(input->population);
		input->population = NULL;
		outcome = build(r, people, blocks, pins, pin_count);
	}
	free(pins);
	return outcome;
}

static void reading_release(struct reading *r, size_t count)
{
	for (size_t i = 0; r->parts && i < count; i++)
		json_decref(r->parts[i]);
	free(r->parts);
	free(r->in_focus);
	names_release(&r->countries);
	names_release(&r->locations);
	for (size_t k = 0; k < ROUND_KINDS; k++)
		names_release(&r->values[k]);
}

enum round_input_outcome round_input_read(const struct db_rows *people,
	const struct db_rows *blocks, const struct db_rows *declared, const struct db_rows *wishes,
	const struct round_policy *policy, round_input_going_fn *going, void *context,
	struct round_input *ret_input)
{
	size_t count = (size_t)db_rows_count(people);
	struct reading r = { .input = ret_input,
		.policy = policy,
		.declared = declared,
		.going = going,
		.context = context,
		.outcome = ROUND_INPUT_OK };
	char noon[24];
	*ret_input = (struct round_input){ 0 };
	snprintf(noon, sizeof noon, "%.10sT12:00", policy->starts_on);
	if (local_to_utc("UTC", noon, false, &r.starts_at) != ZONE_DONE)
		return ROUND_INPUT_FAULTY;
	ret_input->persons = calloc(count + 1, sizeof *ret_input->persons);
	ret_input->department = calloc(count + 1, sizeof *ret_input->department);
	r.parts = calloc(count + 1, sizeof *r.parts);
	if (!ret_input->persons || !ret_input->department || !r.parts)
		r.outcome = ROUND_INPUT_NO_MEMORY;
	if (r.outcome == ROUND_INPUT_OK)
		hash_input(&r, people, blocks, wishes);
	if (r.outcome == ROUND_INPUT_OK)
		r.outcome = read_rows(&r, people, blocks, wishes);
	reading_release(&r, count);
	return r.outcome;
}

void round_input_release(struct round_input *input)
{
	if (input->population)
		engine_population_free(input->population);
	if (input->wider)
		engine_population_free(input->wider);
	names_release(&input->people);
	names_release(&input->skills);
	names_release(&input->interests);
	names_release(&input->departments);
	names_release(&input->languages);
	free(input->persons);
	free(input->department);
}
