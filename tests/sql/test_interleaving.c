/*
 * Two transactions at once: each of the deeds below is begun and left open while each other one runs
 * into it, of every two one before the other, and with UPWARD_LONG=1 both ways; then the first
 * commits, and the same once more with a rollback: for every fourth that had to wait, and with
 * UPWARD_LONG=1 for all. Whatever happens must equal one of the two orders
 * without overlap, and no committed state may be unsafe. The same matrix must fail when the lock is
 * taken out, and when lock and check are one statement: then it can see what it is for.
 */
#include "sql/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/str.h"

#define SESSION(n, pair, from, to)                                                                 \
	"INSERT INTO scheduling.session (id, pair_id, starts_at, ends_at, time_zone) VALUES"       \
	" ('40000000-0000-4000-8000-00000000000" #n "', " pair ", '2026-06-01 " from               \
	"Z', '2026-06-01 " to "Z', 'UTC')"
#define MOVE(n, manager)                                                                           \
	"SELECT pg_advisory_xact_lock(7, 1); UPDATE profiles.person SET manager_id = " P(          \
		manager) " WHERE id = " P(n)
#define STEP(pair, step, condition)                                                                \
	"UPDATE matching.pair SET step = '" step "'"                                               \
	" WHERE id = (SELECT p.id FROM matching.lock_reporting_lines_shared(),"                    \
	" matching.pair p WHERE p.id = " pair " AND p.status = '" condition                        \
	"' FOR NO KEY UPDATE OF p)"

/* As the statements of programmes have it. */
#define WIND_DOWN(n, step)                                                                         \
	"WITH new AS (UPDATE matching.programme p SET winding_down = '" step                       \
	"' WHERE p.id = '20000000-0000-4000-8000-00000000000" n "' RETURNING p.id)"                \
	" SELECT common.found(count(*)), matching.wind_down('20000000-0000-4000-8000-"             \
	"00000000000" n "', 500) FROM new"
#define ROUND  "'53000000-0000-4000-8000-000000000001'"
#define LIST_1 "'54000000-0000-4000-8000-000000000001'"
#define LIST_2 "'54000000-0000-4000-8000-000000000002'"
#define PAIR_5 "'30000000-0000-4000-8000-000000000005'"
#define PAIR_6 "'30000000-0000-4000-8000-000000000006'"
#define PAIR_OF_LIST_1                                                                             \
	"INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, mentor_enrolment_id, " \
	"mentee_enrolment_id, answer_by, shortlist_id, step) SELECT gen_random_uuid(), "           \
	"s.programme_id, x.mentor_id, s.mentee_id, x.enrolment_id, s.enrolment_id, "               \
	"common.now() + interval '3 days', s.id, 'pick' FROM "
#define ENTRIES " s JOIN matching.shortlist_entry x ON x.shortlist_id = s.id WHERE s.id = " LIST_1

/* As the statements of consents and declarations have it: 7 takes one purpose back, or declares something else. */
#define AS_SEVEN "SELECT set_config('app.actor', " P(7) ", true); WITH target AS (SELECT p.id FROM "       \
		 "profiles.person p WHERE p.id = " P(7) " AND p.status <> 'inactive' FOR NO KEY UPDATE) "
#define WITHDRAW(purpose)                                                                          \
	AS_SEVEN "INSERT INTO profiles.consent (id, person_id, number, attribute, purpose, given, " \
		 "notice_version) SELECT gen_random_uuid(), t.id, (SELECT max(c.number) + 1 FROM "  \
		 "profiles.consent c WHERE c.person_id = t.id), 'gender', '" purpose "', false, 1 " \
		 "FROM target t"
#define DECLARE AS_SEVEN                                                                           \
	"INSERT INTO profiles.declaration (person_id, kind, value) SELECT t.id, 'gender', 'another' FROM " \
	"target t WHERE profiles.consents(t.id, 'gender', 'matching') OR profiles.consents(t.id, " \
	"'gender', 'aggregate_reporting') ON CONFLICT (person_id, kind) DO UPDATE SET value = "    \
	"excluded.value"

/* On top of the crowd: 7 has declared something, for two purposes; programme 2 has a published round with a list of 5 for 3, and another one of
 * which pair 6 came, 7 for 4; 3 is closing, with a pair that rests; 4 has not become active. */
