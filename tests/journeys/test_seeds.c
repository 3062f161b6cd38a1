/*
 * Three programmes as companies run them: everybody at the top is paired in one run and the chief
 * executive picks first; colleagues of any age and level learn from each other in several pairs at once;
 * leaders learn from other departments only. All of it is done as their administrators and people do it,
 * through the API alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/story.h"

/* Below the chief: leaders, of whom the first of each department has a clerk and a desk under them; the
 * juniors are of the desks, three steps below the chief, and so are trainees. A joint venture has a head of its own. Peers are of one
 * level, and each reports to another leader. */
#define LEADERS     (getenv("UPWARD_LONG") ? 500 : 60)
#define JUNIORS     (LEADERS * 4 / 5)
#define DEPARTMENTS 6
#define PARTNERS    2
#define TRAINEES    (2 * DEPARTMENTS)
#define PEERS       8
#define SKILLS      4
#define RELATIONS   6
#define WAIT        60.0

static const char *const departments[DEPARTMENTS] = { "Aviation", "Finance", "Health", "Lighting",
	"Power", "Sales" };
static const char *skills[SKILLS];

static struct api *admin(void)
{
	return api_as("programme_admin", "hr.lead");
}

static struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

/* ---- the company -----------------------------------------------------------------------------*/

static char *text_;
static size_t used_, room_;

__attribute__((format(printf, 1, 2))) static void add(const char *format, ...)
{
	va_list values;
	va_start(values, format);
	used_ += (size_t)vsnprintf(text_ + used_, room_ - used_, format, values);
	va_end(values);
	assert_true(used_ < room_);
}

static void begin(size_t room)
{
	free(text_);
	text_ = malloc(room);
	assert_non_null(text_);
	room_ = room;
	used_ = 0;
}

static void row(const char *kind, int i, int level, const char *manager, const char *department)
{
	add("%s%d,%s%d,%s,N%d,%d,%s,%s,en\n", kind, i, kind, i, kind, i, level, manager,
		department);
}

static void import_people(void)
{
	begin((size_t)(LEADERS + JUNIORS + 100) * 80);
	add("external_id,user_name,given_name,family_name,level,manager_external_id,department,"
	    "languages\nchief,chief,Jo,Chief,9,,Board,en\nhr.lead,hr.lead,Hal,Lead,6,chief,HR,"
	    "en\n");
	for (int i = 0; i < LEADERS; i++)
		row("leader", i, 6, "chief", departments[i % DEPARTMENTS]);
	for (int i = 0; i < DEPARTMENTS; i++) {
		row("desk", i, 3, api_path("leader%d", i), departments[i]);
		row("clerk", i, 1, api_path("leader%d", i), departments[i]);
	}
	for (int i = 0; i < JUNIORS; i++)
		row("junior", i, 1, api_path("desk%d", i % DEPARTMENTS),
			departments[i % DEPARTMENTS]);
	for (int i = 0; i < TRAINEES; i++)
		row("trainee", i, 1, api_path("desk%d", i % DEPARTMENTS),
			departments[i % DEPARTMENTS]);
	add("venture,venture,Val,Venture,5,,Venture,en\n");
	for (int i = 0; i < PARTNERS; i++)
		row("partner", i, 1, "venture", "Venture");
	for (int i = 0; i < PEERS; i++)
		row("peer", i, 3, api_path("leader%d", i), departments[i % DEPARTMENTS]);
	assert_string_equal(api_text(api_import(text_, NULL), "status"), "done");
}

static void says_skills(const char *user_name, const char *members, int one, int other)
{
	api_expect(api_put(as(user_name), "/api/v1/people/me/skills",
			   "{\"skills\": [{\"skill_id\": \"%s\", %s}, {\"skill_id\": \"%s\", %s}]}",
			   skills[one % SKILLS], members, skills[other % SKILLS], members),
		200);
}

static void teaches(const char *kind, int i, int one)
{
	says_skills(api_path("%s%d", kind, i), "\"current\": 4, \"offered\": true", one, one + 1);
}

static void wants(const char *user_name, int one)
{
	says_skills(user_name, "\"current\": 1, \"target\": 4", one, one + 1);
}

