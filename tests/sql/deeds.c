#include "sql/deeds.h"

#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/str.h"

#define COORDINATOR 1 /* of the programmes that stay */

const char *const deed_words[DEEDS] = { "pick", "pick from a list", "accept", "resume", "end",
	"move", "level", "leave", "exclude", "include", "manual", "request", "wish", "confirm",
	"keep apart", "capacity", "arrive", "rejoin", "pause", "withdraw", "found", "match", "auto round", "replace",
	"publish", "take back", "activate", "close", "wind down" };
/* of 100 */
static const int deed_shares[DEEDS] = { 15, 9, 11, 7, 7, 9, 4, 3, 2, 2, 2, 2, 1, 1, 2, 2, 1, 4, 2, 1,
	1, 2, 1, 1, 2, 1, 1, 1, 3 };

static uint64_t dice(struct deed_source *w, uint64_t sides)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (w->random >> 11) % sides;
}

enum deed deeds_choose(struct deed_source *w)
{
	int at = (int)dice(w, 100);

	for (enum deed deed = 0; deed < DEEDS; deed++) {
		at -= deed_shares[deed];
		if (at < 0)
			return deed;
	}
	return PICK;
}

#define PAIR_STEP(step, status)                                                                    \
	"UPDATE matching.pair SET step = '" step                                                   \
	"' WHERE id = (SELECT id FROM matching.pair WHERE status = '" status                       \
	"' ORDER BY random() LIMIT 1) AND status = '" status "'"

/* Programmes of a short life, beside the three that stay. */
#define YOUNG "matching.programme WHERE title = 'Young' AND winding_down IS NULL AND status "
#define ROUND "('53000000-0000-4000-8000-' || lpad((%d)::text, 12, '0'))::uuid"

/* A programme that recruits, with a few people on both sides, unless there are enough. */
static void found(struct deed_source *w, struct buf *sql)
{
	int n = POPULATION_PROGRAMMES + 1 + atomic_fetch_add(&w->counts->programmes, 1);

	buf_print(sql,
		"INSERT INTO matching.programme (id, title, purpose, starts_on, ends_on, "
		"min_level_gap, line_distance) SELECT " POPULATION_PROGRAMME
		", 'Young', 'inclusion', '2026-01-01', '2027-01-01', %s"
		" WHERE (SELECT count(*) FROM " YOUNG
		" IN ('recruiting', 'matching', 'active')) < 6;",
		n, dice(w, 2) ? "1, NULL" : "NULL, 2");
	buf_print(sql,
		"INSERT INTO matching.policy (programme_id, number, rules) SELECT id, 1, '{}' FROM "
		"matching.programme WHERE id = " POPULATION_PROGRAMME
		"; INSERT INTO matching.enrolment (id, programme_id, person_id, role, capacity, "
		"step) SELECT gen_random_uuid(), g.id, c.person_id, r, 2, 'creation' FROM "
		"matching.programme g, (SELECT person_id FROM profiles.candidate WHERE status = "
		"'active' ORDER BY random() LIMIT 24) c, unnest(ARRAY['mentor', 'mentee']) r"
		" WHERE g.id = " POPULATION_PROGRAMME
		"; UPDATE matching.programme SET step = 'recruitment' WHERE "
		"id = " POPULATION_PROGRAMME,
		n, n, n);
}

/* A round that can be published, of one of them or, as rounds that start by themselves, of one that stays:
 * a few lists of mentees without one, wishes first, with candidates behind them. */