static const char more[] =
	"INSERT INTO matching.policy (programme_id, number, rules) SELECT id, 1, '{}' FROM "
	"matching.programme; SET session_replication_role = replica;"
	" INSERT INTO matching.programme (id, title, purpose, status, step, starts_on, ends_on)"
	" SELECT ('20000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'P', 'inclusion', "
	"status, 'creation', '2026-01-01', '2027-01-01' FROM (VALUES (3, 'active'), (4, "
	"'matching')) v (n, status);"
	" INSERT INTO matching.round (id, programme_id, policy_number, status, step) VALUES "
	"(" ROUND ", '20000000-0000-4000-8000-000000000002', 1, 'published', 'publication');"
	" RESET session_replication_role;"
	" INSERT INTO profiles.consent (id, person_id, number, attribute, purpose, given, notice_version)"
	" SELECT gen_random_uuid(), " P(7) ", n, 'gender', u, true, 1 FROM unnest(ARRAY['matching', "
	"'aggregate_reporting']) WITH ORDINALITY v (u, n);"
	" INSERT INTO profiles.declaration VALUES (" P(7) ", 'gender', 'woman');"
	" INSERT INTO matching.enrolment (id, programme_id, person_id, role, capacity, step)"
	" SELECT gen_random_uuid(), g.id, p.id, r, 2, 'creation' FROM matching.programme g, "
	"profiles.person p, unnest(ARRAY['mentor', 'mentee']) r WHERE g.title = 'P';"
	" INSERT INTO matching.shortlist (id, round_id, programme_id, enrolment_id, mentee_id, "
	"step, pick_by) SELECT v.id::uuid, " ROUND ", e.programme_id, e.id, e.person_id, "
	"'replacement', common.now() + interval '3 days' FROM matching.enrolment e"
	" JOIN (VALUES (" LIST_1 ", " P(3) "), (" LIST_2 ", " P(
		4) ")) v (id, person_id)"
		   " ON v.person_id::uuid = e.person_id WHERE e.role = 'mentee' AND e.programme_id "
		   "= "
		   "'20000000-0000-4000-8000-000000000002';"
		   " INSERT INTO matching.shortlist_entry (shortlist_id, mentor_id, enrolment_id, "
		   "rank, "
		   "score) SELECT v.id::uuid, e.person_id, e.id, 1, 1 FROM matching.enrolment e"
		   " JOIN (VALUES (" LIST_1 ", " P(5) "), (" LIST_2 ", " P(
			   7) ")) v (id, person_id)"
			      " ON v.person_id::uuid = e.person_id WHERE e.role = 'mentor' AND "
			      "e.programme_id = "
			      "'20000000-0000-4000-8000-000000000002';"
			      " SELECT matching.shortlist_shows(" LIST_1 ", true);"
			      " INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
			      "mentor_enrolment_id, "
			      "mentee_enrolment_id, answer_by, shortlist_id, step) SELECT " PAIR_6
			      ", s.programme_id, "
			      "x.mentor_id, s.mentee_id, x.enrolment_id, s.enrolment_id, "
			      "common.now() + interval '3 "
			      "days', s.id, 'pick' FROM matching.shortlist s JOIN "
			      "matching.shortlist_entry x ON "
			      "x.shortlist_id = s.id WHERE s.id = " LIST_2 ";"
			      " UPDATE matching.shortlist SET step = 'pick' WHERE id = " LIST_2 ";"
			      " INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
			      "mentor_enrolment_id, "
			      "mentee_enrolment_id, answer_by, step) SELECT " PAIR_5
			      ", j.programme_id, j.person_id, "
			      "s.person_id, j.id, s.id, common.now() + interval '3 days', 'pick'"
			      " FROM matching.enrolment j JOIN matching.enrolment s ON "
			      "s.programme_id = j.programme_id"
			      " WHERE j.role = 'mentor' AND s.role = 'mentee' AND j.person_id = " P(
				      4) " AND "
					 "s.person_id = " P(
						 3) " AND right(j.programme_id::text, 1) = '3';"
						    " UPDATE matching.pair SET step = 'acceptance' "
						    "WHERE id = " PAIR_5 ";"
						    " UPDATE matching.pair SET step = 'suspension' "
						    "WHERE id = " PAIR_5 ";"
						    " UPDATE matching.programme SET winding_down = "
						    "'closing' WHERE id = "
						    "'20000000-0000-4000-8000-000000000003';"
						    " SELECT "
						    "matching.wind_down('20000000-0000-4000-8000-"
						    "000000000003', 500)";