static int set_up(void **state)
{
	(void)state;
	import_people();
	for (int i = 0; i < SKILLS; i++)
		skills[i] = story_skill(api_path("way of working %d", i));
	wants("chief", 0);
	for (int i = 0; i < LEADERS; i++)
		wants(api_path("leader%d", i), i);
	for (int i = 0; i < JUNIORS; i++)
		teaches("junior", i, i);
	for (int i = 0; i < DEPARTMENTS; i++)
		teaches("clerk", i, 0);
	for (int i = 0; i < PARTNERS; i++)
		teaches("partner", i, 0);
	return 0;
}

static int tear_down(void **state)
{
	free(text_);
	return api_release(state);
}

/* ---- steps -----------------------------------------------------------------------------------*/

/* A programme of this purpose, which starts with the preset of the purpose and recruits. */
static const char *programme_for(const char *purpose)
{
	const char *id = api_text(
		api_expect(api_post(admin(), "/api/v1/programmes",
				   "{\"title\": \"For %s\", \"purpose\": \"%s\", \"starts_on\": "
				   "\"2027-01-11\", \"ends_on\": \"2027-07-09\"}",
				   purpose, purpose),
			201),
		"id");
	struct api_reply *presets = api_expect(
		api_get(admin(), "/api/v1/programmes/presets?limit=100"), 200);
	struct api_reply *first = api_expect(
		api_get(admin(), "/api/v1/programmes/%s/policies/1", id), 200);
	size_t at = 0;
	while (strcmp(api_text(presets, api_path("items.%zu.purpose", at)), purpose) != 0)
		at++;
	static const char *const members[] = { "rules", "weights", "bounds", "mentors", "mentees",
		"focus_weight", "focus_skills" };
	for (size_t m = 0; m < sizeof members / sizeof *members; m++)
		assert_true(json_equal(api_member(first, members[m]),
			api_member(presets, api_path("items.%zu.%s", at, members[m]))));
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/recruitment", id), NULL), 200);
	return id;
}

static void set(const char *programme, const char *members)
{
	struct api_reply *now = api_expect(
		api_get(admin(), "/api/v1/programmes/%s", programme), 200);
	api_if_match(admin(), now);
	api_expect(api_patch(admin(), api_text(now, "links.self"), "{%s}", members), 200);
}

static void item(const char *user_name, const char *role, int capacity)
{
	add("%s{\"user_name\": \"%s\", \"role\": \"%s\", \"capacity\": %d}", used_ ? ", " : "",
		user_name, role, capacity);
}

/* Enrols whom item() has named; the batch that came back. */
static struct api_reply *enrol_all(const char *programme, int people)
{
	struct api_reply *made = api_expect(api_post(admin(), "/api/v1/enrolments/batches",
						    "{\"programme_id\": \"%s\", \"note\": "
						    "\"Everybody takes part.\", \"items\": [%s]}",
						    programme, text_),
		201);
	assert_int_equal(api_integer(made, "counts.created"), people);
	return made;
}

/* The open shortlists of a programme as its coordinator reads them, page by page; to be freed. */
static json_t *open_lists(const char *programme)
{
	json_t *all = json_array();
	const char *cursor = NULL;
	do {
		struct api_reply *page = api_expect(
			api_get(admin(),
				"/api/v1/shortlists?programme_id=%s&status=open&limit=100%s%s",
				programme, cursor ? "&cursor=" : "", cursor ? cursor : ""),
			200);
		json_array_extend(all, api_member(page, "items"));
		cursor = json_string_value(api_member(page, "next_cursor"));
	} while (cursor);
	return all;
}

static const char *member(json_t *object, const char *one, const char *other)
{
	return json_string_value(json_object_get(json_object_get(object, one), other));
}

static struct api_reply *pick(const char *mentee, const char *list, const char *mentor_id)
{
	return api_post(as(mentee), api_path("/api/v1/shortlists/%s/pick", list),
		"{\"mentor_id\": \"%s\"}", mentor_id);
}

static struct api_reply *asks(const char *mentee, const char *programme, const char *mentor_id)
{
	return api_post(as(mentee), "/api/v1/pairs",
		"{\"programme_id\": \"%s\", \"mentor_id\": \"%s\"}", programme, mentor_id);
}

static void accepts(const char *mentor, struct api_reply *pair)
{
	struct api_reply *yes = api_expect(
		api_post(as(mentor), api_path("%s/acceptance", api_text(pair, "links.self")), NULL),
		200);
	assert_string_equal(api_text(yes, "status"), "active");
}

