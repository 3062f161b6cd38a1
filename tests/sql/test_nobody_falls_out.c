/*
 * Nobody falls out: after every step of random lives, for everybody who is enrolled in a programme
 * that runs, something is going on, or there is a task for them or for the programme. The
 * statements are the services' own, read from their files; the lives are in standstill.sql. In the
 * same lives somebody would fall out if any one kind of task were lost, and at the end of each the
 * counters of a programme are those of a recount.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "sql/support.h"

#define DATABASE "upward_test_lives"
#define LIFE     250 /* steps of one life, which is rolled back at its end */
#define LEAST    20  /* lives; as many more until somebody has missed each kind … */
#define MOST     80  /* … and no more; UPWARD_LONG=1: always 4,000 */

/* The statements that standstill.sql calls, by file. */
static const struct {
	const char *service, *file, *name;
} used[] = {
	{ "matching", "rounds/shortlist", "shortlist_pick" },
	{ "matching", "rounds/shortlist", "shortlist_release" },
	{ "matching", "rounds/shortlist", "shortlist_lost" },
	{ "matching", "rounds/shortlist", "shortlist_replace" },
	{ "matching", "rounds/shortlist", "shortlist_refresh" },
	{ "matching", "rounds/shortlist", "shortlist_replace_or_refuse" },
	{ "matching", "rounds/shortlist", "shortlist_expire" },
	{ "matching", "pairs/pair", "pair_replace" },
	{ "matching", "pairs/pair", "pair_expire" },
	{ "matching", "pairs/pair", "pair_suspension_end" },
	{ "matching", "pairs/pair", "pair_resumable" },
	{ "matching", "pairs/pair", "pair_suspended_effect" },
	{ "matching", "programmes/enrolment", "enrolment_resume_due" },
	{ "matching", "programmes/coordinator", "coordinator_create" },
	{ "scheduling", "agreements/agreement", "agreement_create" },
	{ "scheduling", "agreements/agreement", "agreement_signature" },
	{ "scheduling", "sessions/session", "session_cancellation" },
	{ "scheduling", "sessions/session", "session_report" },
	{ "scheduling", "sessions/session", "pair_sessions_cancel" },
	{ "scheduling", "notifications/notification", "session_unreported" },
};

/* The type of a name, as the contract would say it. */
static const char *type_of(const char *name)
{
	static const struct {
		const char *name, *type;
	} known[] = { { "actor", "uuid" }, { "id", "uuid" }, { "new_id", "uuid" },
		{ "roles", "text[]" }, { "event_id", "bigint" }, { "data", "json" },
		{ "duration_minutes", "int" }, { "channels", "text[]" }, { "starts_on", "date" } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].type;
	size_t length = strlen(name);
	return length > 3 && strcmp(name + length - 3, "_id") == 0 ? "uuid" : "text";
}

/* Adds a parameter unless it is there. */
static void declare(struct buf *parameters, const char *name)
{
	char wanted[80];
	snprintf(wanted, sizeof wanted, "p_%s %s DEFAULT NULL", name, type_of(name));
	if (parameters->len && strstr(parameters->data, wanted))
		return;
	buf_print(parameters, "%s%s", parameters->len ? ", " : "", wanted);
}

/* The text of a statement with p_<name> for each :name, and the parameters that it has. */
static void read_statement(const char *text, struct buf *body, struct buf *parameters)
{
	bool quoted = false;
	for (const char *at = text; *at && strncmp(at, "\n-- ", 4) != 0; at++) {
		quoted ^= *at == '\'';
		if (quoted || *at != ':' || at == text || at[-1] == ':' ||
			!islower((unsigned char)at[1])) {
			buf_add(body, at, 1);
			continue;
		}
		char name[40] = "";
		size_t length = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_");
		snprintf(name, sizeof name, "%.*s", (int)length, at + 1);
		declare(parameters, name);
		buf_print(body, "p_%s", name);
		at += length;
	}
}

