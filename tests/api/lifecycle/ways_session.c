/* Ways into the states of agreements and sessions. */
#include "ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/story.h"
#include "staff.h"

#define THE_TWO (1U << MENTOR | 1U << MENTEE)

static void pair(struct object *o)
{
	staff_clock_to(NULL);
	staff_crowd_pair(o);
}

static void propose(struct object *o, struct api *who)
{
	o->agreement_id = api_text(
		api_expect(api_post(who, "/api/v1/agreements",
				   "{\"pair_id\": \"%s\", \"cadence\": \"weekly_3_months\", "
				   "\"duration_minutes\": 45, \"channels\": [\"video\"], "
				   "\"time_zone\": "
				   "\"Europe/Berlin\", \"starts_on\": \"2027-01-18\"}",
				   o->pair_id),
			201),
		"id");
}

static void sign(struct object *o, struct api *who)
{
	api_expect(
		api_change(who, api_path("/api/v1/agreements/%s/signature", o->agreement_id)), 200);
}

static void agreement_new(struct object *o)
{
	pair(o);
	propose(o, staff_mentor(o));
	o->id = o->agreement_id;
}

static void agreement_half(struct object *o)
{
	agreement_new(o);
	sign(o, staff_mentor(o));
}

static void agreement_signed(struct object *o)
{
	agreement_half(o);
	sign(o, staff_mentee(o));
}

static void agreement_superseded(struct object *o)
{
	agreement_signed(o);
	const char *first = o->agreement_id;
	propose(o, staff_mentee(o));
	sign(o, staff_mentor(o));
	sign(o, staff_mentee(o));
	o->id = o->agreement_id = first;
}

static const struct withheld signed_already[] = {
	{ "agreement_signature", "already_signed", 1U << MENTOR }, { 0 }
};

static const struct way agreement_ways[] = {
	{ "proposed", "nobody has signed", agreement_new, NULL },
	{ "proposed", "the mentor has signed", agreement_half, signed_already },
	{ "signed", "by both", agreement_signed, NULL },
	{ "superseded", "by a later one", agreement_superseded, NULL },
	{ 0 },
};

const struct noun noun_agreement = {
	.name = "agreement",
	.table = "scheduling.agreement",
	.relations = { [MENTOR] = "pair_member mentor",
		[MENTEE] = "pair_member mentee",
		[COORDINATOR] = "programme_admin" },
	.ways = agreement_ways,
};

/* ---- sessions
 * -----------------------------------------------------------------------------------*/

/* Another day each time, at three, when no series meets. */
static const char *next_day(void)
{
	static int day;
	day++;
	return api_path("2027-%02d-%02dT15:00", 2 + day / 28 % 5, 1 + day % 28);
}

static const char *begins; /* when the last session that was booked does */

static void book(struct object *o, const char *more)
{
	agreement_signed(o);
	struct api_reply *made = api_expect(
		api_post(staff_mentor(o), "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": "
			"\"Europe/Berlin\", \"duration_minutes\": 45, \"mode\": \"video\"%s}",
			o->pair_id, next_day(), more),
		201);
	o->id = o->session_id = api_text(made, "id");
	begins = api_sql(
		"superuser", "SELECT starts_at FROM scheduling.session WHERE id = '%s'", o->id);
}

static void proposed(struct object *o)
{
	book(o, ", \"propose\": true");
}

static void confirmed(struct object *o)
{
	proposed(o);
	staff_step(staff_mentee(o), "/api/v1/sessions/%s/confirmation", o->id, NULL);
}

static void moved(struct object *o)
{
	confirmed(o);
	struct api *mentor = staff_mentor(o);
	const char *self = api_path("/api/v1/sessions/%s", o->id);
	api_if_match(mentor, api_expect(api_get(mentor, "%s", self), 200));
	api_expect(api_patch(mentor, self,
			   "{\"starts_at\": \"%s\", \"time_zone\": \"Europe/Berlin\"}",
			   next_day()),
		200);
}

static void proposed_begun(struct object *o)
{
	proposed(o);
	staff_clock_to(begins);
}

static void begun(struct object *o)
{
	confirmed(o);
	staff_clock_to(begins);
}

static void report(struct object *o, const char *body)
{
	begun(o);
	staff_step(staff_mentor(o), "/api/v1/sessions/%s/report", o->id, body);
}

static void held(struct object *o)
{
	report(o, "{\"outcome\": \"held\"}");
}

