/*
 * pair_create.c - pairs that are not picked from a shortlist. The engine judges the two people as
 * in a round: which rules they do not meet, the score and its reasons. Whether they may form a pair
 * at all is decided by the triggers on pair, in the transaction.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/str.h"
#include "gen/matching/contract.h"
#include "gen/matching/statements.h"
#include "http/steps.h"
#include "matching/rounds/round_input.h"
#include "matching/rounds/round_policy.h"
#include "matching/rounds/round_result.h"

enum { MENTEE, MENTOR, PEOPLE }; /* rows of pair_people */

#define JUDGED_MOST ((size_t)256 * 1024)

/* Read before the transaction. */
struct facts {
	struct db_rows *policy, *people, *names;
};

static enum db_outcome read_facts(
	const struct call *call, struct facts *ret_facts, struct db_error *ret_error)
{
	const struct step policy = STEP(&stmt_pair_policy, call->body_text);
	const struct step people = STEP(
		&stmt_pair_people, principal_actor(call->principal), call->body_text);
	const struct step names = STEP(&stmt_round_skill_names, NULL);
	enum db_outcome outcome = database_read(
		call->db, DB_POOL, &policy, &ret_facts->policy, ret_error);
	if (outcome == DB_DONE)
		outcome = database_read(call->db, DB_POOL, &people, &ret_facts->people, ret_error);
	if (outcome == DB_DONE)
		outcome = database_read(call->db, DB_POOL, &names, &ret_facts->names, ret_error);
	return outcome;
}

static void release_facts(struct facts *facts)
{
	db_rows_free(facts->policy);
	db_rows_free(facts->people);
	db_rows_free(facts->names);
}

/* Writes the rules that the two do not meet, their score and what they have in common. The same
 * department breaks no rule of a round, but a coordinator is told about it. */
static void write_judgement(struct buf *out, const struct round_found *found, bool manual)
{
	const struct engine_policy *policy = found->policy;
	struct engine_explanation why;
	const char *comma = "";
	int32_t score = 0;
	engine_explain(found->input->population, policy, MENTEE, MENTOR, &why);
	const struct {
		const char *word;
		bool unmet;
	} rules[] = {
		{ "department", manual && why.criterion[ENGINE_DEPARTMENT] == 0 },
		{ "language", policy->shared_language && why.shared_languages == 0 },
		{ "need", policy->need_covered && why.lifted_count == 0 },
		{ "hours", why.common_half_hours < policy->common_half_hours },
	};
	buf_text(out, "{\"unmet\":[");
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (!rules[i].unmet)
			continue;
		buf_print(out, "%s\"%s\"", comma, rules[i].word);
		comma = ",";
	}
	for (int i = 0; i < ENGINE_CRITERION_COUNT; i++)
		score += why.part[i];
	buf_print(out, "],\"score\":%d,\"reasons\":", (int)score);
	round_result_reasons(out, found, MENTEE, MENTOR);
	buf_char(out, '}');
}

/* Writes {} if a person is missing, or both are the same; the transaction then says what is wrong. */
static bool judge(struct buf *out, const struct facts *facts, bool manual)
{
	struct round_policy policy;
	struct round_input input;
	if (db_rows_count(facts->policy) == 0 || db_rows_count(facts->people) != PEOPLE ||
		str_equal(db_value(facts->people, MENTEE, 0), db_value(facts->people, MENTOR, 0))) {
		buf_text(out, "{}");
		return true;
	}
	if (!round_policy_read(facts->policy, &policy))
		return false;
	bool good = round_input_read(facts->people, NULL, NULL, NULL, &policy, NULL, NULL, &input) ==
		    ROUND_INPUT_OK;
	const char **skill_name = good ? round_skill_names(&input, facts->names) : NULL;
	const struct round_found found = {
		.input = &input, .policy = &policy.shown, .skill_name = skill_name
	};
	if (skill_name)
		write_judgement(out, &found, manual);
	free(skill_name);
	round_input_release(&input);
	return skill_name && buf_ok(out);
}

struct reply pair_create(const struct call *call)
{
	struct facts facts = { 0 };
	struct db_error error;
	struct buf judged = BUF_INIT(JUDGED_MOST);
	struct reply reply;
	enum db_outcome outcome = read_facts(call, &facts, &error);
	if (outcome != DB_DONE) {
		reply = call_refusal(call, outcome, &error);
	} else if (!judge(&judged, &facts, !json_object_get(call->body, "mentor_id"))) {
		reply = reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	} else {
		const struct step steps[] = {
			STEP(&stmt_pair_make, call->new_id.text, principal_actor(call->principal),
				call->principal->roles_sql, call->body_text, judged.data),
		};
		reply = call_write(call, steps, COUNT(steps), call->new_id.text, NULL);
	}
	release_facts(&facts);
	buf_release(&judged);
	return reply;
}