/* Whether the programme lets this person make a pair: a mentee asks, a coordinator decides. */
static bool may_pair(struct api *who, const char *programme)
{
	struct api_reply *seen = api_expect(api_get(who, "/api/v1/programmes/%s", programme), 200);
	for (size_t i = 0; i < api_count(seen, "can"); i++)
		if (strcmp(api_text(seen, api_path("can.%zu", i)), "pair_create") == 0)
			return true;
	return false;
}

/* ---- everybody at the top in one run, the chief executive first ------------------------------*/

/* Three from at least two departments; counts how often each mentor is shown. */
static void three_of_two_departments(json_t *list, json_t *shown)
{
	json_t *mentors = json_object_get(list, "mentors"), *entry;
	size_t i;
	bool other = false;
	assert_int_equal(json_array_size(mentors), 3);
	const char *first = member(json_array_get(mentors, 0), "mentor", "department");
	json_array_foreach(mentors, i, entry)
	{
		const char *id = member(entry, "mentor", "id");
		json_object_set_new(shown, id,
			json_integer(json_integer_value(json_object_get(shown, id)) + 1));
		other = other || strcmp(member(entry, "mentor", "department"), first) != 0;
	}
	assert_true(other);
}

/* Nobody of his line who is nearer than three steps. */
static void the_chief_is_shown_nobody_close(json_t *list)
{
	json_t *entry;
	size_t i;
	json_array_foreach(json_object_get(list, "mentors"), i,
		entry) if (strcmp(member(entry, "mentor", "department"), "Venture") != 0)
		assert_memory_equal(member(entry, "mentor", "display_name"), "junior", 6);
}

/* The list that is open to the person now; NULL while none is. */
static const char *list_of(const char *user_name, const char *programme)
{
	struct api_reply *mine = api_expect(
		api_get(as(user_name), "/api/v1/shortlists?programme_id=%s&status=open", programme),
		200);
	return api_count(mine, "items") ? api_text(mine, "items.0.id") : NULL;
}

/* The first enrolments of both sides: the chief's, and that of a clerk two steps below. */
static void everybody_is_enrolled(
	const char *programme, const char **ret_chief, const char **ret_clerk)
{
	size_t room = (size_t)(LEADERS + JUNIORS + 100) * 80;
	begin(room);
	item("chief", "mentee", 1);
	for (int i = 0; i < LEADERS; i++)
		item(api_path("leader%d", i), "mentee", 1);
	*ret_chief = api_text(enrol_all(programme, LEADERS + 1), "items.0.id");
	begin(room);
	for (int i = 0; i < DEPARTMENTS; i++)
		item(api_path("clerk%d", i), "mentor", 5);
	for (int i = 0; i < PARTNERS; i++)
		item(api_path("partner%d", i), "mentor", 5);
	for (int i = 0; i < JUNIORS; i++)
		item(api_path("junior%d", i), "mentor", 3);
	*ret_clerk = api_text(enrol_all(programme, JUNIORS + DEPARTMENTS + PARTNERS), "items.0.id");
}

/* From the answer to the publication on; the others may still be waiting for their lists. */
static void the_chief_picks_first(const char *programme, const char *chief, const char *clerk)
{
	const char *list;
	api_wait_until(WAIT, (list = list_of("chief", programme)) != NULL);
	/* nobody makes a pair that is too close, not even by hand */
	api_expect_problem(api_post(admin(), "/api/v1/pairs",
				   "{\"mentee_enrolment_id\": \"%s\", \"mentor_enrolment_id\": "
				   "\"%s\", \"note\": \"They get on.\"}",
				   chief, clerk),
		409, "unsafe_pair");
	struct api_reply *seen = api_expect(
		api_get(as("chief"), "/api/v1/shortlists/%s", list), 200);
	assert_string_equal(api_text(seen, "line_rule"), "head_of_tree");
	assert_int_equal(api_count(seen, "mentors"), 3);
	the_chief_is_shown_nobody_close(seen->body);
	const char *mentor = api_text(seen, "mentors.1.mentor.id");
	struct api_reply *pair = api_expect(pick("chief", list, mentor), 201);
	accepts(story_user_name(mentor), pair);
	struct api_reply *pairs = api_expect(
		api_get(admin(), "/api/v1/pairs?programme_id=%s&include_total=true", programme),
		200);
	assert_int_equal(api_integer(pairs, "total"), 1);
	assert_string_equal(api_text(pairs, "items.0.mentor.id"), mentor);
}