static void missed(struct object *o)
{
	report(o, "{\"outcome\": \"missed\"}");
}

static void cancelled(struct object *o)
{
	confirmed(o);
	staff_step(staff_mentee(o), "/api/v1/sessions/%s/cancellation", o->id,
		"{\"reason\": \"busy\"}");
}

static void unreported(struct object *o)
{
	confirmed(o);
	staff_clock_to(
		api_sql("superuser", "SELECT timestamptz '%s' + interval '3 hours'", begins));
	staff_wait("scheduling.session", o->id, "unreported");
}

static const struct withheld own[] = { { "session_confirmation", "wrong_state", 1U << MENTOR },
	{ "session_report", "session_not_started", THE_TWO },
	{ "session_reversion", "wrong_state", THE_TWO }, { 0 } };
static const struct withheld own_moved[] = {
	{ "session_confirmation", "wrong_state", 1U << MENTOR },
	{ "session_report", "session_not_started", THE_TWO }, { 0 }
};
static const struct withheld own_late[] = { { "session_confirmation", "wrong_state", 1U << MENTOR },
	{ "session_confirmation", "session_started", 1U << MENTEE },
	{ "session_patch", "session_started", THE_TWO },
	{ "session_reversion", "wrong_state", THE_TWO },
	{ "session_cancellation", "session_started", THE_TWO }, { 0 } };
static const struct withheld early[] = { { "session_report", "session_not_started", THE_TWO },
	{ 0 } };
static const struct withheld late[] = { { "session_patch", "session_started", THE_TWO },
	{ "session_cancellation", "session_started", THE_TWO }, { 0 } };
static const struct withheld again[] = { { "session_report", NULL, THE_TWO }, { 0 } };

static const struct way session_ways[] = {
	{ "proposed", "by the mentor", proposed, own },
	{ "proposed", "moved by the mentor", moved, own_moved },
	{ "proposed", "begun, and nobody has confirmed it", proposed_begun, own_late },
	{ "confirmed", "before it begins", confirmed, early },
	{ "confirmed", "begun", begun, late },
	{ "held", "both met", held, again },
	{ "missed", "nobody came", missed, NULL },
	{ "cancelled", "by the mentee", cancelled, NULL },
	{ "unreported", "nobody has said", unreported, NULL },
	{ 0 },
};

static const char *session_body(const char *operation, const struct object *o, enum who who)
{
	(void)o;
	(void)who;
	return strcmp(operation, "session_patch") != 0
		       ? NULL
		       : api_path("{\"starts_at\": \"%s\", \"time_zone\": \"Europe/Berlin\"}",
				 next_day());
}

const struct noun noun_session = {
	.name = "session",
	.table = "scheduling.session",
	.relations = { [MENTOR] = "pair_member mentor", [MENTEE] = "pair_member mentee" },
	.ways = session_ways,
	.body = session_body,
};

/* ---- check-ins
 * ----------------------------------------------------------------------------------*/

static void check_in(struct object *o, const char *more)
{
	pair(o);
	o->id = api_text(
		api_expect(api_post(staff_mentor(o), "/api/v1/touchpoints",
				   "{\"pair_id\": \"%s\", \"due_on\": \"2026-11-30\", \"channel\": "
				   "\"chat\"%s}",
				   o->pair_id, more),
			201),
		"id");
}

static void check_in_due(struct object *o)
{
	check_in(o, "");
}

static void check_in_done(struct object *o)
{
	check_in(o, ", \"status\": \"done\"");
}

static void check_in_skipped(struct object *o)
{
	check_in_due(o);
	const char *self = api_path("/api/v1/touchpoints/%s", o->id);
	struct api *mentee = staff_mentee(o);
	api_if_match(mentee, api_expect(api_get(mentee, "%s", self), 200));
	api_expect(api_patch(mentee, self, "{\"status\": \"skipped\"}"), 200);
}

static const struct way touchpoint_ways[] = {
	{ "due", "by hand", check_in_due, NULL },
	{ "done", "recorded at once", check_in_done, NULL },
	{ "skipped", "by the mentee", check_in_skipped, NULL },
	{ 0 },
};

const struct noun noun_touchpoint = {
	.name = "touchpoint",
	.table = "scheduling.touchpoint",
	.relations = { [MENTOR] = "pair_member mentor", [MENTEE] = "pair_member mentee" },
	.ways = touchpoint_ways,
};
