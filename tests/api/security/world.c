#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUND_SECONDS 40.0
#define CRAFT         "security craft"

const char world_people[] =
	"external_id,user_name,given_name,family_name,email,title,department,location,country,"
	"time_zone,level,manager_external_id,hired_on,active\n"
	"S-0,bo.boss,Bo,Boss,bo@example.org,Chief,Board,Berlin,DE,Europe/"
	"Berlin,9,,2010-01-01,true\n"
	"S-1,mia.mentee,Mia,Mentee,mia@example.org,Director,Sales,Berlin,DE,Europe/Berlin,7,S-0,"
	"2012-01-01,true\n"
	"S-2,mona.mentee,Mona,Mentee,mona@example.org,Director,Law,Berlin,DE,Europe/Berlin,7,S-0,"
	"2012-01-01,true\n"
	"S-3,lena.line,Lena,Line,lena@example.org,Head,Data,Berlin,DE,Europe/"
	"Berlin,6,S-0,2012-01-01,"
	"true\n"
	"S-4,max.mentor,Max,Mentor,max@example.org,Analyst,Data,Berlin,DE,Europe/Berlin,2,S-3,"
	"2022-01-01,true\n"
	"S-5,nora.mentor,Nora,Mentor,nora@example.org,Analyst,Law,Berlin,DE,Europe/Berlin,2,S-3,"
	"2022-01-01,true\n"
	"S-6,omar.mentor,Omar,Mentor,omar@example.org,Analyst,Works,Berlin,DE,Europe/Berlin,2,S-3,"
	"2022-01-01,true\n"
	"S-7,pia.mentor,Pia,Mentor,pia@example.org,Analyst,Shop,Berlin,DE,Europe/Berlin,2,S-3,"
	"2022-01-01,true\n"
	"S-8,quin.mentor,Quin,Mentor,quin@example.org,Analyst,Labs,Berlin,DE,Europe/Berlin,2,S-3,"
	"2022-01-01,true\n"
	"S-9,rita.mentor,Rita,Mentor,rita@example.org,Analyst,Post,Berlin,DE,Europe/Berlin,2,S-3,"
	"2022-01-01,true\n"
	"S-10,cora.coordinator,Cora,Coordinator,cora@example.org,Officer,HR,Berlin,DE,Europe/"
	"Berlin,4,"
	"S-0,2015-01-01,true\n"
	"S-11,ozzy.other,Ozzy,Other,ozzy@example.org,Officer,HR,Berlin,DE,Europe/Berlin,4,S-0,"
	"2015-01-01,true\n"
	"S-12,sten.stranger,Sten,Stranger,sten@example.org,Clerk,Post,Berlin,DE,Europe/"
	"Berlin,2,S-3,"
	"2020-01-01,true\n"
	"S-13,xena.excluded,Xena,Excluded,xena@example.org,Director,Shop,Berlin,DE,Europe/Berlin,7,"
	"S-0,2012-01-01,true\n"
	"S-14,dela.delegate,Dela,Delegate,dela@example.org,Assistant,Shop,Berlin,DE,Europe/"
	"Berlin,2,"
	"S-13,2018-01-01,true\n";

static const char *const mentors[] = { "max.mentor", "nora.mentor", "omar.mentor", "pia.mentor",
	"quin.mentor", "rita.mentor" };

static const struct {
	const char *name, *role, *user;
} callers[CALLERS] = {
	[CALLER_NOBODY] = { "nobody", NULL, NULL },
	[CALLER_UNKNOWN] = { "a person who is unknown", "participant", "una.unknown" },
	[CALLER_STRANGER] = { "a stranger", "participant", WORLD_STRANGER },
	[CALLER_MENTOR] = { "the mentor", "participant", NULL },
	[CALLER_MENTEE] = { "the mentee", "participant", WORLD_MENTEE },
	[CALLER_LINE] = { "the line manager", "participant", WORLD_LINE },
	[CALLER_COORDINATOR] = { "the coordinator", "programme_admin", WORLD_COORDINATOR },
	[CALLER_OTHER] = { "another programme admin", "programme_admin", WORLD_OTHER },
	[CALLER_ADMIN] = { "an admin", "admin", NULL },
	[CALLER_HRIS] = { "the HR system", "hris", NULL },
	[CALLER_AUDITOR] = { "an auditor", "auditor", NULL },
	[CALLER_GATEWAY] = { "the mail gateway", "mail_gateway", NULL },
	[CALLER_DELEGATE] = { "the mentor's delegate", "participant", WORLD_DELEGATE },
};

