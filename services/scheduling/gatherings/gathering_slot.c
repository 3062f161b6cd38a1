/*
 * gathering_slot.c - times at which many of the people of a gathering can come: the database returns the
 * facts, services/scheduling/calendar searches, and the answer says how many and never who.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/str.h"
#include "base/zone.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "scheduling/sessions/facts.h"

#define ANSWER_BYTES ((size_t)64 << 10)
#define FEWEST       5 /* people whose common time may be told */

enum column { PLACE, FACT, WHO };

/* How many people the facts are about: each has a zone. */
static size_t people_in(const struct db_rows *rows)
{
	size_t count = 0;
	for (int row = 0; row < db_rows_count(rows); row++)
		count += str_equal(db_value(rows, row, FACT), "zone");
	return count;
}

static size_t wish(const struct call *call, const char *name, size_t otherwise)
{
	int64_t said;
	const char *text = call_value(call, name);
	return text && str_to_i64(text, &said) ? (size_t)said : otherwise;
}

/* Figures are told in fives, so that none tells when one more person is free. */
static size_t in_fives(size_t people)
{
	return people / FEWEST * FEWEST;
}

static void add_slot(struct buf *out, const struct slot_search *search, const struct slot *slot)
{
	buf_char(out, '{');
	facts_add_instant(out, "starts_at", slot->starts);
	buf_char(out, ',');
	facts_add_instant(out, "ends_at", slot->ends);
	buf_char(out, ',');
	facts_add_local(out, "local", search->days, slot->starts);
	buf_print(out, ",\"can_come\":%zu}", search->person_count - slot->absent);
}

/* The best of all days, since each day has its best slot among the first that are found. */
static struct reply answer(const struct call *call, const struct facts *f)
{
	struct slot slots[SLOT_COUNT_MOST];
	struct buf out = BUF_INIT(ANSWER_BYTES);
	const size_t people = f->search.person_count;
	size_t wanted = wish(call, "count", 10), count = slots_find(&f->search, slots);
	for (size_t i = 0; i < count; i++)
		slots[i].absent = people - in_fives(people - slots[i].absent);
	qsort(slots, count, sizeof *slots, slots_by_cost);
	buf_print(&out, "{\"gathering_id\":\"%s\",\"minutes\":%d,\"time_zone\":",
		call_value(call, "gathering_id"), f->search.minutes);
	buf_json(&out, f->whose);
	buf_print(&out, ",\"people\":%zu,\"slots\":[", people);
	for (size_t i = 0; i < count && i < wanted; i++) {
		buf_text(&out, i ? "," : "");
		add_slot(&out, &f->search, &slots[i]);
	}
	buf_text(&out, "]}");
	char *text = buf_take(&out);
	buf_release(&out);
	return text ? reply_json(200, text, 0)
		    : reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
}

/* Only times at which at least `at_least` can come, and never fewer than may be told. */
static bool prepare(const struct call *call, struct facts *f)
{
	struct slot_search *search = &f->search;
	const size_t people = search->person_count;
	size_t least = wish(call, "at_least", (people + 1) / 2);
	least = least < FEWEST ? FEWEST : in_fives(least);
	search->absent_most = people > least ? people - least : 0;
	search->minutes = (int)wish(call, "minutes", (size_t)search->minutes);
	search->count = least > people ? 0 : SLOT_COUNT_MOST;
	search->days = zone_find(f->whose);
	return search->days != NULL;
}

struct reply gathering_slots(const struct call *call)
{
	int row = 0;
	struct facts f;
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const char *days = call_value(call, "days");
	const struct step step = STEP(&stmt_gathering_facts, call_value(call, "gathering_id"),
		principal_actor(call->principal), call->principal->roles_sql,
		call_value(call, "from"), days ? days : "14");
	enum db_outcome outcome = database_read(call->db, DB_SLOW, &step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	const size_t people = people_in(rows);
	if (db_rows_count(rows) == 0)
		return reply_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL);
	if (people < FEWEST)
		return reply_problem(call, PROBLEM_TOO_FEW_PEOPLE, NULL, NULL, NULL);
	if (!facts_read(rows, &row, people, &f))
		return reply_problem(call,
			errno == ENOENT ? PROBLEM_UNKNOWN_TIME_ZONE : PROBLEM_OVERLOADED, NULL,
			NULL, NULL);
	struct reply reply = prepare(call, &f) ? answer(call, &f)
					       : reply_problem(call, PROBLEM_UNKNOWN_TIME_ZONE,
							 NULL, NULL, NULL);
	facts_release(&f);
	return reply;
}
