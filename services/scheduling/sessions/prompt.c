/*
 * prompt.c - the guided questions for a session, in the caller's language.
 */
#include "base/buf.h"
#include "base/str.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "scheduling/prompts/prompts.h"

#define ANSWER_BYTES ((size_t)16 << 10)

static enum prompt_phase phase_of(const char *phase)
{
	if (str_equal(phase, "opening"))
		return PROMPT_OPENING;
	return str_equal(phase, "closing") ? PROMPT_CLOSING : PROMPT_MIDDLE;
}

static char *write_answer(const struct call *call, const char *purpose, const char *phase,
	const struct prompt_language *language)
{
	struct prompt prompts[PROMPTS_MOST];
	size_t count = prompts_for(language, purpose, phase_of(phase), prompts);
	const char *id = call_value(call, "session_id");
	struct buf out = BUF_INIT(ANSWER_BYTES);
	buf_print(&out,
		"{\"session_id\":\"%s\",\"purpose\":\"%s\",\"phase\":\"%s\",\"language\":\"%s\","
		"\"prompts\":[",
		id, purpose, phase, language->tag);
	for (size_t i = 0; i < count; i++) {
		buf_print(&out, "%s{\"code\":\"%s\",\"about\":\"%s\",\"text\":", i ? "," : "",
			prompts[i].code, prompts[i].about);
		buf_json(&out, prompts[i].text);
		buf_char(&out, '}');
	}
	buf_print(&out, "],\"links\":{\"self\":\"/api/v1/sessions/%s/prompts\","
			"\"session\":\"/api/v1/sessions/%s\"}}",
		id, id);
	char *text = buf_take(&out);
	buf_release(&out);
	return text;
}

struct reply session_prompts(const struct call *call)
{
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(&stmt_prompt_session, call_value(call, "session_id"),
		principal_actor(call->principal));
	enum db_outcome outcome = database_read(call->db, DB_POOL, &step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	if (db_rows_count(rows) == 0)
		return reply_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL);
	const char *wanted = call_value(call, "language");
	const struct prompt_language *language =
		prompts_language(wanted ? wanted : db_value(rows, 0, 2));
	return reply_json(200,
		write_answer(call, db_value(rows, 0, 0), db_value(rows, 0, 1), language), 0);
}
