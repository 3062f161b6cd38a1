#include "sql/population.h"

#include <stdio.h>
#include <string.h>
#include "base/buf.h"
#include "base/str.h"

void population_programmes(PGconn *pg, const char *rows)
{
	/* they have not walked the steps to where they are */
	sql_do(pg, "SET session_replication_role = replica");
	sql_do(pg,
		"INSERT INTO matching.programme (id, title, purpose, status, step, came_from, "
		"starts_on, ends_on, min_level_gap, line_distance)"
		" SELECT ('20000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Programme "
		"' || n,"
		" 'inclusion', 'active', 'activation', 'matching', '2026-01-01', '2027-01-01', "
		"gap, distance"
		" FROM (%s) AS p (n, gap, distance)",
		rows);
	sql_do(pg, "RESET session_replication_role");
}

void population_make(PGconn *pg, int people, double seed)
{
	sql_do(pg, "SELECT setseed(%f)", seed);
	sql_do(pg,
		"INSERT INTO profiles.person (id, user_name, given_name, level, manager_id)"
		" SELECT ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'p' || n, "
		"'Person ' || n,"
		" (random() * 6)::int, CASE WHEN n > 1 THEN"
		" ('10000000-0000-4000-8000-' || lpad((1 + floor(random() * (n - 1)))::text, 12, "
		"'0'))::uuid END"
		" FROM generate_series(1, %d) n",
		people);
	population_programmes(pg,
		"SELECT n, gap, distance FROM (VALUES (1, 1, NULL), (2, 2, 2), (3, NULL, NULL)) AS "
		"p (n, gap, distance)");
	sql_do(pg,
		"INSERT INTO matching.enrolment (id, programme_id, person_id, role, capacity, step)"
		" SELECT gen_random_uuid(), g.id, p.id, r.role, 1 + (random() * 2)::int, 'creation'"
		" FROM matching.programme g, profiles.person p, (VALUES ('mentor'), ('mentee')) "
		"AS r (role)");
	sql_do(pg, "ANALYZE profiles.person, matching.enrolment");
}

char *population_enrolment(int programme, int person, const char *role)
{
	struct buf sql = BUF_INIT(512);

	buf_print(&sql,
		"(SELECT e.id FROM matching.enrolment e WHERE e.programme_id "
		"= " POPULATION_PROGRAMME " AND e.person_id = " POPULATION_PERSON
		" AND e.role = '%s')",
		programme, person, role);
	return buf_take(&sql);
}

char *population_pick(int programme, int mentor, int mentee)
{
	owned_text char *junior = population_enrolment(programme, mentor, "mentor");
	owned_text char *senior = population_enrolment(programme, mentee, "mentee");
	struct buf sql = BUF_INIT(2048);

	buf_print(&sql,
		"INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, "
		"mentor_enrolment_id,"
		" mentee_enrolment_id, answer_by, step) SELECT "
		"gen_random_uuid(), " POPULATION_PROGRAMME ", " POPULATION_PERSON
		", " POPULATION_PERSON ", %s, %s, common.now() + interval '3 days', 'pick'",
		programme, mentor, mentee, junior, senior);
	return buf_take(&sql);
}