static void the_top_is_paired_in_one_run_and_the_chief_picks_first(void **state)
{
	(void)state;
	const char *programme = programme_for("digital_skills"), *chief, *clerk;
	everybody_is_enrolled(programme, &chief, &clerk);
	const char *round = api_path("/api/v1/rounds/%s", story_ready("hr.lead", programme));
	struct api_reply *now;
	api_wait_until(WAIT,
		(now = api_post(admin(), api_path("%s/publication", round), NULL))->status != 503);
	assert_string_equal(api_text(api_expect(now, 200), "status"),
		LEADERS >= 100 ? "publishing" : "published");
	the_chief_picks_first(programme, chief, clerk);
	api_wait_until(
		WAIT, strcmp(api_text(api_expect(api_get(admin(), "%s", round), 200), "status"),
			      "published") == 0);
	json_t *lists = open_lists(programme), *shown = json_object(), *list, *times;
	assert_int_equal(json_array_size(lists), LEADERS); /* all but the one that is used */
	size_t i;
	const char *id;
	json_array_foreach(lists, i, list) three_of_two_departments(list, shown);
	long long cap = api_integer(
		api_get(admin(), "/api/v1/programmes/%s", programme), "rules.exposure_cap");
	json_object_foreach(shown, id, times) assert_in_range(json_integer_value(times), 1, cap);
	json_decref(lists);
	json_decref(shown);
	/* the others follow */
	for (int k = LEADERS - 2; k < LEADERS; k++) {
		const char *who = api_path("leader%d", k);
		struct api_reply *mine = story_shortlist(who, programme);
		api_expect(pick(who, api_text(mine, "id"), api_text(mine, "mentors.0.mentor.id")),
			201);
	}
}

/* ---- several relations at once, by skills alone ----------------------------------------------*/

#define ASKER "peer0"

static void allow_relations(const char *programme)
{
	struct api *hr = api_as("admin", "hr.lead");
	api_if_match(hr, api_expect(api_get(hr, "/api/v1/settings"), 200));
	api_expect(api_put(hr, "/api/v1/settings",
			   "{\"person_limits\": {\"mentor\": %d, \"mentee\": %d}}", RELATIONS + 1,
			   RELATIONS + 1),
		200);
	struct api_reply *now = api_expect(
		api_get(admin(), "/api/v1/programmes/%s", programme), 200);
	assert_true(api_truth(now, "rules.skills_only"));
	struct api_reply *made = api_expect(
		api_post(admin(), api_path("/api/v1/programmes/%s/policies", programme),
			"{\"based_on\": %lld, \"bounds\": {\"shortlist_size\": 5}, \"rules\": "
			"{\"mentor_relations\": %d, \"mentee_relations\": %d}}",
			api_integer(now, "policy_version"), RELATIONS, RELATIONS),
		201);
	assert_int_equal(api_integer(made, "rules.mentee_relations"), RELATIONS);
	assert_true(api_truth(made, "rules.skills_only"));
}

static void offers_a_lesson(const char *kind, int i, const char *programme)
{
	const char *who = api_path("%s%d", kind, i);
	teaches(kind, i, 0);
	story_enrol(who, programme, "mentor", 1);
	api_expect(api_post(as(who), "/api/v1/listings",
			   "{\"kind\": \"teach\", \"skill_id\": \"%s\", \"title\": \"Come by\"}",
			   skills[0]),
		201);
}

/* Colleagues of one level, a leader of another department, and the asker's own manager. */
static void colleagues_take_part(const char *programme)
{
	for (int i = 1; i < PEERS - 1; i++)
		offers_a_lesson("peer", i, programme);
	offers_a_lesson("leader", PEERS, programme);
	teaches("leader", 0, 0);
	story_enrol("leader0", programme, "mentor", 1);
	api_expect(api_put(as(ASKER), "/api/v1/people/me/skills",
			   "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 1, \"target\": 4}, "
			   "{\"skill_id\": \"%s\", \"current\": 4, \"offered\": true}]}",
			   skills[0], skills[2]),
		200);
	story_enrol(ASKER, programme, "mentee", RELATIONS + 1);
	story_enrol(ASKER, programme, "mentor", 1);
	const char *learner = api_path("peer%d", PEERS - 1);
	wants(learner, 2);
	story_enrol(learner, programme, "mentee", 1);
}

