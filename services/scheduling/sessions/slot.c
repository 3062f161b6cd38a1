/*
 * slot.c - common free slots of a pair, or of a mentee and each mentor on a shortlist: the database
 * returns the facts, services/scheduling/calendar searches, and each slot is shown on both wall
 * clocks.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/zone.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "scheduling/sessions/facts.h"

#define ANSWER_BYTES ((size_t)64 << 10)

/* ,"book":{…}: the body that books the slot. */
static void add_booking(struct buf *out, const char *pair, const struct facts *f, int64_t starts)
{
	int64_t first;
	char local[ZONE_LOCAL_TEXT];
	int offset;
	if (utc_to_local(f->zones[0], starts, local, &offset) != ZONE_DONE)
		return;
	local[16] = '\0';
	buf_print(out, ",\"book\":{\"pair_id\":\"%s\",\"starts_at\":\"%s\",\"time_zone\":", pair,
		local);
	buf_json(out, f->zones[0]);
	if (local_to_utc(f->zones[0], local, false, &first) == ZONE_DONE && first != starts)
		buf_text(out, ",\"fold\":1");
	buf_print(out, ",\"duration_minutes\":%d,\"mode\":\"%s\"}", f->search.minutes,
		f->mode ? f->mode : "video");
}

/* "partner_time_zone":…,"slots":[…]; pair: of the two, or NULL. */
static void add_slots(struct buf *out, const char *pair, const struct facts *f)
{
	struct slot slots[SLOT_COUNT_MOST];
	size_t count = slots_find(&f->search, slots);
	buf_text(out, "\"partner_time_zone\":");
	buf_json(out, f->zones[1]);
	buf_text(out, ",\"slots\":[");
	for (size_t i = 0; i < count; i++) {
		buf_text(out, i ? ",{" : "{");
		facts_add_instant(out, "starts_at", slots[i].starts);
		buf_char(out, ',');
		facts_add_instant(out, "ends_at", slots[i].ends);
		buf_char(out, ',');
		facts_add_local(out, "local", f->search.people[0].zone, slots[i].starts);
		buf_char(out, ',');
		facts_add_local(out, "partner_local", f->search.people[1].zone, slots[i].starts);
		if (pair)
			add_booking(out, pair, f, slots[i].starts);
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

/* Applies the caller's wishes where they differ from the facts. */
static void take_wishes(const struct call *call, struct slot_search *search)
{
	int64_t said;
	if (call_value(call, "minutes") && str_to_i64(call_value(call, "minutes"), &said))
		search->minutes = (int)said;
	if (call_value(call, "count") && str_to_i64(call_value(call, "count"), &said))
		search->count = (size_t)said;
}

/* The answer for a pair, or for a shortlist with one entry per mentor. NULL: no memory (ENOMEM), or an
 * unknown time zone (ENOENT). */
static char *write_answer(const struct call *call, const struct db_rows *rows)
{
	bool list = call_value(call, "shortlist_id") != NULL;
	struct buf out = BUF_INIT(ANSWER_BYTES);
	bool good = true;
	for (int row = 0, place = 0; good && row < db_rows_count(rows); place++) {
		struct facts f;
		good = facts_read(rows, &row, 2, &f);
		if (!good)
			break;
		take_wishes(call, &f.search);
		if (place == 0) {
			buf_print(&out, "{\"%s\":\"%s\",\"minutes\":%d,\"time_zone\":",
				list ? "shortlist_id" : "pair_id",
				call_value(call, list ? "shortlist_id" : "pair_id"),
				f.search.minutes);
			buf_json(&out, f.zones[0]);
			buf_text(&out, list ? ",\"mentors\":[" : ",");
		}
		if (list)
			buf_print(&out, "%s{\"mentor\":%s,", place ? "," : "", f.card);
		add_slots(
			&out, call_value(call, "moving") ? NULL : call_value(call, "pair_id"), &f);
		buf_text(&out, list ? "}" : "");
		facts_release(&f);
	}
	buf_text(&out, list ? "]}" : "}");
	int why = good ? ENOMEM : errno;
	char *text = good ? buf_take(&out) : NULL;
	buf_release(&out);
	errno = why;
	return text;
}

struct reply slot_read(const struct call *call)
{
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const char *days = call_value(call, "days");
	const char *pair = call_value(call, "pair_id"), *list = call_value(call, "shortlist_id");
	if (!pair == !list)
		return reply_problem(call, PROBLEM_UNPROCESSABLE, NULL,
			"Give either pair_id or shortlist_id.", NULL);
	if (list && call->principal->delegate_id[0]) /* delegates see no shortlists */
		return reply_problem(call, PROBLEM_UNKNOWN_REFERENCE, NULL, NULL, NULL);
	const struct step step = STEP(&stmt_slot_facts, pair, list,
		principal_actor(call->principal), call_value(call, "from"), days ? days : "14",
		call_value(call, "moving"));
	enum db_outcome outcome = database_read(call->db, DB_POOL, &step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	if (db_rows_count(rows) == 0)
		return reply_problem(call, PROBLEM_UNKNOWN_REFERENCE, NULL, NULL, NULL);
	char *text = write_answer(call, rows);
	if (!text && errno == ENOENT)
		return reply_problem(call, PROBLEM_UNKNOWN_TIME_ZONE, NULL, NULL, NULL);
	return reply_json(200, text, 0);
}