struct deed {
	const char *name, *role, *sql; /* sql NULL: a pick of these */
	int mentor, mentee, programme;
};
static const struct deed deeds[] = {
	{ "pick", "upward_matching", NULL, 5, 3, 1 },
	{ "pick_last_place", "upward_matching", NULL, 5, 2, 1 },
	{ "pick_elsewhere", "upward_matching", NULL, 5, 3, 2 },
	{ "accept", "upward_matching", STEP(PAIR_1, "acceptance", "proposed") },
	{ "decline", "upward_matching", STEP(PAIR_1, "decline", "proposed") },
	{ "resume", "upward_matching", STEP(PAIR_3, "resumption", "suspended") },
	{ "end", "upward_matching", STEP(PAIR_2, "dissolution", "active") },
	{ "book", "upward_scheduling", SESSION(1, PAIR_2, "10:00", "11:00") },
	{ "book_overlap", "upward_scheduling", SESSION(2, PAIR_4, "10:30", "11:30") },
	{ "book_same", "upward_scheduling", SESSION(3, PAIR_4, "10:00", "11:00") },
	{ "move_mentor", "upward_profiles", MOVE(5, 3) },
	{ "move_far_up", "upward_profiles", MOVE(2, 3) },
	{ "move_back", "upward_profiles", MOVE(3, 2) },
	{ "rise", "upward_profiles",
		"SELECT pg_advisory_xact_lock(7, 1); UPDATE profiles.person SET level = 8 WHERE id "
		"IN (" P(5) ", " P(7) ")" },
	{ "leave", "upward_profiles",
		"SELECT pg_advisory_xact_lock(7, 1); UPDATE profiles.person SET status = "
		"'inactive' WHERE id IN (" P(2) ", " P(5) ")" },
	{ "exclude", "upward_matching",
		"INSERT INTO matching.exclusion (id, author_id, other_id) VALUES "
		"(gen_random_uuid(), " P(3) ", " P(5) ")" },
	{ "narrow", "upward_matching",
		"UPDATE matching.enrolment SET capacity = 1 WHERE role = 'mentor' AND person_id "
		"= " P(5) },
	{ "pick_early", "upward_matching", NULL, 5, 3, 4 },
	{ "pick_listed", "upward_matching",
		"WITH target AS (SELECT s.* FROM matching.lock_reporting_lines_shared(), "
		"matching.shortlist s WHERE s.id = " LIST_1 " FOR NO KEY UPDATE OF s),"
		" picked AS (UPDATE matching.shortlist s SET step = 'pick' FROM target t WHERE "
		"s.id = t.id RETURNING s.*) " PAIR_OF_LIST_1 "picked" ENTRIES },
	{ "pair_listed", "upward_matching", PAIR_OF_LIST_1 "matching.shortlist" ENTRIES },
	{ "accept_listed", "upward_matching", STEP(PAIR_6, "acceptance", "proposed") },
	{ "resume_closing", "upward_matching", STEP(PAIR_5, "resumption", "suspended") },
	{ "take_back", "upward_matching", "SELECT matching.take_back_round(" ROUND ")" },
	{ "close", "upward_matching", WIND_DOWN("1", "closing") },
	{ "close_listed", "upward_matching", WIND_DOWN("2", "closing") },
	{ "end_all", "upward_matching", WIND_DOWN("3", "closure") },
	{ "cancel", "upward_matching", WIND_DOWN("4", "cancellation") },
	{ "withdraw", "upward_profiles", WITHDRAW("matching") },
	{ "withdraw_other", "upward_profiles", WITHDRAW("aggregate_reporting") },
	{ "declare", "upward_profiles", DECLARE },
};
#define DEEDS COUNT(deeds)

static const char *const roles[] = { "upward_profiles", "upward_matching", "upward_scheduling" };
#define ROLES COUNT(roles)

struct stage {
	PGconn *admin, *sides[2][ROLES]; /* of a role, for the first deed and the second */
	PGconn *first[DEEDS], *second[DEEDS]; /* one of these for each deed, borrowed */
	PGconn *keeper; /* brings the beginning back: with triggers at rest plans are forgotten */
	char *statements[DEEDS], *restore;
	char *alone[DEEDS][DEEDS]; /* by alone(); in a bare stage "" */
	int64_t violations;
	int mismatches, blocked, runs, caught; /* caught: runs with a violation */
	char words[512];
};

