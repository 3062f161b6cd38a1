/*
 * availability.c - the free windows of one person: the database returns the facts, and
 * services/scheduling/calendar finds the windows.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "scheduling/calendar/windows.h"
#include "scheduling/sessions/facts.h"

#define ANSWER_BYTES ((size_t)1 << 20) /* thirteen weeks of short windows */

/* NULL: out of memory. */
static char *write_answer(const struct facts *f)
{
	const struct slot_person *person = &f->search.people[0];
	struct windows windows;
	if (!windows_find(person, f->search.from, f->search.until, &windows))
		return NULL;
	struct buf out = BUF_INIT(ANSWER_BYTES);
	buf_print(&out, "{\"person_id\":\"%s\",\"time_zone\":", f->whose);
	buf_json(&out, f->zones[0]);
	buf_char(&out, ',');
	facts_add_instant(&out, "from", f->search.from);
	buf_char(&out, ',');
	facts_add_instant(&out, "to", f->search.until);
	buf_text(&out, ",\"windows\":[");
	for (size_t i = 0; i < windows.count; i++) {
		buf_text(&out, i ? ",{" : "{");
		facts_add_instant(&out, "starts_at", windows.spans[i].starts);
		buf_char(&out, ',');
		facts_add_instant(&out, "ends_at", windows.spans[i].ends);
		buf_char(&out, ',');
		facts_add_local(&out, "local", person->zone, windows.spans[i].starts);
		buf_char(&out, '}');
	}
	buf_text(&out, "]}");
	windows_release(&windows);
	char *text = buf_take(&out);
	buf_release(&out);
	return text;
}

struct reply availability_read(const struct call *call)
{
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	struct facts facts;
	int row = 0;
	const struct step step = STEP(&stmt_availability_facts, call_value(call, "person_id"),
		principal_actor(call->principal), call_value(call, "from"), call_value(call, "to"));
	enum db_outcome outcome = database_read(call->db, DB_POOL, &step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	if (db_rows_count(rows) == 0)
		return reply_problem(call, PROBLEM_UNKNOWN_REFERENCE, NULL, NULL, NULL);
	if (!facts_read(rows, &row, 1, &facts))
		return reply_problem(call,
			errno == ENOENT ? PROBLEM_UNKNOWN_TIME_ZONE : PROBLEM_OVERLOADED, NULL,
			NULL, NULL);
	const bool reversed = facts.search.until <= facts.search.from && call_value(call, "to");
	char *text = reversed ? NULL : write_answer(&facts);
	facts_release(&facts);
	if (reversed)
		return reply_problem(call, PROBLEM_DATES_REVERSED, NULL,
			"`to` must be later than `from` and than now.", NULL);
	return text ? reply_json(200, text, 0)
		    : reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
}
