#include "staff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "support/story.h"

#define SIDE 18 /* leaders, and juniors */
#define WAIT 40.0

static int met;               /* how many programmes took the next two */
static struct object crowd;   /* one programme for many pairs */
static int crowd_next = SIDE; /* the leader whose list is next; SIDE: another programme */
static const char *leader_names[SIDE], *junior_names[SIDE];

static size_t put_people(char *csv, size_t room)
{
	size_t used = (size_t)snprintf(csv, room,
		"external_id,user_name,given_name,family_name,department,level,"
		"manager_external_id,languages\n"
		"W-1,top,Tea,Top,Board,8,,en\n"
		"W-2,hr.lead,Hal,Lead,HR,6,W-1,en\n"
		"W-3,desk.one,Dan,Desk,Sales,4,W-1,en\n"
		"W-4,desk.two,Dot,Desk,IT,4,W-1,en\n"
		"W-5,other.admin,Olga,Orr,HR,4,W-2,en\n"
		"W-6,stranger,Stan,Stone,Legal,3,W-5,en\n"
		"W-7,member,Max,Member,HR,6,W-2,en\n");
	for (int i = 0; i < SIDE; i++) {
		used += (size_t)snprintf(csv + used, room - used,
			"L-%d,leader%d,Lee,Leader,Board,6,W-1,en\nJ-%d,junior%d,Joy,Junior,%s,1,W-%"
			"d,"
			"en\n",
			i, i, i, i, i % 2 ? "Sales" : "IT", i % 2 ? 3 : 4);
	}
	return used;
}

int staff_company(void **state)
{
	(void)state;
	char csv[8192];
	assert_true(put_people(csv, sizeof csv) < sizeof csv);
	assert_string_equal(api_text(api_import(csv, NULL), "status"), "done");
	return 0;
}

int staff_build(void **state)
{
	staff_company(state);
	for (int i = 0; i < SIDE; i++) {
		leader_names[i] = strdup(api_path("leader%d", i));
		junior_names[i] = strdup(api_path("junior%d", i));
		story_wants(leader_names[i], "data literacy", NULL);
		story_teaches(junior_names[i], "data literacy", NULL);
	}
	/* the same few people meet in many programmes */
	api_sql("superuser",
		"UPDATE common.setting SET value = '{\"mentor\": 1000, \"mentee\": 1000}' "
		"WHERE name = 'person_limits'");
	return 0;
}

void staff_works(const char *junior, bool active)
{
	int i = 0;
	assert_int_equal(sscanf(junior, "junior%d", &i), 1);
	struct api_reply *done = api_import(
		api_path("external_id,user_name,given_name,family_name,department,level,"
			 "manager_external_id,languages,active\n"
			 "J-%d,junior%d,Joy,Junior,%s,1,W-%d,en,%s\n",
			i, i, i % 2 ? "Sales" : "IT", i % 2 ? 3 : 4, active ? "true" : "false"),
		NULL);
	assert_string_equal(api_text(done, "status"), "done");
	crowd_next = SIDE; /* the junior takes part in that one no longer */
}

void staff_exclusion(const struct object *object)
{
	struct api_reply *made = api_expect(
		api_post(staff_mentor(object), "/api/v1/exclusions", "{\"person_id\": \"%s\"}",
			story_person_id(object->mentee)),
		201);
	api_if_match(staff_mentor(object), made);
	api_expect(api_delete(staff_mentor(object), "%s", api_text(made, "links.self")), 204);
}

struct api *staff_coordinator(void)
{
	return api_as("programme_admin", STAFF_COORDINATOR);
}

struct api *staff_mentor(const struct object *object)
{
	return api_as("participant", object->mentor);
}

struct api *staff_mentee(const struct object *object)
{
	return api_as("participant", object->mentee);
}

struct api_reply *staff_step(struct api *who, const char *path, const char *id, const char *body)
{
	char text[200];
	snprintf(text, sizeof text, path, id);
	struct api_reply *reply = body ? api_post(who, text, "%s", body)
				       : api_post(who, text, NULL);
	if (reply->status != 200)
		api_expect(reply, 201);
	return reply;
}

void staff_wait(const char *table, const char *id, const char *status)
{
	api_wait_until(WAIT,
		strcmp(api_sql("superuser", "SELECT status FROM %s WHERE id = '%s'", table, id),
			status) == 0);
}

void staff_programme(struct object *ret_object)
{
	ret_object->programme_id = story_programme(
		STAFF_COORDINATOR, api_path("Programme %d", met));
	story_enrol(STAFF_MEMBER, ret_object->programme_id, "mentor", 1);
	ret_object->mentee = leader_names[met++ % SIDE];
	ret_object->mentor = junior_names[met % SIDE];
}