static void reset(struct stage *stage)
{
	sql_do(stage->keeper, "%s", stage->restore);
}

/* Everything that a deed can change, as text. */
static const char everything[] =
	"SELECT concat_ws('; ',"
	"(SELECT string_agg(concat_ws(' ', right(mentor_id::text, 1), "
	"right(mentee_id::text, 1),"
	"	right(programme_id::text, 1), status, reason), ', ' ORDER BY "
	"mentor_id, mentee_id, programme_id, status)"
	" FROM matching.pair),"
	"(SELECT string_agg(concat_ws(' ', level, right(manager_id::text, 1), "
	"status), ', ' ORDER BY id) FROM profiles.person),"
	"(SELECT string_agg(concat_ws(' ', status, winding_down), ', ' ORDER "
	"BY id) FROM matching.programme),"
	"(SELECT string_agg(status, ', ' ORDER BY id) FROM matching.round),"
	"(SELECT string_agg(status, ', ' ORDER BY id) FROM matching.shortlist),"
	"(SELECT count(*) FROM matching.pair_history),"
	"(SELECT string_agg(concat_ws('/', status, taken, capacity), ', ' ORDER BY "
	"programme_id, person_id, role)"
	" FROM matching.enrolment),"
	"(SELECT string_agg(right(session_id::text, 1) || "
	"right(person_id::text, 1), ', ' ORDER BY session_id, person_id)"
	" FROM scheduling.participant WHERE live), (SELECT count(*) FROM "
	"matching.exclusion),"
	"(SELECT string_agg(concat_ws(' ', type, n), ', ' ORDER BY type) FROM "
	"(SELECT type, count(*) AS n FROM common.outbox GROUP BY type) t),"
	"(SELECT string_agg(concat_ws(' ', purpose, given), ', ' ORDER BY purpose) FROM (SELECT DISTINCT "
	"ON (purpose) * FROM profiles.consent ORDER BY purpose, number DESC) l),"
	"(SELECT string_agg(value, ', ') FROM profiles.declaration))";

static char *state_of(PGconn *pg)
{
	owned_result PGresult *rows = sql_again(pg, "everything", everything);

	return str_copy(PQgetvalue(rows, 0, 0));
}

static void in_transaction(PGconn *pg, const char *sql)
{
	owned_text char *begun = sql_outcome(pg, "BEGIN");
	owned_text char *done = sql_outcome(pg, sql);

	assert_string_equal(begun, "");
	if (*done)
		sql_do(pg, "ROLLBACK");
}

static void end(PGconn *pg, const char *how)
{
	if (PQtransactionStatus(pg) != PQTRANS_IDLE)
		sql_do(pg, "%s", how);
}

static void judge(struct stage *stage, const char *what)
{
	struct verdict verdict;

	population_judge(stage->admin, &verdict);
	if (verdict.violations && !stage->violations)
		snprintf(stage->words, sizeof stage->words, "%s: %s", what, verdict.words);
	stage->violations += verdict.violations;
}

/* The state after i and then j without overlap; j alone where they are the same. Found once. */
static const char *alone(struct stage *stage, size_t i, size_t j)
{
	if (stage->alone[i][j])
		return stage->alone[i][j];
	reset(stage);
	in_transaction(stage->first[i], stage->statements[i]);
	end(stage->first[i], "COMMIT");
	if (i != j) {
		in_transaction(stage->second[j], stage->statements[j]);
		end(stage->second[j], "COMMIT");
	}
	judge(stage, "one after the other");
	return stage->alone[i][j] = state_of(stage->admin);
}

/* Runs i, and while it is open j; ends i as told, then commits j. Whether j had to wait. */
static bool overlap(struct stage *stage, size_t i, size_t j, const char *how)
{
	PGconn *first = stage->first[i], *second = stage->second[j];
	int64_t before = stage->violations;
	char what[160];

	snprintf(what, sizeof what, "%s, %s meanwhile, %s", deeds[i].name, deeds[j].name, how);
	reset(stage);
	in_transaction(first, stage->statements[i]);
	sql_do(second, "BEGIN");
	sql_send(second, stage->statements[j]);
	bool blocked = sql_is_blocked(second, stage->admin);
	stage->blocked += blocked;
	end(first, how);
	judge(stage, what);
	owned_text char *outcome = sql_receive(second);
	if (strncmp(outcome, "40P01", 5) == 0 || strncmp(outcome, "55P03", 5) == 0)
		fail_msg("%s: %s", what, outcome);
	end(second, *outcome ? "ROLLBACK" : "COMMIT");
	judge(stage, what);
	stage->caught += stage->violations > before;
	owned_text char *now = state_of(stage->admin);
	bool kept = str_equal(how, "COMMIT");
	bool same = kept ? str_equal(now, alone(stage, i, j)) || str_equal(now, alone(stage, j, i))
			 : str_equal(now, alone(stage, j, j));
	if (!same && stage->mismatches++ == 0 && !stage->violations) {
		snprintf(stage->words, sizeof stage->words, "%s: %s", what, now);
		printf("# %s came to\n#  %s\n# in order\n#  %s\n#  %s\n", what, now,
			alone(stage, i, kept ? j : i), alone(stage, j, kept ? i : j));
	}
	stage->runs++;
	return blocked;
}

