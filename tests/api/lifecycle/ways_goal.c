/* Ways into the states of goals and attempts. */
#include "ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support/story.h"
#include "staff.h"

static void take(const struct noun *noun, struct object *o, enum who who, const char *operation)
{
	api_expect(lifecycle_send(noun, operation, o, who), 200);
}

/* ---- goals, in the mentor's words
 * ---------------------------------------------------------------*/

static void proposed(struct object *o)
{
	staff_crowd_pair(o);
	o->id = o->goal_id = api_text(
		api_expect(lifecycle_send(&noun_goal, "goal_create", o, MENTOR), 201), "id");
}

static void agreed(struct object *o)
{
	proposed(o);
	take(&noun_goal, o, MENTEE, "goal_agreement");
}

static void completed(struct object *o)
{
	agreed(o);
	take(&noun_goal, o, MENTOR, "goal_completion");
}

static void abandoned(struct object *o)
{
	agreed(o);
	take(&noun_goal, o, MENTEE, "goal_abandonment");
}

static void part(struct object *o)
{
	staff_step(staff_mentee(o), "/api/v1/pairs/%s/completion", o->pair_id, NULL);
}

static void proposed_and_over(struct object *o)
{
	proposed(o);
	part(o);
}

static void agreed_and_over(struct object *o)
{
	agreed(o);
	part(o);
}

static const struct withheld own[] = { { "goal_agreement", "wrong_state", 1U << MENTOR }, { 0 } };
static const struct withheld over[] = {
	{ "goal_patch", "pair_not_active", 0 },
	{ "goal_agreement", "pair_not_active", 0 },
	{ "progress_create", "pair_not_active", 0 },
	{ "goal_completion", "pair_not_active", 0 },
	{ "goal_abandonment", "pair_not_active", 0 },
	{ 0 },
};

static const struct way goal_ways[] = {
	{ "proposed", "by the mentor", proposed, own },
	{ "proposed", "the pair is over", proposed_and_over, over },
	{ "agreed", "by both", agreed, NULL },
	{ "agreed", "the pair is over", agreed_and_over, over },
	{ "completed", "by the mentor", completed, NULL },
	{ "abandoned", "by the mentee", abandoned, NULL },
	{ 0 },
};

const struct noun noun_goal = {
	.name = "goal",
	.table = "evaluation.goal",
	.relations = { [MENTOR] = "pair_member mentor", [MENTEE] = "pair_member mentee" },
	.ways = goal_ways,
};

/* ---- attempts, the mentee's
 * ---------------------------------------------------------------------*/

/* At an assessment of the items that the contract's example answers. */
static void begun(struct object *o)
{
	static struct object programme;
	if (!programme.programme_id)
		staff_pair(&programme);
	*o = programme;
	o->assessment_id = api_text(
		api_expect(
			api_post(staff_coordinator(), "/api/v1/assessments",
				"{\"programme_id\": \"%s\", \"skill_id\": \"%s\", \"title\": "
				"\"Charts\", \"items\": [{\"key\": \"reads_charts\", \"text\": \"I "
				"can read a chart.\", \"kind\": \"scale\"}, {\"key\": "
				"\"averages\", "
				"\"text\": \"Which are averages?\", \"kind\": \"multiple\", "
				"\"options\": "
				"[\"mean\", \"range\", \"median\"], \"right\": [0, 2]}], "
				"\"opens_on\": "
				"\"2026-01-01\", \"closes_on\": \"2027-06-30\"}",
				o->programme_id, story_skill("data literacy")),
			201),
		"id");
	o->id = api_text(
		api_expect(lifecycle_send(&noun_attempt, "attempt_create", o, MENTEE), 201), "id");
}

static void answered(struct object *o)
{
	begun(o);
	take(&noun_attempt, o, MENTEE, "attempt_patch");
}

static void submitted(struct object *o)
{
	answered(o);
	take(&noun_attempt, o, MENTEE, "attempt_submission");
}

static const struct withheld unanswered[] = { { "attempt_submission", "answers_missing", 0 },
	{ 0 } };

static const struct way attempt_ways[] = {
	{ "started", "no answer yet", begun, unanswered },
	{ "started", "every item has one", answered, NULL },
	{ "submitted", "by the mentee", submitted, NULL },
	{ 0 },
};

const struct noun noun_attempt = {
	.name = "attempt",
	.table = "evaluation.attempt",
	.relations = { [MENTEE] = "mentee" },
	.ways = attempt_ways,
};