/* Each has their pages, with all their pairs; and whoever learns in many is one person in every figure. */
static void each_counts_once(const char *programme)
{
	struct api_reply *mine = api_expect(
		api_get(as(ASKER), "/api/v1/dashboards/mentee?programme_id=%s", programme), 200);
	assert_int_equal(api_count(mine, "pairs"), RELATIONS);
	static const char rating[] = "{\"pair_id\": \"%s\", \"visibility\": \"programme\", \"rating\": 5}";
	for (int i = 0; i < RELATIONS; i++) {
		const char *with = api_text(mine, api_path("pairs.%d.pair.id", i));
		api_expect(api_post(as(ASKER), "/api/v1/feedback", rating, with), 201);
	}
	mine = api_expect(
		api_get(as(ASKER), "/api/v1/dashboards/mentor?programme_id=%s", programme), 200);
	assert_int_equal(api_count(mine, "pairs"), 1);
	story_snapshot(programme);
	struct api_reply *parts = api_expect(
		api_get(admin(), "/api/v1/reports/programmes/%s/participation", programme), 200);
	assert_int_equal(api_integer(parts, "totals.pairs"), 5);          /* of seven */
	assert_int_equal(api_integer(parts, "totals.paired_mentors"), 5); /* of seven people */
	assert_true(json_is_null(api_member(parts, "totals.paired_mentees"))); /* of two */
	parts = api_get(admin(), "/api/v1/reports/programmes/%s/satisfaction", programme);
	assert_true(json_is_null(api_member(api_expect(parts, 200), "n"))); /* six ratings of one */
}

static void colleagues_learn_in_as_many_pairs_as_the_policy_allows(void **state)
{
	(void)state;
	const char *programme = programme_for("open_learning");
	set(programme, "\"self_search\": true");
	allow_relations(programme);
	colleagues_take_part(programme);
	assert_false(may_pair(as(ASKER), programme));
	story_round("hr.lead", programme);
	assert_int_equal(api_count(story_shortlist(ASKER, programme), "mentors"), 5);
	assert_true(may_pair(as(ASKER), programme));
	assert_false(may_pair(as("leader0"), programme));
	assert_true(may_pair(admin(), programme));
	api_expect_problem(asks(ASKER, programme, story_person_id("leader0")), 409, "unsafe_pair");
	struct api_reply *found = api_expect(
		api_get(as(ASKER), "/api/v1/listings?kind=teach&skill_id=%s", skills[0]), 200);
	assert_int_equal(api_count(found, "items"), RELATIONS + 1);
	for (int i = 0; i < RELATIONS; i++) {
		const char *mentor = api_text(found, api_path("items.%d.person.id", i));
		struct api_reply *pair = api_expect(asks(ASKER, programme, mentor), 201);
		assert_string_equal(api_text(pair, "origin"), "request");
		accepts(story_user_name(mentor), pair);
	}
	struct api_reply *no = api_expect_problem(
		asks(ASKER, programme, api_text(found, api_path("items.%d.person.id", RELATIONS))),
		409, "no_place");
	assert_string_equal(api_text(no, "side"), "mentee");
	assert_null(list_of(ASKER, programme));
	assert_false(may_pair(as(ASKER), programme));
	/* who learns teaches too */
	accepts(ASKER,
		api_expect(asks(api_path("peer%d", PEERS - 1), programme, story_person_id(ASKER)),
			201));
	struct api_reply *pairs = api_expect(
		api_get(as(ASKER), "/api/v1/pairs?status=active&include_total=true"), 200);
	assert_int_equal(api_integer(pairs, "total"), RELATIONS + 1);
	each_counts_once(programme);
}

/* ---- other departments only ------------------------------------------------------------------*/

/* The last leader of each department but one, and two trainees of each department, who are on nobody's list
 * yet: a mentor is shown no more often because there is another programme. */
#define FIRST (LEADERS / DEPARTMENTS * DEPARTMENTS - 2 * DEPARTMENTS)

