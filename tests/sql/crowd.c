#include "sql/crowd.h"

#include "base/str.h"

static const char people[] =
	"INSERT INTO profiles.person (id, user_name, given_name, level, manager_id)"
	" SELECT ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'p' || n, 'x', "
	"level,"
	" ('10000000-0000-4000-8000-' || lpad(manager::text, 12, '0'))::uuid"
	" FROM (VALUES (1, 9, NULL), (2, 7, 1), (3, 7, 1), (4, 5, 2), (5, 1, 4), (6, 5, 3), (7, 1, "
	"6), (8, 1, 6))"
	" AS p (n, level, manager)";

static const struct {
	int mentor, mentee;
	const char *status;
} pairs[] = { { 7, 2, "proposed" }, { 8, 4, "active" }, { 5, 6, "suspended" }, { 8, 2, "active" } };

/* The beginning of every run, made by real statements once. */
static void prepare(PGconn *pg)
{
	sql_do(pg, "%s", people);
	population_programmes(pg, "SELECT n, 1, NULL::int FROM generate_series(1, 2) n");
	sql_do(pg,
		"INSERT INTO matching.enrolment (id, programme_id, person_id, role, capacity, step)"
		" SELECT ('6000000' || right(g.id::text, 1) || '-0000-4000-8000-0000000000' || "
		"CASE r WHEN 'mentor' THEN 1 ELSE 2 END || right(p.id::text, 1))::uuid,"
		" g.id, p.id, r, CASE r WHEN 'mentor' THEN 2 ELSE 3 END,"
		" 'creation'"
		" FROM matching.programme g, profiles.person p, unnest(ARRAY['mentor', 'mentee']) "
		"r");
	for (size_t i = 0; i < COUNT(pairs); i++) {
		owned_text char *pick = population_pick(1, pairs[i].mentor, pairs[i].mentee);
		sql_do(pg, "%s", pick);
		sql_do(pg,
			"UPDATE matching.pair SET id = " PAIR_ID
			" WHERE id::text NOT LIKE '30000000%%'",
			(int)i + 1);
		sql_do(pg,
			"UPDATE profiles.partner SET through = " PAIR_ID
			" WHERE through NOT IN (SELECT id FROM matching.pair)",
			(int)i + 1);
		if (!str_equal(pairs[i].status, "proposed"))
			sql_do(pg,
				"UPDATE matching.pair SET step = 'acceptance' WHERE id = " PAIR_ID,
				(int)i + 1);
		if (str_equal(pairs[i].status, "suspended"))
			sql_do(pg,
				"UPDATE matching.pair SET step = 'suspension' WHERE id = " PAIR_ID,
				(int)i + 1);
	}
}

/* Of matching, beside profiles.person. */
static const char *const tables[] = { "programme", "round", "shortlist", "shortlist_entry",
	"enrolment", "pair", "pair_history", "declined" };

/* Keeps a copy of the tables that deeds change; returns the statements (owned) that bring it back,
 * with triggers and foreign keys at rest. */
static char *keep(PGconn *pg)
{
	sql_do(pg, "CREATE SCHEMA kept; CREATE TABLE kept.person AS TABLE profiles.person;"
		   " CREATE TABLE kept.partner AS TABLE profiles.partner;"
		   " CREATE TABLE kept.consent AS TABLE profiles.consent;"
		   " CREATE TABLE kept.declaration AS TABLE profiles.declaration");
	for (size_t i = 0; i < COUNT(tables); i++)
		sql_do(pg, "CREATE TABLE kept.%s AS TABLE matching.%s", tables[i], tables[i]);
	return sql_text(pg,
		"SELECT 'SET session_replication_role = replica; DELETE FROM "
		"common.outbox; DELETE FROM common.audit;"
		" DELETE FROM scheduling.session_history; DELETE FROM "
		"scheduling.participant; DELETE FROM scheduling.session;"
		" DELETE FROM matching.exclusion;' || string_agg(format('DELETE FROM "
		"%%1$s; INSERT INTO %%1$s (%%2$s) SELECT %%2$s"
		" FROM kept.%%3$I; ', c.oid::regclass, (SELECT "
		"string_agg(quote_ident(attname), ', ') FROM pg_attribute"
		" WHERE attrelid = c.oid AND attnum > 0 AND attgenerated = '' AND NOT "
		"attisdropped), c.relname), '')"
		" || 'RESET session_replication_role' FROM pg_class c"
		" WHERE c.relname IN (SELECT tablename FROM pg_tables WHERE schemaname = "
		"'kept') AND c.relkind = 'r'"
		" AND c.relnamespace::regnamespace::text IN ('profiles', 'matching')");
}

char *crowd_make(PGconn *pg, const char *more)
{
	prepare(pg);
	if (more)
		sql_do(pg, "%s", more);
	return keep(pg);
}