static void match(struct deed_source *w, enum deed deed, struct buf *sql)
{
	int n = 1 + atomic_fetch_add(&w->counts->rounds, 1);

	buf_print(sql,
		"INSERT INTO matching.round (id, programme_id, policy_number, automatic) "
		"SELECT " ROUND
		", id, 1, %s FROM (SELECT id FROM %s ORDER BY random() LIMIT 1) p ON CONFLICT DO "
		"NOTHING; UPDATE matching.round SET step = 'claim' WHERE id = " ROUND
		"; INSERT INTO matching.shortlist (id, round_id, programme_id, enrolment_id, "
		"mentee_id) SELECT gen_random_uuid(), r.id, r.programme_id, e.id, e.person_id"
		" FROM matching.round r JOIN matching.enrolment e ON e.programme_id = "
		"r.programme_id WHERE e.role = 'mentee' AND e.status = 'enrolled' AND r.id = " ROUND
		" ORDER BY random() LIMIT 8;",
		n, deed == AUTO_ROUND ? "true" : "false",
		deed == AUTO_ROUND ? "matching.programme WHERE auto_rounds <> 'off'"
				   : YOUNG "IN ('recruiting', 'matching', 'active')",
		n, n);
	buf_print(sql,
		"INSERT INTO matching.round_candidate (round_id, enrolment_id, "
		"mentor_enrolment_id, "
		"mentor_id, rank, score, reasons, lifts) SELECT s.round_id, s.enrolment_id, e.id, "
		"e.person_id, e.rank, 1, '{}', '{}' FROM matching.shortlist s CROSS JOIN LATERAL "
		"(SELECT "
		"matching.wished_mentors(s.programme_id, s.mentee_id) AS mentors) w, LATERAL "
		"(SELECT x.*, "
		"row_number() OVER (ORDER BY x.person_id = ANY (w.mentors) DESC, x.id) AS rank "
		"FROM "
		"(SELECT m.id, m.person_id FROM matching.enrolment m WHERE m.programme_id = "
		"s.programme_id AND m.role = 'mentor' ORDER BY m.person_id = ANY (w.mentors) DESC, "
		"random() LIMIT 24) x WHERE matching.obtainable(x.id, s.mentee_id, NULL)) e WHERE "
		"s.round_id = " ROUND "; SELECT matching.fill_shortlist(s.id) FROM "
				      "matching.shortlist s WHERE s.round_id = " ROUND
		"; DELETE FROM matching.shortlist s WHERE s.round_id = " ROUND
		" AND NOT EXISTS (SELECT "
		"FROM matching.shortlist_entry x WHERE x.shortlist_id = s.id)"
		"; UPDATE matching.round SET step = 'result' WHERE id = " ROUND,
		n, n, n, n);
}

/* A mentee's list is lost, and another takes its place from the same round. */
static void replace(struct buf *sql)
{
	buf_text(sql,
		"UPDATE matching.shortlist SET step = 'loss', refresh_reason = 'lost' WHERE id = "
		"(SELECT "
		"id FROM matching.shortlist WHERE status = 'open' ORDER BY random() LIMIT 1) AND "
		"status "
		"= 'open'; SELECT s.id FROM (SELECT s.id FROM matching.shortlist s WHERE s.status "
		"= "
		"'refreshed' AND NOT EXISTS (SELECT FROM matching.shortlist o WHERE o.refresh_of = "
		"s.id)"
		" ORDER BY s.updated_at DESC LIMIT 1) s WHERE matching.replacement_shortlist(s.id, "
		"gen_random_uuid()) > 0");
}

/* A pick without a list in one of the youngest, whatever has become of it; owned. */
static char *pick_young(void)
{
	return str_copy(
		"INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
		"mentor_enrolment_id, mentee_enrolment_id, step, answer_by)"
		" SELECT gen_random_uuid(), g.id, m.person_id, s.person_id, m.id, s.id, 'pick', "
		"common.now() + interval '3 days' FROM (SELECT id FROM (SELECT id FROM "
		"matching.programme WHERE title = 'Young' ORDER BY created_at DESC LIMIT 10) y "
		"ORDER BY random() LIMIT 1) g JOIN matching.enrolment m ON m.programme_id = g.id "
		"AND m.role = 'mentor' JOIN matching.enrolment s ON s.programme_id = g.id AND "
		"s.role = 'mentee' AND s.person_id <> m.person_id ORDER BY random() LIMIT 1");
}

/* A pair of a list that is not asked for its state. */
static const char pick_stale[] =
	"INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, mentor_enrolment_id, "
	"mentee_enrolment_id, shortlist_id, step, answer_by)"
	" SELECT gen_random_uuid(), s.programme_id, x.mentor_id, s.mentee_id, x.enrolment_id, "
	"s.enrolment_id, s.id, 'pick', common.now() + interval '3 days' FROM (SELECT s.* FROM "
	"matching.shortlist s ORDER BY s.created_at DESC LIMIT 60) s JOIN "
	"matching.shortlist_entry x ON x.shortlist_id = s.id ORDER BY random() LIMIT 1";