static void open_stage(struct stage *stage)
{
	stage->admin = sql_connect(sql_own(), NULL);
	stage->keeper = sql_connect(sql_own(), NULL);
	stage->restore = crowd_make(stage->admin, more);
	for (size_t r = 0; r < ROLES; r++) {
		stage->sides[0][r] = sql_connect(sql_own(), roles[r]);
		stage->sides[1][r] = sql_connect(sql_own(), roles[r]);
		sql_do(stage->sides[1][r], "SET lock_timeout = 0; SET statement_timeout = 0");
	}
	for (size_t i = 0; i < DEEDS; i++) {
		size_t r = 0;

		while (!str_equal(roles[r], deeds[i].role))
			r++;
		stage->first[i] = stage->sides[0][r];
		stage->second[i] = stage->sides[1][r];
		stage->statements[i] = deeds[i].sql ? str_copy(deeds[i].sql)
						    : population_pick(deeds[i].programme,
							      deeds[i].mentor, deeds[i].mentee);
	}
}

static void close_stage(struct stage *stage)
{
	PQfinish(stage->admin);
	PQfinish(stage->keeper);
	free(stage->restore);
	for (size_t r = 0; r < ROLES; r++) {
		PQfinish(stage->sides[0][r]);
		PQfinish(stage->sides[1][r]);
	}
	for (size_t i = 0; i < DEEDS; i++) {
		free(stage->statements[i]);
		for (size_t j = 0; j < DEEDS; j++)
			free(stage->alone[i][j]);
	}
}

static void every_order_of_two_deeds_is_as_if_one_came_first(void **state)
{
	(void)state;
	struct stage stage = { 0 };

	open_stage(&stage);
	for (size_t i = 0; i < DEEDS; i++) {
		for (size_t j = 0; j < DEEDS; j++) {
			/* even sums: the earlier of the two comes first; odd ones: the later */
			if (i == j || (!getenv("UPWARD_LONG") && (i < j) != ((i + j) % 2 == 0)))
				continue;
			/* what did not wait for a commit does not wait for a rollback either */
			if ((overlap(&stage, i, j, "COMMIT") && (i + j) % 4 == 0) ||
				getenv("UPWARD_LONG"))
				overlap(&stage, i, j, "ROLLBACK");
		}
	}
	printf("# %d interleavings, %d of them blocked, %lld violations, %d unlike either order\n",
		stage.runs, stage.blocked, (long long)stage.violations, stage.mismatches);
	assert_string_equal(stage.words, "");
	assert_int_equal(stage.violations, 0);
	assert_int_equal(stage.mismatches, 0);
	assert_true(stage.blocked > stage.runs / 5);
	close_stage(&stage);
}

static size_t deed_called(const char *name)
{
	for (size_t i = 0; i < DEEDS; i++) {
		if (str_equal(deeds[i].name, name))
			return i;
	}
	fail_msg("no deed %s", name);
	return 0;
}

/* Takes the lock out of the triggers. */
static void remove_lock(PGconn *pg)
{
	sql_do(pg, "CREATE OR REPLACE FUNCTION matching.pair_share() RETURNS trigger LANGUAGE "
		   "plpgsql AS"
		   " $$ BEGIN RETURN NULL; END $$");
	sql_do(pg, "CREATE OR REPLACE FUNCTION profiles.lock_reporting_lines() RETURNS trigger "
		   "LANGUAGE "
		   "plpgsql AS"
		   " $$ BEGIN RETURN new; END $$");
}