/* The rules of reverse safety, and of what pairs live in, over the whole database at once. */
static const char oracle[] =
	"WITH RECURSIVE above (lower, upper, steps) AS ("
	"	SELECT id, manager_id, 1 FROM profiles.person WHERE manager_id IS NOT NULL"
	"	UNION ALL"
	"	SELECT a.lower, p.manager_id, a.steps + 1 FROM above a JOIN profiles.person p ON "
	"p.id = a.upper"
	"	WHERE p.manager_id IS NOT NULL AND a.steps < 150),"
	" live AS (SELECT q.*, m.level AS mentor_level, m.status AS mentor_status, m.manager_id AS "
	"mentor_manager,"
	"		s.level AS mentee_level, s.status AS mentee_status, s.manager_id AS "
	"mentee_manager"
	"	FROM matching.pair q JOIN profiles.person m ON m.id = q.mentor_id"
	"	JOIN profiles.person s ON s.id = q.mentee_id WHERE q.status IN ('proposed', "
	"'active')),"
	" kept AS (SELECT * FROM matching.pair WHERE status IN ('proposed', 'active', "
	"'suspended')),"
	" seat AS (SELECT mentor_enrolment_id AS id FROM kept UNION ALL SELECT mentee_enrolment_id "
	"FROM kept),"
	" wrong (why) AS ("
	"	SELECT 'inactive' FROM live WHERE 'inactive' IN (mentor_status, mentee_status)"
	"	UNION ALL SELECT 'not_junior' FROM live WHERE mentor_level > mentee_level - min_gap"
	"	UNION ALL SELECT 'same_manager' FROM live WHERE mentor_manager = mentee_manager"
	"	UNION ALL SELECT 'mentor_above' FROM live l JOIN above a ON a.upper = l.mentor_id "
	"AND a.lower = l.mentee_id"
	"	UNION ALL SELECT 'mentee_above' FROM live l JOIN above a ON a.upper = l.mentee_id "
	"AND a.lower = l.mentor_id"
	"		WHERE a.steps < 3 OR a.steps <= l.line_distance"
	"		OR l.line_distance IS NULL"
	"	UNION ALL SELECT 'excluded' FROM live l JOIN matching.exclusion e"
	"		ON (e.author_id, e.other_id) IN ((l.mentor_id, l.mentee_id), (l.mentee_id, "
	"l.mentor_id))"
	"	UNION ALL SELECT 'kept_apart' FROM live l JOIN matching.programme_exclusion x"
	"		ON x.programme_id = l.programme_id AND x.person_id IN (l.mentor_id, "
	"l.mentee_id)"
	"		WHERE l.status = 'proposed' AND (x.other_id IS NULL OR x.other_id IN "
	"(l.mentor_id, "
	"l.mentee_id))"
	"	UNION ALL SELECT 'twice' FROM kept GROUP BY least(mentor_id, mentee_id), "
	"greatest(mentor_id, mentee_id)"
	"		HAVING count(*) > 1"
	"	UNION ALL SELECT 'capacity' FROM matching.enrolment e LEFT JOIN"
	"		(SELECT id, count(*) AS n FROM seat GROUP BY id) s ON s.id = e.id"
	"		WHERE e.taken <> coalesce(s.n, 0) OR e.taken > e.capacity"
	"	UNION ALL SELECT 'limit' FROM (SELECT mentor_id AS person_id, 'mentor' AS side "
	"FROM kept"
	"		UNION ALL SELECT mentee_id, 'mentee' FROM kept) k GROUP BY person_id, side"
	"		HAVING count(*) > (SELECT (s.value::json ->> side)::int FROM "
	"common.setting s"
	"			WHERE s.name = 'person_limits')"
	"	UNION ALL SELECT 'programme' FROM kept k JOIN matching.programme g ON g.id = "
	"k.programme_id"
	"		WHERE g.status NOT IN ('matching', 'active', 'closing')"
	"	UNION ALL SELECT 'closing' FROM kept k JOIN matching.programme g ON g.id = "
	"k.programme_id"
	"		WHERE g.status = 'closing' AND 'proposed' IN (k.status, k.came_from)"
	"		AND k.status IN ('proposed', 'suspended')"
	"	UNION ALL SELECT 'rolled_back' FROM kept k JOIN matching.shortlist s ON s.id = "
	"k.shortlist_id"
	"		JOIN matching.round r ON r.id = s.round_id WHERE r.status = 'rolled_back'"
	"	UNION ALL SELECT 'left' FROM live l JOIN matching.enrolment e"
	"		ON e.id IN (l.mentor_enrolment_id, l.mentee_enrolment_id)"
	"		WHERE e.status NOT IN ('enrolled', 'paused')"
	"	UNION ALL SELECT 'partner' FROM ((SELECT mentor_id, mentee_id, id FROM kept"
	"		UNION ALL SELECT mentee_id, mentor_id, id FROM kept"
	"		UNION ALL SELECT s.mentee_id, x.mentor_id, s.id FROM matching.shortlist s"
	"			JOIN matching.shortlist_entry x ON x.shortlist_id = s.id WHERE "
	"s.status = "
	"'open')"
	"		EXCEPT ALL SELECT viewer_id, person_id, through FROM profiles.partner) p"
	"	UNION ALL SELECT 'exposure' FROM matching.shortlist s JOIN "
	"matching.shortlist_entry x "
	"ON x.shortlist_id = s.id"
	"		JOIN matching.programme g ON g.id = s.programme_id WHERE s.status = 'open'"
	"		GROUP BY g.id, x.mentor_id, g.exposure_cap HAVING count(*) > g.exposure_cap"
	"	UNION ALL SELECT 'circle' FROM above WHERE lower = upper)"
	" SELECT count(*), coalesce(string_agg(DISTINCT why, ' '), ''), "
	"pg_current_snapshot()::text FROM wrong";

void population_judge(PGconn *pg, struct verdict *ret_verdict)
{
	owned_result PGresult *rows = sql_again(pg, "oracle", oracle);

	assert_true(str_to_i64(PQgetvalue(rows, 0, 0), &ret_verdict->violations));
	snprintf(ret_verdict->words, sizeof ret_verdict->words, "%s", PQgetvalue(rows, 0, 1));
	snprintf(ret_verdict->snapshot, sizeof ret_verdict->snapshot, "%s", PQgetvalue(rows, 0, 2));
}