/* A pick as the statement has it, or without the lock before the list's row. */
static void pick_listed(struct deed_source *w, struct buf *sql)
{
	buf_print(sql,
		"WITH target AS (SELECT s.id FROM %s matching.shortlist s WHERE s.id = (SELECT id "
		"FROM matching.shortlist WHERE status = 'open' ORDER BY random() LIMIT 1)"
		" AND s.status = 'open' FOR NO KEY UPDATE OF s),"
		" picked AS (UPDATE matching.shortlist s SET step = 'pick' FROM target t WHERE "
		"s.id = t.id RETURNING s.*)"
		" INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
		"mentor_enrolment_id, mentee_enrolment_id, shortlist_id, step, answer_by)"
		" SELECT gen_random_uuid(), s.programme_id, x.mentor_id, s.mentee_id, "
		"x.enrolment_id, s.enrolment_id, s.id, 'pick', common.now() + interval '3 days'"
		" FROM picked s JOIN LATERAL (SELECT * FROM matching.shortlist_entry e WHERE "
		"e.shortlist_id = s.id ORDER BY random() LIMIT 1) x ON true",
		dice(w, 8) ? "matching.lock_reporting_lines_shared()," : "");
}

/* A pair that comes from no shortlist: made by a coordinator, or by a mentee who asks, as the operations have
 * them. */
static void unlisted(struct deed_source *w, enum deed deed, int mentor, int mentee, struct buf *sql)
{
	int programme = 1 + (int)dice(w, POPULATION_PROGRAMMES);

	if (deed == REQUEST)
		buf_print(sql,
			"SELECT matching.requested_pair(gen_random_uuid(), " POPULATION_PERSON
			", json_build_object('programme_id', " POPULATION_PROGRAMME
			", 'mentor_id', " POPULATION_PERSON "), '{\"unmet\": []}')",
			mentee, programme, mentor);
	else
		buf_print(sql,
			"SELECT matching.manual_pair(gen_random_uuid(), " POPULATION_PERSON
			", '{programme_admin}', json_build_object('mentor_enrolment_id', m.id, "
			"'mentee_enrolment_id', s.id, 'note', 'n', 'override', "
			"json_build_array('%s')), "
			"'{\"unmet\": []}') FROM matching.enrolment m JOIN matching.enrolment s ON "
			"s.programme_id = m.programme_id AND s.role = 'mentee' WHERE m.role = "
			"'mentor' AND "
			"m.programme_id = " POPULATION_PROGRAMME
			" AND m.person_id = " POPULATION_PERSON
			" AND s.person_id = " POPULATION_PERSON,
			COORDINATOR, dice(w, 2) ? "earlier" : "language", programme, mentor,
			mentee);
}

/* Somebody names two people with whom they would like to be, or says whether they would like it too. */
static void wish(struct deed_source *w, enum deed deed, int one, int other, struct buf *sql)
{
	if (deed == WISH)
		buf_print(sql,
			"SELECT matching.put_wishes(e.id, e.person_id, ARRAY[" POPULATION_PERSON
			", " POPULATION_PERSON "], e.version) FROM matching.enrolment e WHERE "
			"e.programme_id = " POPULATION_PROGRAMME
			" AND e.person_id = " POPULATION_PERSON " AND e.role = '%s'",
			other, 1 + (int)dice(w, (uint64_t)w->people),
			1 + (int)dice(w, POPULATION_PROGRAMMES), one,
			dice(w, 3) ? "mentee" : "mentor");
	else
		buf_print(sql,
			"SELECT matching.answer_wish(n.wish, n.part, n.person, '%s') FROM (SELECT "
			"w.id AS "
			"wish, e.id AS part, e.person_id AS person FROM matching.wish w JOIN "
			"matching.enrolment e ON e.programme_id = w.programme_id AND e.person_id = "
			"w.named_id AND e.role <> w.role ORDER BY random() LIMIT 1) n",
			dice(w, 4) ? "confirmed" : "declined");
}