struct api *world_caller(const struct world *world, enum caller caller)
{
	struct api *who = api_as(callers[caller].role,
		caller == CALLER_MENTOR ? world->mentor_user : callers[caller].user);
	if (caller == CALLER_DELEGATE)
		api_on_behalf_of(who, world->mentor);
	return who;
}

const char *world_caller_name(enum caller caller)
{
	return callers[caller].name;
}

const char *world_role(enum caller caller)
{
	return callers[caller].role;
}

struct api *world_as(const char *user_name)
{
	return api_as("participant", user_name);
}

const char *world_person(const char *user_name)
{
	return api_text(api_expect(api_get(world_as(user_name), "/api/v1/me"), 200), "person.id");
}

const char *world_programme(const char *admin, const char *title)
{
	struct api *who = api_as("programme_admin", admin);
	struct api_reply *made = api_expect(
		api_post(who, "/api/v1/programmes",
			"{\"title\": \"%s\", \"purpose\": \"digital_skills\", \"starts_on\":"
			" \"2027-01-11\", \"ends_on\": \"2027-07-09\"}",
			title),
		201);
	const char *id = api_text(made, "id");
	api_expect(api_post(who, api_path("/api/v1/programmes/%s/recruitment", id), NULL), 200);
	return id;
}

const char *world_enrol(const char *user_name, const char *programme, const char *role)
{
	struct api_reply *made = api_expect(
		api_post(world_as(user_name), "/api/v1/enrolments",
			"{\"programme_id\": \"%s\", \"role\": \"%s\"}", programme, role),
		201);
	return api_text(made, "id");
}

const char *world_round(const char *admin, const char *programme)
{
	struct api *who = api_as("programme_admin", admin);
	struct api_reply *now = api_expect(
		api_post(who, "/api/v1/rounds", "{\"programme_id\": \"%s\"}", programme), 202);
	const char *id = api_text(now, "id");
	api_wait_until(
		ROUND_SECONDS, (now = api_expect(api_get(who, "/api/v1/rounds/%s", id), 200),
				       strcmp(api_text(now, "status"), "queued") != 0 &&
					       strcmp(api_text(now, "status"), "running") != 0));
	assert_string_equal(api_text(now, "status"), "ready");
	api_expect(api_post(who, api_path("/api/v1/rounds/%s/publication", id), NULL), 200);
	return id;
}

struct api_reply *world_open_list(const char *mentee, const char *programme)
{
	struct api *who = world_as(mentee);
	struct api_reply *list = api_expect(
		api_get(who, "/api/v1/shortlists?programme_id=%s&status=open", programme), 200);
	assert_int_equal(api_count(list, "items"), 1);
	return api_expect(api_get(who, "/api/v1/shortlists/%s", api_text(list, "items.0.id")), 200);
}

static void build_people(struct world *w)
{
	struct api_reply *done = api_import(world_people, NULL);
	assert_string_equal(api_text(done, "status"), "done");
	w->import = api_text(done, "id");
	w->skill = api_text(api_expect(api_post(api_as("admin", NULL), "/api/v1/skills",
					       "{\"name\": \"" CRAFT "\"}"),
				    201),
		"id");
	w->import_mapping = api_text(
		api_expect(api_post(api_as("hris", NULL), "/api/v1/imports/mappings",
				   "{\"name\": \"The other system\"}"),
			201),
		"id");
	w->token_revocation = api_text(
		api_expect(api_post(api_as("admin", NULL), "/api/v1/settings/token-revocations",
				   "{\"subject\": \"nobody-at-all\"}"),
			201),
		"id");
	struct api *admin = api_as("admin", NULL);
	api_if_match(admin, api_expect(api_get(admin, "/api/v1/settings"), 200));
	api_expect(api_put(admin, "/api/v1/settings", "{}"), 200);
	for (size_t i = 0; i < sizeof mentors / sizeof *mentors; i++)
		api_expect(api_put(world_as(mentors[i]), "/api/v1/people/me/skills",
				   "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 4,"
				   " \"offered\": true}]}",
				   w->skill),
			200);
	const char *mentees[] = { WORLD_MENTEE, WORLD_WAITING };
	for (int i = 0; i < 2; i++)
		api_expect(api_put(world_as(mentees[i]), "/api/v1/people/me/skills",
				   "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 1,"
				   " \"target\": 4}]}",
				   w->skill),
			200);
}

