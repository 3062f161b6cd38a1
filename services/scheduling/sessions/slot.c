/*
 * slot.c - common free slots of a pair, or of a mentee with each mentor of a shortlist: the
 * database gives the facts, services/scheduling/calendar searches, and each slot is shown on both
 * wall clocks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/str.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "scheduling/calendar/slots.h"

#define ANSWER_BYTES ((size_t)64 << 10)

enum column { PLACE, FACT, WHO, NUMBER, BEGINS, ENDS, SAID };

/* The rows of slot_facts about one partner, taken apart. Hours and holidays lie by person: the rows
 * are so ordered.
 */
struct facts {
	struct slot_search search;
	const char *zones[SLOT_PEOPLE]; /* these two borrowed from the rows */
	const char *card;
	struct slot_hours *hours;
	int64_t *holidays;
	struct slot_busy *busy;
};

static int64_t number(const struct db_rows *rows, int row, int column)
{
	int64_t value = 0;
	return str_to_i64(db_value(rows, row, column), &value) ? value : 0;
}

static void facts_release(struct facts *f)
{
	free(f->hours);
	free(f->holidays);
	free(f->busy);
}

static void take_fact(struct facts *f, const struct db_rows *rows, int row, size_t used[2])
{
	struct slot_person *who = &f->search.people[number(rows, row, WHO) == 1];
	const char *fact = db_value(rows, row, FACT), *said = db_value(rows, row, SAID);
	int64_t n = number(rows, row, NUMBER);
	int64_t begins = number(rows, row, BEGINS), ends = number(rows, row, ENDS);

	if (strcmp(fact, "zone") == 0) {
		f->zones[who - f->search.people] = said;
		who->zone = zone_find(said);
	} else if (strcmp(fact, "hours") == 0) {
		if (who->hour_count++ == 0)
			who->hours = f->hours + used[0];
		f->hours[used[0]++] = (struct slot_hours){ (int)n, (int)begins, (int)ends };
	} else if (strcmp(fact, "holiday") == 0) {
		if (who->holiday_count++ == 0)
			who->holidays = f->holidays + used[1];
		f->holidays[used[1]++] = n;
	} else if (strcmp(fact, "busy") == 0) {
		f->busy[f->search.busy_count++] = (struct slot_busy){ begins, ends };
	} else if (strcmp(fact, "window") == 0) {
		f->search.from = begins;
		f->search.until = ends;
	} else if (strcmp(fact, "length") == 0) {
		f->search.minutes = (int)n;
	} else if (strcmp(fact, "card") == 0) {
		f->card = said;
	}
}

/* The rows from *row on that are about one partner; *row is then the next one's. false: no memory,
 * or a zone that nobody knows. */
static bool facts_read(
	const struct call *call, const struct db_rows *rows, int *row, struct facts *ret_facts)
{
	int64_t place = number(rows, *row, PLACE), said;
	size_t count = (size_t)(db_rows_count(rows) - *row), used[2] = { 0, 0 };
	struct facts f = { .search = { .minutes = 30, .count = 10 } };
	f.hours = calloc(count, sizeof *f.hours);
	f.holidays = calloc(count, sizeof *f.holidays);
	f.busy = calloc(count, sizeof *f.busy);
	if (!f.hours || !f.holidays || !f.busy) {
		facts_release(&f);
		return false;
	}
	for (; *row < db_rows_count(rows) && number(rows, *row, PLACE) == place; ++*row)
		take_fact(&f, rows, *row, used);
	if (call_value(call, "minutes") && str_to_i64(call_value(call, "minutes"), &said))
		f.search.minutes = (int)said;
	if (call_value(call, "count") && str_to_i64(call_value(call, "count"), &said))
		f.search.count = (size_t)said;
	f.search.busy = f.busy;
	if (!f.search.people[0].zone || !f.search.people[1].zone) {
		facts_release(&f);
		return false;
	}
	*ret_facts = f;
	return true;
}

static void add_instant(struct buf *out, const char *name, int64_t seconds)
{
	const struct civil c = civil_from_seconds(seconds);
	buf_print(out, "\"%s\":\"%04d-%02d-%02dT%02d:%02d:%02dZ\",", name, c.year, c.month, c.day,
		c.hour, c.minute, c.second);
}

static void add_local(struct buf *out, const char *name, const struct zone *zone, int64_t seconds)
{
	const struct civil c = civil_from_seconds(seconds + zone_offset(zone, seconds));
	buf_print(out, "\"%s\":\"%04d-%02d-%02dT%02d:%02d\"", name, c.year, c.month, c.day, c.hour,
		c.minute);
}

/* "partner_time_zone":…,"slots":[…] */
static void add_slots(struct buf *out, const struct facts *f)
{
	struct slot slots[SLOT_COUNT_MOST];
	size_t count = slots_find(&f->search, slots);
	buf_text(out, "\"partner_time_zone\":");
	buf_json(out, f->zones[1]);
	buf_text(out, ",\"slots\":[");
	for (size_t i = 0; i < count; i++) {
		buf_text(out, i ? ",{" : "{");
		add_instant(out, "starts_at", slots[i].starts);
		add_instant(out, "ends_at", slots[i].ends);
		add_local(out, "local", f->search.people[0].zone, slots[i].starts);
		buf_char(out, ',');
		add_local(out, "partner_local", f->search.people[1].zone, slots[i].starts);
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

/* The answer about a pair, or about a shortlist with an entry a mentor. NULL: facts_read refused.
 */
static char *write_answer(const struct call *call, const struct db_rows *rows)
{
	bool list = call_value(call, "shortlist_id") != NULL;
	struct buf out = BUF_INIT(ANSWER_BYTES);
	bool good = true;
	for (int row = 0, place = 0; good && row < db_rows_count(rows); place++) {
		struct facts f;
		good = facts_read(call, rows, &row, &f);
		if (!good)
			break;
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
		add_slots(&out, &f);
		buf_text(&out, list ? "}" : "");
		facts_release(&f);
	}
	buf_text(&out, list ? "]}" : "}");
	char *text = good ? buf_take(&out) : NULL;
	buf_release(&out);
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
	if (list && call->principal->delegate_id[0]) /* whom to choose is no calendar matter */
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
	if (!text)
		return reply_problem(call, PROBLEM_UNKNOWN_TIME_ZONE, NULL, NULL, NULL);
	return reply_json(200, text, 0);
}