/* A programme keeps one or two people apart from others, or no longer. */
static void keep_apart(struct deed_source *w, int one, int other, struct buf *sql)
{
	if (dice(w, 2) == 0)
		buf_text(sql, "DELETE FROM matching.programme_exclusion WHERE id = (SELECT id FROM "
			      "matching.programme_exclusion ORDER BY random() LIMIT 1)");
	else
		buf_print(sql,
			"SELECT matching.keep_apart((gen_random_uuid(), " POPULATION_PROGRAMME
			", NULL, " POPULATION_PERSON ", nullif(" POPULATION_PERSON
			", " POPULATION_PERSON
			"), 'r', NULL, 1, common.now())::matching.programme_exclusion, %s)",
			1 + (int)dice(w, POPULATION_PROGRAMMES), one, dice(w, 4) ? other : one, one,
			dice(w, 2) ? "true" : "false");
}

/* The steps of programmes and rounds. */
static void programme_deed(struct deed_source *w, enum deed deed, struct buf *sql)
{
	if (deed == FOUND)
		found(w, sql);
	else if (deed == MATCH || deed == AUTO_ROUND)
		match(w, deed, sql);
	else if (deed == REPLACE)
		replace(sql);
	else if (deed == PUBLISH)
		buf_text(sql, "SELECT matching.publish_round(r.id) FROM (SELECT id FROM "
			      "matching.round WHERE status = 'ready' ORDER BY random() LIMIT 1) r");
	else if (deed == TAKE_BACK)
		buf_text(sql, "SELECT matching.take_back_round(r.id) FROM (SELECT id FROM "
			      "matching.round WHERE status = 'published' ORDER BY published_at "
			      "DESC LIMIT 1) r");
	else if (deed == ACTIVATE)
		buf_text(sql, "UPDATE matching.programme SET step = 'activation' WHERE id = "
			      "(SELECT id FROM " YOUNG "= 'matching' ORDER BY random() LIMIT 1)");
	else if (deed == CLOSE)
		buf_text(sql,
			"WITH new AS (UPDATE matching.programme SET winding_down = CASE status "
			"WHEN 'active' THEN 'closing' WHEN 'closing' THEN 'closure' ELSE "
			"'cancellation' END WHERE id = (SELECT id FROM " YOUNG
			"IN ('recruiting', 'matching', 'active', 'closing') ORDER BY "
			"random() LIMIT 1) RETURNING id)"
			" SELECT count(*), matching.wind_down(id, 10) FROM new GROUP BY id");
	else
		buf_text(sql, "SELECT matching.wind_down(p.id, 10) FROM matching.programme p WHERE "
			      "p.winding_down IS NOT NULL ORDER BY random() LIMIT 1");
}

/* Somebody takes part again, or not for a while, or no more; whoever has a place taken cannot leave. Only in
 * programmes of a short life: nobody who has left takes part again. */
static void part(struct deed_source *w, enum deed deed, struct buf *sql)
{
	const char *from = deed == PAUSE ? "enrolled" : dice(w, 3) ? "left_company" : "paused";
	const char *of = deed == PAUSE ? "id" : "person_id";

	if (deed == WITHDRAW)
		buf_text(sql,
			"WITH new AS (UPDATE matching.enrolment SET step = 'withdrawal' WHERE id = (SELECT "
			"e.id FROM matching.enrolment e JOIN matching.programme p ON p.id = "
			"e.programme_id WHERE p.title = 'Young' AND e.status IN ('enrolled', 'paused') "
			"ORDER BY random() LIMIT 1) RETURNING taken) SELECT CASE WHEN n.taken > 0 THEN "
			"common.refuse('in_use') END FROM new n");
	else
		buf_print(sql,
			"UPDATE matching.enrolment SET step = '%s' WHERE %s = (SELECT %s FROM "
			"matching.enrolment WHERE status = '%s' ORDER BY random() LIMIT 1) AND status = "
			"'%s' AND programme_id IN (SELECT id FROM matching.programme WHERE status IN "
			"('matching', 'active') AND winding_down IS NULL)",
			deed == PAUSE ? "pause" : "resumption", of, of, from, from);
}

