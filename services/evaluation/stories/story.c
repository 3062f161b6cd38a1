/* story.c - the Atom feed; everything else about stories is in SQL. */
#include <string.h>

#include "base/str.h"
#include "gen/evaluation/contract.h"
#include "gen/evaluation/statements.h"
#include "http/steps.h"
#include "service/service.h"

struct reply story_feed_read(const struct call *call)
{
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(&stmt_story_atom, call->service->base_url);
	enum db_outcome outcome = database_read(call->db, DB_POOL, &step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	char *text = str_copy(db_value(rows, 0, 0));
	return reply_text(
		200, "application/atom+xml; charset=utf-8", text, text ? strlen(text) : 0);
}