static void build_pair(struct world *w)
{
	w->programme = world_programme(WORLD_COORDINATOR, "Learning from juniors");
	for (size_t i = 0; i < sizeof mentors / sizeof *mentors; i++)
		world_enrol(mentors[i], w->programme, "mentor");
	world_enrol(WORLD_MENTEE, w->programme, "mentee");
	world_enrol(WORLD_WAITING, w->programme, "mentee");
	w->round = world_round(WORLD_COORDINATOR, w->programme);
	struct api_reply *list = world_open_list(WORLD_MENTEE, w->programme);
	assert_int_equal(api_count(list, "mentors"), 3);
	w->shortlist = api_text(list, "id");
	w->open_list = api_text(world_open_list(WORLD_WAITING, w->programme), "id");
	w->mentor = api_text(list, "mentors.0.mentor.id");
	w->mentee = api_text(list, "mentee.id");
	struct api_reply *seen = api_expect(
		api_get(api_as("hris", NULL), "/api/v1/people/%s", w->mentor), 200);
	w->mentor_user = api_text(seen, "hr.user_name");
	w->pair = api_text(api_expect(api_post(world_as(WORLD_MENTEE),
					      api_path("/api/v1/shortlists/%s/pick", w->shortlist),
					      "{\"mentor_id\": \"%s\"}", w->mentor),
				   201),
		"id");
	api_expect(api_post(world_as(w->mentor_user),
			   api_path("/api/v1/pairs/%s/acceptance", w->pair), NULL),
		200);
	w->consent = api_text(
		api_expect(api_post(world_as(w->mentor_user), "/api/v1/people/me/consents",
				   "{\"attribute\": \"gender\", \"purpose\": \"matching\","
				   " \"decision\": \"grant\", \"notice_version\": 1}"),
			201),
		"id");
}

/* Somebody whom nobody else needs, made by a batch; its id. */
static const char *spare_person(void)
{
	return api_text(api_expect(api_post(api_as("hris", NULL), "/api/v1/people/batches",
					   "{\"items\": [{\"external_id\": \"S-99\", "
					   "\"user_name\": \"sue.spare\", \"given_name\": "
					   "\"Sue\", \"level\": 1}]}"),
				201),
		"id");
}

/* What the mentor owns, and the session of the two. */
static void build_belongings(struct world *w)
{
	struct api *mentor = world_as(w->mentor_user);
	struct api_reply *mine = api_expect(api_get(mentor, "/api/v1/enrolments"), 200);
	w->enrolment = api_text(mine, "items.0.id");
	w->session = api_text(
		api_expect(api_post(mentor, "/api/v1/sessions",
				   "{\"pair_id\": \"%s\", \"starts_at\": \"2027-01-20T10:00\","
				   " \"time_zone\": \"Europe/Berlin\", \"duration_minutes\": 30,"
				   " \"mode\": \"video\"}",
				   w->pair),
			201),
		"id");
	w->agreement = api_text(
		api_expect(api_post(mentor, "/api/v1/agreements",
				   "{\"pair_id\": \"%s\", \"cadence\": \"six_weeks\","
				   " \"duration_minutes\": 45, \"channels\": [\"video\"],"
				   " \"time_zone\": \"UTC\", \"starts_on\": \"2027-02-01\"}",
				   w->pair),
			201),
		"id");
	struct api_reply *told;
	api_wait_until(20.0, (told = api_expect(api_get(mentor, "/api/v1/notifications"), 200),
				     api_count(told, "items") > 0));
	w->notification = api_text(told, "items.0.id");
	struct api_reply *feed = api_expect(
		api_post(mentor, "/api/v1/calendar-feeds", "{\"kind\": \"full\"}"), 201);
	w->feed = api_text(feed, "id");
	w->feed_path = strstr(api_text(feed, "url"), "/calendar/");
	assert_non_null(w->feed_path);
	w->feedback = api_text(api_expect(api_post(mentor, "/api/v1/feedback",
						  "{\"pair_id\": \"%s\", \"visibility\": "
						  "\"partner\", \"rating\": 2, \"comment\": \"x\"}",
						  w->pair),
				       201),
		"id");
	w->person_batch = spare_person();
	w->delegate = api_text(
		api_expect(api_post(mentor, "/api/v1/people/me/delegates",
				   "{\"assistant_id\": \"%s\"}", world_person(WORLD_DELEGATE)),
			201),
		"id");
	w->excluded_user = "xena.excluded";
	w->exclusion = api_text(
		api_expect(api_post(mentor, "/api/v1/exclusions", "{\"person_id\": \"%s\"}",
				   world_person(w->excluded_user)),
			201),
		"id");
}