/* The statement of a deed on matching; owned. */
static char *matching_deed(struct deed_source *w, enum deed deed)
{
	int a = 1 + (int)dice(w, (uint64_t)w->people), b = 1 + (int)dice(w, (uint64_t)w->people);
	struct buf sql = BUF_INIT(4096);

	if (deed == PICK)
		return dice(w, 5) ? population_pick(1 + (int)dice(w, POPULATION_PROGRAMMES), a, b)
				  : pick_young();
	if (deed >= FOUND)
		programme_deed(w, deed, &sql);
	else if (deed == PICK_LISTED && dice(w, 5) == 0)
		buf_text(&sql, pick_stale);
	else if (deed == PICK_LISTED)
		pick_listed(w, &sql);
	else if (deed == ACCEPT)
		buf_text(&sql, PAIR_STEP("acceptance", "proposed"));
	else if (deed == RESUME)
		buf_text(&sql, PAIR_STEP("resumption", "suspended"));
	else if (deed == END)
		buf_text(&sql, dice(w, 2) ? PAIR_STEP("dissolution", "active")
					  : PAIR_STEP("decline", "proposed"));
	else if (deed == REJOIN || deed == PAUSE || deed == WITHDRAW)
		part(w, deed, &sql);
	else if (deed == EXCLUDE)
		buf_print(&sql,
			"INSERT INTO matching.exclusion (id, author_id, other_id) SELECT "
			"gen_random_uuid(), " POPULATION_PERSON ", " POPULATION_PERSON,
			a, b);
	else if (deed == MANUAL || deed == REQUEST)
		unlisted(w, deed, a, b, &sql);
	else if (deed == WISH || deed == CONFIRM)
		wish(w, deed, a, b, &sql);
	else if (deed == KEEP_APART)
		keep_apart(w, a, b, &sql);
	else if (deed == INCLUDE)
		buf_text(&sql, "DELETE FROM matching.exclusion"
			       " WHERE id = (SELECT id FROM matching.exclusion ORDER BY random() "
			       "LIMIT 1)");
	else
		buf_print(&sql,
			"UPDATE matching.enrolment SET capacity = %d WHERE person_id "
			"= " POPULATION_PERSON " AND programme_id = " POPULATION_PROGRAMME,
			(int)dice(w, 4), a, 1 + (int)dice(w, POPULATION_PROGRAMMES));
	return buf_take(&sql);
}

/* The same of a deed on profiles. Most of them take the reporting-line lock first, as statements should; the
 * triggers must do without, at the price of a deadlock now and then. */
static char *profiles_deed(struct deed_source *w, enum deed deed)
{
	int a = 1 + (int)dice(w, (uint64_t)w->people), b = 1 + (int)dice(w, (uint64_t)w->people);
	struct buf sql = BUF_INIT(1024);

	if (dice(w, 8))
		buf_text(&sql, "SELECT pg_advisory_xact_lock(7, 1); ");
	if (deed == ARRIVE) {
		int n = atomic_fetch_add(&w->counts->arrivals, 1);
		buf_print(&sql,
			"INSERT INTO profiles.person (id, user_name, given_name, level, "
			"manager_id) SELECT " POPULATION_PERSON
			", 'new%d', 'New', 1, " POPULATION_PERSON,
			1000000 + n, n, a);
		return buf_take(&sql);
	}
	buf_text(&sql, "UPDATE profiles.person SET ");
	if (deed == MOVE && dice(w, 12) == 0)
		buf_text(&sql, "manager_id = NULL");
	else if (deed == MOVE)
		buf_print(&sql, "manager_id = " POPULATION_PERSON, b);
	else if (deed == LEVEL)
		buf_print(&sql, "level = %d", (int)dice(w, 7));
	else
		buf_text(&sql,
			"status = CASE status WHEN 'active' THEN 'inactive' ELSE 'active' END");
	buf_print(&sql, " WHERE id = " POPULATION_PERSON, a);
	/* who has left comes back sooner than others leave */
	if (deed == LEAVE && dice(w, 3))
		buf_text(&sql, " AND status = 'inactive'");
	return buf_take(&sql);
}

void deeds_prepare(PGconn *pg)
{
	sql_do(pg,
		"UPDATE matching.programme SET self_search = true, auto_rounds = 'daily';"
		" INSERT INTO matching.policy (programme_id, number, rules) SELECT id, 1, '{}' "
		"FROM "
		"matching.programme; INSERT INTO matching.coordinator (programme_id, person_id) "
		"SELECT "
		"id, " POPULATION_PERSON " FROM matching.programme",
		COORDINATOR);
}

bool deeds_of_profiles(enum deed deed)
{
	return deed == MOVE || deed == LEVEL || deed == LEAVE || deed == ARRIVE;
}

char *deeds_statement(struct deed_source *w, enum deed deed)
{
	return deeds_of_profiles(deed) ? profiles_deed(w, deed) : matching_deed(w, deed);
}