/* Takes the look at programme, round and enrolments out of the check. */
static void forget_programme(PGconn *pg)
{
	sql_do(pg, "CREATE OR REPLACE FUNCTION matching.pair_stands(p matching.pair) RETURNS void "
		   "LANGUAGE plpgsql AS $$ BEGIN END $$");
}

/* A stage where nothing is compared: only violations count. */
static void open_bare_stage(struct stage *stage)
{
	open_stage(stage);
	for (size_t i = 0; i < DEEDS; i++)
		for (size_t j = 0; j < DEEDS; j++)
			stage->alone[i][j] = str_copy("");
}

static void without_the_lock_the_same_orders_are_unsafe(void **state)
{
	(void)state;
	struct stage stage = { 0 };
	static const char *const orders[][2] = { { "pick", "move_mentor" }, { "pick", "rise" },
		{ "pick", "leave" }, { "pick", "exclude" }, { "pick", "close" },
		{ "pair_listed", "close_listed" }, { "pair_listed", "take_back" } };

	open_bare_stage(&stage);
	remove_lock(stage.admin);
	for (size_t i = 0; i < COUNT(orders); i++)
		overlap(&stage, deed_called(orders[i][0]), deed_called(orders[i][1]), "COMMIT");
	printf("# without the lock: %d of %d interleavings unsafe\n", stage.caught, stage.runs);
	/* each is seen after the second commit, when both are there */
	assert_int_equal(stage.caught, COUNT(orders));
	close_stage(&stage);
}

/* Who has waited for the lock must look at what the programme and the round have become. */
static void with_the_lock_but_without_a_look_they_are_unsafe_too(void **state)
{
	(void)state;
	struct stage stage = { 0 };
	static const char *const orders[][2] = { { "close", "pick" },
		{ "close_listed", "pair_listed" }, { "take_back", "pair_listed" } };

	open_bare_stage(&stage);
	for (size_t i = 0; i < COUNT(orders); i++)
		overlap(&stage, deed_called(orders[i][0]), deed_called(orders[i][1]), "COMMIT");
	assert_int_equal(stage.caught, 0); /* as it is */
	forget_programme(stage.admin);
	for (size_t i = 0; i < COUNT(orders); i++)
		overlap(&stage, deed_called(orders[i][0]), deed_called(orders[i][1]), "COMMIT");
	printf("# without a look: %d of %d interleavings unsafe\n", stage.caught,
		(int)COUNT(orders));
	assert_int_equal(stage.blocked, 2 * COUNT(orders)); /* all did wait for the lock */
	assert_int_equal(stage.caught, COUNT(orders));
	close_stage(&stage);
}

/* The lock and the look at the programme as one statement. */
static const char lock_and_look[] =
	"WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(7, 1))"
	" INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, mentor_enrolment_id, "
	"mentee_enrolment_id, answer_by, step)"
	" SELECT gen_random_uuid(), g.id, j.person_id, s.person_id, j.id, s.id, common.now(), "
	"'pick' FROM held, matching.programme g JOIN matching.enrolment j ON j.programme_id = g.id"
	" JOIN matching.enrolment s ON s.programme_id = g.id"
	" WHERE g.status = 'active' AND g.winding_down IS NULL AND right(g.id::text, 1) = '1'"
	" AND j.person_id = " P(5) " AND j.role = 'mentor' AND s.person_id = " P(3) " AND s.role = "
										    "'mentee'";

static void lock_and_look_in_one_statement_are_unsafe(void **state)
{
	(void)state;
	struct stage stage = { 0 };
	size_t pick = deed_called("pick"), close = deed_called("close");

	open_bare_stage(&stage);
	free(stage.statements[pick]);
	stage.statements[pick] = str_copy(lock_and_look);
	overlap(&stage, close, pick, "COMMIT");
	assert_int_equal(stage.caught, 0); /* the trigger looks once more */
	forget_programme(stage.admin);
	overlap(&stage, close, pick, "COMMIT");
	assert_int_equal(stage.blocked, 2); /* it did wait for the lock */
	printf("# lock and look in one statement: %lld violations\n", (long long)stage.violations);
	assert_int_equal(stage.caught, 1);
	close_stage(&stage);
}