/* When the mentor is away or busy, when the two check in, and what the mentor took away. */
static void build_absence(struct world *w)
{
	struct api *mentor = world_as(w->mentor_user);
	w->exception = api_text(
		api_expect(api_post(mentor, "/api/v1/availability/exceptions",
				   "{\"kind\": \"away\", \"starts_on\": \"2028-01-03\"}"),
			201),
		"id");
	w->busy_calendar = api_text(
		api_expect(api_post(mentor, "/api/v1/busy-calendars",
				   "{\"name\": \"Elsewhere\", \"calendar\": "
				   "\"BEGIN:VCALENDAR\\r\\nEND:VCALENDAR\\r\\n\"}"),
			201),
		"id");
	/* of a session that has not begun */
	w->takeaway = api_sql("superuser",
		"INSERT INTO scheduling.takeaway (id, session_id, author_id, learned, visibility)"
		" SELECT gen_random_uuid(), '%s', p.id, 'Locks', 'partner' FROM profiles.person p"
		" WHERE p.user_name = '%s' RETURNING id",
		w->session, w->mentor_user);
	w->touchpoint = api_text(
		api_expect(api_post(mentor, "/api/v1/touchpoints",
				   "{\"pair_id\": \"%s\", \"due_on\": \"2028-02-01\","
				   " \"channel\": \"chat\"}",
				   w->pair),
			201),
		"id");
}

/* A goal of the two, and the first step towards it. */
static void build_goal(struct world *w)
{
	struct api *mentor = world_as(w->mentor_user);
	w->goal = api_text(
		api_expect(
			api_post(mentor, "/api/v1/goals",
				"{\"pair_id\": \"%s\", \"specific\": \"Lock every screen of the "
				"board room\", \"measure\": {\"unit\": \"screens\", \"baseline\": "
				"0, \"target\": 4}, \"skill_id\": \"%s\", \"due_on\": "
				"\"2027-06-01\"}",
				w->pair, w->skill),
			201),
		"id");
	api_expect(api_post(world_as(WORLD_MENTEE), api_path("/api/v1/goals/%s/agreement", w->goal),
			   NULL),
		200);
	w->progress = api_text(
		api_expect(api_post(mentor, api_path("/api/v1/goals/%s/progress", w->goal),
				   "{\"value\": 1}"),
			201),
		"id");
}

/* What the mentee could do before. */
static void build_assessment(struct world *w)
{
	w->assessment = api_text(
		api_expect(api_post(api_as("programme_admin", WORLD_COORDINATOR),
				   "/api/v1/assessments",
				   "{\"programme_id\": \"%s\", \"skill_id\": \"%s\", \"title\": "
				   "\"Locks\", \"items\": [{\"key\": \"locks\", \"text\": \"Which "
				   "one?\", \"kind\": \"choice\", \"options\": [\"a\", \"b\"], "
				   "\"correct\": 1}], \"opens_on\": \"2026-01-01\", "
				   "\"closes_on\": \"2027-07-09\"}",
				   w->programme, w->skill),
			201),
		"id");
	const char *attempts = api_path("/api/v1/assessments/%s/attempts", w->assessment);
	w->attempt = api_text(
		api_expect(api_post(world_as(WORLD_MENTEE), attempts, "{\"phase\": \"pre\"}"), 201),
		"id");
}

/* The mentee would like to be paired with the mentor. */
static void build_wish(struct world *w)
{
	struct api *mentee = world_as(WORLD_MENTEE);
	const char *own = api_text(
		api_expect(
			api_get(mentee, "/api/v1/enrolments?programme_id=%s", w->programme), 200),
		"items.0.id");
	api_expect(api_put(mentee, api_path("/api/v1/enrolments/%s/wishes", own),
			   "{\"person_ids\": [\"%s\"]}", w->mentor),
		200);
	w->wish = api_text(api_expect(api_get(world_as(w->mentor_user),
					      "/api/v1/enrolments/%s/wishes", w->enrolment),
				   200),
		"asked_by.0.id");
}