static void nobody_of_their_own(json_t *list)
{
	json_t *mentors = json_object_get(list, "mentors"), *entry;
	size_t i;
	assert_true(json_array_size(mentors) > 0); /* and it is there at all */
	json_array_foreach(mentors, i, entry) assert_string_not_equal(
		member(entry, "mentor", "department"), member(list, "mentee", "department"));
}

/* The leader of the same department as this mentor, who teaches exactly what they want. */
static void one_of_the_same_department_is_refused(
	const char *programme, const char *mentee, const char *mentor)
{
	struct api_reply *no = api_expect_problem(
		asks(api_path("leader%d", FIRST), programme, story_person_id("trainee0")), 409,
		"policy_refuses");
	assert_string_equal(api_text(no, "rule"), "department");
	no = api_expect_problem(
		api_post(admin(), "/api/v1/pairs",
			"{\"mentee_enrolment_id\": \"%s\", \"mentor_enrolment_id\": "
			"\"%s\", \"note\": \"They asked for it.\"}",
			mentee, mentor),
		409, "policy_refuses");
	assert_string_equal(api_text(no, "rule"), "department");
}

static const char *mentee_of(json_t *list)
{
	return story_user_name(member(list, "mentee", "id"));
}

static bool is_on(json_t *list, const char *mentor)
{
	json_t *entry;
	size_t i;
	json_array_foreach(json_object_get(list, "mentors"), i,
		entry) if (strcmp(member(entry, "mentor", "id"), mentor) == 0) return true;
	return false;
}

/* A list with a mentor who is on the first list too, whose only place is taken from there. */
static size_t two_want_the_same(json_t *lists)
{
	json_t *first = json_array_get(lists, 0), *entry;
	size_t i;
	json_array_foreach(json_object_get(first, "mentors"), i, entry)
	{
		const char *mentor = member(entry, "mentor", "id");
		for (size_t k = 1; k < json_array_size(lists); k++) {
			json_t *list = json_array_get(lists, k);
			if (!is_on(list, mentor))
				continue;
			api_expect(pick(mentee_of(first),
					   json_string_value(json_object_get(first, "id")), mentor),
				201);
			struct api_reply *late = api_expect_problem(
				pick(mentee_of(list),
					json_string_value(json_object_get(list, "id")), mentor),
				409, "shortlist_changed");
			nobody_of_their_own(api_member(late, "replacement_shortlist"));
			return k;
		}
	}
	fail_msg("nobody on the first list is on another one");
	return 0;
}

static void leaders_learn_from_other_departments_only(void **state)
{
	(void)state;
	const char *programme = programme_for("cross_function");
	set(programme, "\"self_search\": true");
	begin(8192);
	for (int i = 0; i < DEPARTMENTS; i++)
		item(api_path("leader%d", FIRST + i), "mentee", 1);
	const char *mentee = api_text(enrol_all(programme, DEPARTMENTS), "items.0.id");
	begin(8192);
	for (int i = 0; i < TRAINEES; i++) {
		teaches("trainee", i, FIRST + i);
		item(api_path("trainee%d", i), "mentor", 1);
	}
	const char *mentor = api_text(enrol_all(programme, TRAINEES), "items.0.id");
	story_round("hr.lead", programme);
	json_t *lists = open_lists(programme), *list;
	assert_int_equal(json_array_size(lists), DEPARTMENTS);
	size_t i;
	json_array_foreach(lists, i, list) nobody_of_their_own(list);
	one_of_the_same_department_is_refused(programme, mentee, mentor);
	list = json_array_get(lists, two_want_the_same(lists) == 1 ? 2 : 1);
	nobody_of_their_own(
		api_expect(api_post(as(mentee_of(list)),
				   api_path("/api/v1/shortlists/%s/refresh",
					   json_string_value(json_object_get(list, "id"))),
				   "{\"reason\": \"wrong_skills\"}"),
			201)
			->body);
	json_decref(lists);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_top_is_paired_in_one_run_and_the_chief_picks_first),
		cmocka_unit_test(colleagues_learn_in_as_many_pairs_as_the_policy_allows),
		cmocka_unit_test(leaders_learn_from_other_departments_only),
	};
	return cmocka_run_group_tests_name("three companies", tests, set_up, tear_down);
}