/* The lock and the check of the line as one statement's CTEs, instead of two triggers. */
static const char lock_and_check[] =
	"WITH RECURSIVE held AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(7, 1)),"
	" line (id) AS (SELECT p.manager_id FROM held, profiles.person p WHERE p.id = " P(
		5) "	UNION SELECT p.manager_id FROM line l JOIN profiles.person p ON p.id = "
		   "l.id)"
		   " INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
		   "mentor_enrolment_id, mentee_enrolment_id,"
		   "	answer_by, step)"
		   " SELECT gen_random_uuid(), j.programme_id, j.person_id, s.person_id, j.id, "
		   "s.id, common.now(), 'pick'"
		   " FROM held, matching.enrolment j, matching.enrolment s"
		   " WHERE j.person_id = " P(5) " AND j.role = 'mentor' AND s.person_id = " P(
			   3) " AND s.role = 'mentee'"
			      " AND s.programme_id = j.programme_id AND "
			      "right(j.programme_id::text, 1) = '1'"
			      " AND NOT EXISTS (SELECT FROM line WHERE id = " P(3) ")";

static void lock_and_check_in_one_statement_are_unsafe(void **state)
{
	(void)state;
	struct stage stage = { 0 };
	size_t pick = deed_called("pick"), move = deed_called("move_mentor");

	open_bare_stage(&stage);
	overlap(&stage, move, pick, "COMMIT");
	assert_int_equal(stage.violations, 0); /* as it is */
	sql_do(stage.admin,
		"CREATE OR REPLACE FUNCTION matching.unsafe(mentor uuid, mentee uuid, gap smallint,"
		" distance smallint, OUT why text) LANGUAGE plpgsql AS $$ BEGIN END $$");
	remove_lock(stage.admin);
	free(stage.statements[pick]);
	stage.statements[pick] = str_copy(lock_and_check);
	owned_connection PGconn *superuser = sql_connect(sql_own(), NULL);
	stage.second[pick] = superuser;
	overlap(&stage, move, pick, "COMMIT");
	assert_int_equal(stage.blocked, 2); /* it did wait for the lock */
	printf("# lock and check in one statement: %lld violations\n", (long long)stage.violations);
	assert_int_equal(stage.violations, 1);
	close_stage(&stage);
}

/* Picks of one mentor in two programmes touch no common row: the second waits all the same. */
static void two_programmes_give_one_person_no_more_than_the_limit(void **state)
{
	(void)state;
	struct stage stage = { 0 };
	const char *const hows[] = { "COMMIT", "ROLLBACK" };
	size_t pick = deed_called("pick"); /* 5 is in a suspended pair already */

	open_stage(&stage);
	owned_text char *elsewhere = population_pick(2, 5, 1);
	/* 5 stands three steps below 1 */
	sql_do(stage.admin,
		"UPDATE kept.programme SET line_distance = 2 WHERE id::text LIKE '%%2'");
	sql_do(stage.admin, "UPDATE common.setting SET value = '{\"mentor\": 2}' WHERE name = "
			    "'person_limits'");
	for (size_t h = 0; h < COUNT(hows); h++) {
		reset(&stage);
		in_transaction(stage.first[pick], stage.statements[pick]);
		sql_do(stage.second[pick], "BEGIN");
		sql_send(stage.second[pick], elsewhere);
		assert_true(sql_is_blocked(stage.second[pick], stage.admin));
		end(stage.first[pick], hows[h]);
		owned_text char *outcome = sql_receive(stage.second[pick]);
		assert_string_equal(outcome, h == 0 ? "23514 pair_mentor_limit" : "");
		end(stage.second[pick], *outcome ? "ROLLBACK" : "COMMIT");
		judge(&stage, hows[h]);
	}
	assert_string_equal(stage.words, "");
	close_stage(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_order_of_two_deeds_is_as_if_one_came_first,
			sql_set_up, sql_tear_down),
		cmocka_unit_test_setup_teardown(
			without_the_lock_the_same_orders_are_unsafe, sql_set_up, sql_tear_down),
		cmocka_unit_test_setup_teardown(
			with_the_lock_but_without_a_look_they_are_unsafe_too, sql_set_up,
			sql_tear_down),
		cmocka_unit_test_setup_teardown(
			lock_and_look_in_one_statement_are_unsafe, sql_set_up, sql_tear_down),
		cmocka_unit_test_setup_teardown(
			lock_and_check_in_one_statement_are_unsafe, sql_set_up, sql_tear_down),
		cmocka_unit_test_setup_teardown(
			two_programmes_give_one_person_no_more_than_the_limit, sql_set_up,
			sql_tear_down),
	};

	return cmocka_run_group_tests_name("interleaving", tests, NULL, NULL);
}