/* Whom the programme keeps out, who stands for it, and a batch of people who are in it. */
static void build_programme_exclusion(struct world *w)
{
	struct api *coordinator = api_as("programme_admin", WORLD_COORDINATOR);
	w->enrolment_batch = api_text(
		api_expect(api_post(coordinator, "/api/v1/enrolments/batches",
				   "{\"programme_id\": \"%s\", \"note\": \"By mail\", \"items\": "
				   "[{\"person_id\": \"%s\", \"role\": \"mentor\"}]}",
				   w->programme, w->mentor),
			201),
		"id");
	w->programme_exclusion = api_text(
		api_expect(api_post(coordinator,
				   api_path("/api/v1/programmes/%s/exclusions", w->programme),
				   "{\"person_id\": \"%s\", \"note\": \"An audit\"}",
				   world_person("xena.excluded")),
			201),
		"id");
	w->sponsor = api_text(
		api_expect(api_post(coordinator,
				   api_path("/api/v1/programmes/%s/sponsors", w->programme),
				   "{\"person_id\": \"%s\"}", w->mentor),
			201),
		"id");
}

/* What the mentor asks in confidence. */
static void build_help_request(struct world *w)
{
	w->help_request = api_text(
		api_expect(api_post(world_as(w->mentor_user), "/api/v1/help-requests",
				   "{\"pair_id\": \"%s\", \"message\": \"A word?\"}", w->pair),
			201),
		"id");
}

/* What came of the pair, and that it was once in trouble. */
static void build_improvement(struct world *w)
{
	struct api *coordinator = api_as("programme_admin", WORLD_COORDINATOR);
	struct api_reply *made = api_expect(
		api_post(world_as(w->mentor_user), "/api/v1/improvements",
			"{\"programme_id\": \"%s\", \"pair_id\": \"%s\", \"title\": \"Captions\", "
			"\"insight\": \"Half of us could not follow.\"}",
			w->programme, w->pair),
		201);
	w->improvement = api_text(made, "id");
	api_if_match(coordinator, api_get(coordinator, "%s", api_text(made, "links.self")));
	api_expect(api_patch(coordinator, api_text(made, "links.self"), "{\"owner_id\": \"%s\"}",
			   w->mentor),
		200);
	api_expect(
		api_post(coordinator, api_path("%s/planning", api_text(made, "links.self")), NULL),
		200);
	w->flag = api_path(
		"%s", api_sql("superuser",
			      "INSERT INTO evaluation.flag_case (id, pair_id, programme_id, rule, "
			      "since, numbers, action, "
			      "intervened_at, handled_by) VALUES (gen_random_uuid(), '%s', '%s', "
			      "'unreported', "
			      "'2026-11-01', '{}', 'talk', '2026-11-02', '%s') RETURNING id",
			      w->pair, w->programme, w->mentee));
}

/* What mentors of active pairs think: it asks nobody who enrols later. */
static void build_survey(struct world *w)
{
	w->survey = api_text(
		api_expect(api_post(api_as("programme_admin", WORLD_COORDINATOR), "/api/v1/surveys",
				   "{\"programme_id\": \"%s\", \"kind\": \"pulse\", \"side\": "
				   "\"mentor\", \"title\": \"Attitudes\", \"shipped_set\": "
				   "\"attitudes-mentor\", \"opens_on\": \"2026-11-30\", "
				   "\"closes_on\": \"2027-07-09\", \"every_weeks\": 26}",
				   w->programme),
			201),
		"id");
	api_expect(api_put(world_as(w->mentor_user),
			   api_path("/api/v1/responses/%s/2026-11-30", w->survey),
			   "{\"answers\": [{\"key\": \"safe_1\", \"value\": 2}]}"),
		200);
}