/* Some junior whom the leader has had no pair with; the number says which. */
static const char *new_junior(const char *leader, int number)
{
	return api_sql("superuser",
		"SELECT j.user_name FROM profiles.person j, profiles.person l WHERE l.user_name = "
		"'%s' "
		"AND j.level = 1 AND NOT EXISTS (SELECT FROM matching.pair q WHERE q.mentor_id = "
		"j.id "
		"AND q.mentee_id = l.id) ORDER BY md5(j.user_name || '%d') OFFSET %d LIMIT 1",
		leader, met, number);
}

void staff_people(struct object *ret_object, int juniors)
{
	staff_programme(ret_object);
	ret_object->mentee_enrolment = story_enrol(
		ret_object->mentee, ret_object->programme_id, "mentee", 1);
	for (int i = juniors - 1; i >= 0; i--) {
		ret_object->mentor = new_junior(ret_object->mentee, i);
		ret_object->mentor_enrolment = story_enrol(
			ret_object->mentor, ret_object->programme_id, "mentor", 2);
	}
}

void staff_ready(struct object *ret_object, int juniors)
{
	staff_people(ret_object, juniors);
	struct api_reply *round = api_expect(
		api_post(staff_coordinator(), "/api/v1/rounds", "{\"programme_id\": \"%s\"}",
			ret_object->programme_id),
		202);
	ret_object->round_id = api_text(round, "id");
	staff_wait("matching.round", ret_object->round_id, "ready");
}

void staff_round(struct object *ret_object, int juniors)
{
	staff_ready(ret_object, juniors);
	staff_step(
		staff_coordinator(), "/api/v1/rounds/%s/publication", ret_object->round_id, NULL);
	struct api_reply *list = story_shortlist(ret_object->mentee, ret_object->programme_id);
	ret_object->shortlist_id = api_text(list, "id");
	ret_object->mentor_id = api_text(list, "mentors.0.mentor.id");
}

static void pick(struct object *o)
{
	struct api_reply *pair = staff_step(staff_mentee(o), "/api/v1/shortlists/%s/pick",
		o->shortlist_id, api_path("{\"mentor_id\": \"%s\"}", o->mentor_id));
	o->pair_id = api_text(pair, "id");
}

static void accept(struct object *o)
{
	staff_step(staff_mentor(o), "/api/v1/pairs/%s/acceptance", o->pair_id, NULL);
}

void staff_pick(struct object *ret_object)
{
	staff_round(ret_object, 1);
	pick(ret_object);
}

void staff_pair(struct object *ret_object)
{
	staff_pick(ret_object);
	accept(ret_object);
}

/* ---- one programme for many
 * ---------------------------------------------------------------------*/

static void gather_crowd(void)
{
	crowd = (struct object){ 0 };
	staff_programme(&crowd);
	for (int i = 0; i < SIDE; i++) {
		story_enrol(leader_names[i], crowd.programme_id, "mentee", 1);
		story_enrol(junior_names[i], crowd.programme_id, "mentor", 5);
	}
	crowd.round_id = story_round(STAFF_COORDINATOR, crowd.programme_id);
	crowd_next = 0;
}

void staff_crowd_pick(struct object *ret_object)
{
	if (crowd_next == SIDE)
		gather_crowd();
	*ret_object = crowd;
	ret_object->mentee = leader_names[crowd_next++];
	struct api_reply *list = story_shortlist(ret_object->mentee, crowd.programme_id);
	ret_object->shortlist_id = api_text(list, "id");
	/* by turns, so that nobody's places run out */
	size_t turn = (size_t)crowd_next % api_count(list, "mentors");
	ret_object->mentor_id = api_text(list, api_path("mentors.%zu.mentor.id", turn));
	ret_object->mentor = story_user_name(ret_object->mentor_id);
	pick(ret_object);
}

void staff_crowd_pair(struct object *ret_object)
{
	staff_crowd_pick(ret_object);
	accept(ret_object);
}

void staff_later(int days, const char *table, const char *id, const char *status)
{
	api_clock(days * 86400LL);
	staff_wait(table, id, status);
	api_clock(0);
	crowd_next = SIDE; /* its lists have expired */
}

void staff_take_back(const char *round_id)
{
	api_sql("superuser",
		"UPDATE matching.round SET step = 'withdrawal', leased_until = pg_catalog.now() + "
		"interval '1 hour' WHERE id = '%s'",
		round_id);
}

void staff_clock_to(const char *instant)
{
	static bool away;
	if (instant) {
		api_clock_to(instant);
		crowd_next = SIDE;
	} else if (away) {
		api_clock(0);
	}
	away = instant != NULL;
}