/* Makes lives.<name> of a statement: what its last row was, as JSON, or null. */
static void load(PGconn *pg, const char *service, const char *file, const char *name)
{
	char path[128], head[80];
	struct buf body = BUF_INIT(1 << 16), parameters = BUF_INIT(4096);
	snprintf(path, sizeof path, "services/%s/%s.sql", service, file);
	snprintf(head, sizeof head, "\n-- %s", name);
	owned_text char *text = sql_file(path);
	const char *at = text;
	do {
		at = strstr(at + 1, head);
		assert_non_null(at);
	} while (!strchr(":(", at[strlen(head)]));
	while (strncmp(at, "\n--", 3) == 0)
		at = strchr(at + 1, '\n');
	read_statement(at, &body, &parameters);
	char *end = strrchr(body.data, ';');
	assert_non_null(end);
	*end = '\0';
	const char *last = strrchr(body.data, '\n');
	bool answers = strstr(last, "RETURNING") ||
		       (!strstr(body.data, "\nINSERT") &&
			       !(strncmp(body.data, "\nUPDATE", 7) == 0));
	sql_do(pg,
		"CREATE FUNCTION lives.%s(%s) RETURNS text LANGUAGE plpgsql SET search_path = %s, "
		"pg_catalog, pg_temp AS $f$ DECLARE r record; said text; BEGIN %s %s%s%s RETURN "
		"said; "
		"END $f$",
		name, parameters.len ? parameters.data : "", service,
		parameters.len && strstr(parameters.data, "p_actor")
			? "PERFORM set_config('app.actor', p_actor::text, true);"
			: "PERFORM set_config('app.actor', '', true);",
		answers ? "FOR r IN " : "", body.data,
		!answers ? ";" : " LOOP said := row_to_json(r)::text; END LOOP;");
	buf_release(&body);
	buf_release(&parameters);
}

static PGconn *make(void)
{
	sql_create_migrated(DATABASE);
	PGconn *pg = sql_connect(DATABASE, NULL);
	sql_do(pg, "CREATE SCHEMA lives");
	sql_do(pg, "CREATE FUNCTION lives.one(n int) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN "
		   "('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid");
	for (size_t i = 0; i < sizeof used / sizeof *used; i++)
		load(pg, used[i].service, used[i].file, used[i].name);
	owned_text char *lives = sql_file("tests/sql/standstill.sql");
	sql_do(pg, "%s", lives);
	return pg;
}

/* Each of these kinds is what holds somebody, sooner or later. */
#define KINDS                                                                                      \
	"{no_list,late_joiner,list_expired,pick,first_round,spare_mentors,take_over,"              \
	"resume_enrolment,answer_pick,suspended_pair,sign_agreement,book_sessions}"

static void nobody_falls_out_and_without_a_kind_somebody_would(void **state)
{
	(void)state;
	owned_connection PGconn *pg = make();
	owned_text char *recount = sql_file("tests/sql/recount.sql");
	char unmissed[400] = KINDS;
	bool whole = getenv("UPWARD_LONG");
	for (int seed = 1; seed <= (whole ? 4000 : MOST); seed++) {
		if (!whole && seed > LEAST && str_equal(unmissed, "{}"))
			break;
		sql_do(pg, "BEGIN");
		owned_result PGresult *life = sql_rows(pg,
			"SELECT wrong, unmissed FROM lives.run(%f, %d, '%s')",
			(seed % 9973) / 9973.0, LIFE, unmissed);
		if (!PQgetisnull(life, 0, 0))
			fail_msg("%s", PQgetvalue(life, 0, 0));
		snprintf(unmissed, sizeof unmissed, "%s", PQgetvalue(life, 0, 1));
		assert_int_equal(sql_number(pg, "%s", recount), 0);
		sql_do(pg, "ROLLBACK");
	}
	if (!str_equal(unmissed, "{}"))
		fail_msg("nobody misses %s", unmissed);
	sql_drop(DATABASE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_falls_out_and_without_a_kind_somebody_would),
	};
	return cmocka_run_group_tests_name("nobody falls out", tests, NULL, NULL);
}