/* What the coordinator has sent out and asked, and the talk that the mentor recorded. */
static void build_papers(struct world *w)
{
	struct api *coordinator = api_as("programme_admin", WORLD_COORDINATOR);
	/* one more, who has not the role to use it: this row may go */
	w->coordinator = api_text(
		api_expect(api_post(coordinator,
				   api_path("/api/v1/programmes/%s/coordinators", w->programme),
				   "{\"person_id\": \"%s\"}", w->mentor),
			201),
		"id");
	w->invitation = api_text(
		api_expect(api_post(coordinator,
				   api_path("/api/v1/programmes/%s/invitations", w->programme),
				   "{\"role\": \"mentor\", \"message\": \"Come\", \"level_min\": "
				   "30000}"),
			201),
		"id");
	w->form = api_text(api_expect(api_post(coordinator,
					      api_path("/api/v1/programmes/%s/forms", w->programme),
					      "{\"role\": \"mentee\", \"questions\": [{\"key\": "
					      "\"why\", \"text\": \"Why?\"}]}"),
				   201),
		"id");
	w->resource = api_text(
		api_expect(api_post(coordinator,
				   api_path("/api/v1/programmes/%s/resources", w->programme),
				   "{\"title\": \"Guide\", \"text\": \"Listen first.\"}"),
			201),
		"id");
	w->repair = api_text(
		api_expect(api_post(coordinator, api_path("/api/v1/rounds/%s/repair", w->round),
				   "{\"dry_run\": true}"),
			201),
		"id");
	w->cohort = api_text(
		api_expect(api_post(coordinator,
				   api_path("/api/v1/programmes/%s/cohorts", w->programme),
				   "{\"title\": \"Nobody\", \"level_min\": 30000}"),
			201),
		"id");
	w->message = api_text(
		api_expect(api_post(coordinator, "/api/v1/messages",
				   "{\"programme_id\": \"%s\", \"about\": \"agreement\"}",
				   w->programme),
			201),
		"id");
	w->review = api_text(api_expect(api_post(api_as("participant", w->mentor_user),
						api_path("/api/v1/pairs/%s/reviews", w->pair),
						"{\"outcome\": \"go_on\"}"),
				     201),
		"id");
}

/* The mentor wants no round to match them again. */
static void build_objection(const struct world *w)
{
	api_expect(api_post(api_as("participant", w->mentor_user),
			   api_path("/api/v1/enrolments/%s/objection", w->enrolment), "{}"),
		200);
}

/* What the mentor has in the directory beyond the profile. */
static void build_profile(struct world *w)
{
	struct api *mentor = api_as("participant", w->mentor_user);
	w->listing = api_text(api_expect(api_post(mentor, "/api/v1/listings",
						 "{\"kind\": \"teach\", \"title\": \"Charts\"}"),
				      201),
		"id");
	w->reply = api_text(api_expect(api_post(api_as("participant", WORLD_WAITING),
					       api_path("/api/v1/listings/%s/replies", w->listing),
					       "{\"message\": \"Me, please.\"}"),
				    201),
		"id");
	w->training_record = api_text(
		api_expect(api_post(api_as("hris", NULL),
				   api_path("/api/v1/people/%s/training-records", w->mentor),
				   "{\"topic\": \"feedback\", \"title\": \"Giving feedback\", "
				   "\"completed_on\": \"2026-01-09\"}"),
			201),
		"id");
	w->skill_check = api_text(
		api_expect(api_post(mentor, "/api/v1/people/me/skill-checks",
				   "{\"instrument\": \"Craft test\", \"taken_on\": \"2026-01-09\", "
				   "\"findings\": [{\"skill_id\": \"%s\", \"finding\": "
				   "\"strength\", \"level\": 4}]}",
				   w->skill),
			201),
		"id");
}

void world_build(struct world *ret_world)
{
	*ret_world = (struct world){ 0 };
	build_people(ret_world);
	build_pair(ret_world);
	build_belongings(ret_world);
	world_mail(ret_world);
	build_absence(ret_world);
	build_goal(ret_world);
	build_assessment(ret_world);
	build_wish(ret_world);
	build_programme_exclusion(ret_world);
	build_survey(ret_world);
	world_gatherings(ret_world);
	build_help_request(ret_world);
	world_disclosure(ret_world);
	world_recognition(ret_world);
	build_improvement(ret_world);
	world_reports(ret_world);
	build_papers(ret_world);
	build_objection(ret_world);
	build_profile(ret_world);
	struct api_reply *draft = api_expect(
		api_post(api_as("programme_admin", WORLD_COORDINATOR), "/api/v1/programmes",
			"{\"title\": \"Not yet\", \"purpose\": \"inclusion\", \"starts_on\": "
			"\"2027-01-11\", \"ends_on\": \"2027-07-09\"}"),
		201);
	ret_world->draft = api_text(draft, "id");
}
