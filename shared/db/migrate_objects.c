#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/str.h"
#include "db/migrate_private.h"

/*
 * The wanted objects are in a temporary table; common.object records what was created last. Objects
 * that are no longer wanted, or that cannot be replaced, are dropped together with everything that
 * depends on them (doomed), in the transaction that creates the others, so nobody sees a gap. What
 * the server refuses to replace (a view that loses a column) becomes known only by its refusal.
 */

struct group {
	bool in[MIGRATION_MODULES]; /* the modules in one transaction */
	int dropped, made, kept;
	int module, place; /* of the current statement; -1: none that could be dropped first */
};

/* Objects that were created last time and still exist. shape: what CREATE OR REPLACE FUNCTION
 * cannot change. */
#define SHAPE                                                                                      \
	"pg_get_function_arguments(p.oid) || ' ' || coalesce(pg_get_function_result(p.oid), '')"
#define REGISTERED                                                                                 \
	"(SELECT o.*, 'pg_proc'::regclass::oid AS classid, p.oid, " SHAPE " AS shape,"             \
	"  format('DROP FUNCTION %s', p.oid::regprocedure) AS drop"                                \
	" FROM common.object o JOIN (SELECT f.oid, f.oid::regprocedure::text AS name FROM "        \
	"pg_proc f"                                                                                \
	"  WHERE f.pronamespace IN (SELECT n.oid FROM pg_namespace n WHERE n.nspname IN"           \
	"   (SELECT x.module FROM common.object x)) OFFSET 0) p ON p.name = o.name"                \
	" WHERE o.kind = 'function'"                                                               \
	" UNION ALL SELECT o.*, 'pg_class'::regclass, c.oid, NULL,"                                \
	"  format('DROP VIEW %s', c.oid::regclass)"                                                \
	" FROM common.object o JOIN pg_class c ON c.relkind = 'v' AND c.oid::regclass::text = "    \
	"o.name"                                                                                   \
	" WHERE o.kind = 'view'"                                                                   \
	" UNION ALL SELECT o.*, 'pg_trigger'::regclass, t.oid, NULL,"                              \
	"  format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass)"                         \
	" FROM common.object o JOIN pg_trigger t ON NOT t.tgisinternal"                            \
	"  AND t.tgname || ' on ' || t.tgrelid::regclass::text = o.name"                           \
	" WHERE o.kind = 'trigger')"
#define MODULE_PLACE                                                                               \
	"array_position('{common,profiles,matching,scheduling,evaluation}'::text[], r.module)"

/* What depends on the rows of "first": a view through its rule, a function through a view's row
 * type. */
#define HANGING                                                                                    \
	"gone (classid, oid) AS (SELECT * FROM first UNION"                                        \
	" SELECT CASE d.classid WHEN 'pg_rewrite'::regclass THEN 'pg_class'::regclass"             \
	"   ELSE d.classid END, CASE d.classid WHEN 'pg_rewrite'::regclass"                        \
	"   THEN (SELECT w.ev_class FROM pg_rewrite w WHERE w.oid = d.objid) ELSE d.objid END"     \
	" FROM gone g JOIN pg_depend d ON (d.refclassid, d.refobjid) = (g.classid, g.oid))"

#define ROUNDS_MOST 1000 /* a round creates a module, or learns about one object */

static const char *const kinds[] = {
	[OBJECT_FUNCTION] = "function", [OBJECT_VIEW] = "view", [OBJECT_TRIGGER] = "trigger"
};

/* The place of a statement as reported in faults: "matching/objects/pair.sql". */
static const char *place_of(
	const struct object_module *module, const struct object_statement *one, struct buf *what)
{
	buf_clear(what);
	buf_print(what, "%s/objects/%s", module->module, one->file);
	return buf_ok(what) ? what->data : module->module;
}

/* ---- what is wanted ---- */

/* Lets the server parse a function's arguments and result: creates a twin without a body. */
static bool make_twin(struct migrate_run *run, const struct object_module *module, size_t place)
{
	const struct object_statement *one = &module->statements.all[place];
	struct buf sql = BUF_INIT(1 << 16), what = BUF_INIT(512);

	buf_print(&sql, "CREATE FUNCTION pg_temp.twin_%s_%zu %s LANGUAGE plpgsql AS 'BEGIN END'",
		module->module, place, one->head);
	bool done = buf_ok(&sql) &&
		    migrate_execute(run, place_of(module, one, &what), one->line, sql.data);
	buf_release(&sql);
	buf_release(&what);
	return done;
}

/* Reads the twins' shapes and drops the twins. */
static bool read_twins(struct migrate_run *run)
{
	return migrate_execute(run, "objects", 0,
		"UPDATE pg_temp.wanted w SET shape = " SHAPE ","
		" name = w.name || substring(p.oid::regprocedure::text FROM '\\(.*$')"
		" FROM pg_proc p WHERE p.pronamespace = pg_my_temp_schema()"
		" AND p.proname = format('twin_%s_%s', w.module, w.place);"
		"DO $$ DECLARE twin regprocedure; BEGIN"
		" FOR twin IN SELECT p.oid FROM pg_proc p"
		" WHERE p.pronamespace = pg_my_temp_schema() LOOP"
		" EXECUTE format('DROP FUNCTION %s', twin); END LOOP; END $$");
}

/* A function that takes or returns rows of a view that does not exist yet is read when it is
 * created. */
static bool try_twin(struct migrate_run *run, struct object_module *module, size_t place)
{
	size_t before = run->faults->len;

	module->statements.all[place].late = false;
	if (!migrate_execute(run, "objects", 0, "SAVEPOINT twin"))
		return false;
	if (make_twin(run, module, place))
		return migrate_execute(run, "objects", 0, "RELEASE twin");
	if (!str_equal(run->sqlstate, "42704"))
		return false;
	run->faults->len = before;
	module->statements.all[place].late = true;
	return migrate_execute(run, "objects", 0, "ROLLBACK TO twin; RELEASE twin");
}

static bool want(struct migrate_run *run, struct object_module *module, size_t place)
{
	const struct object_statement *one = &module->statements.all[place];
	char number[24];
	const char *values[] = { module->module, number, kinds[one->kind], one->name, one->file,
		one->checksum };

	snprintf(number, sizeof number, "%zu", place);
	owned_result PGresult *done = migrate_query(run, "objects",
		"INSERT INTO pg_temp.wanted (module, place, kind, name, file, checksum)"
		" VALUES ($1, $2::int, $3, $4, $5, $6)",
		COUNT(values), values);
	return done && (one->kind != OBJECT_FUNCTION || try_twin(run, module, place));
}

/* Refuses objects that are defined twice. */
static bool stands_once(struct migrate_run *run)
{
	owned_result PGresult *rows = migrate_query(run, "objects",
		"SELECT kind, name, string_agg(module || '/objects/' || file, ', ' ORDER BY place)"
		" FROM pg_temp.wanted WHERE kind <> 'function' OR shape IS NOT NULL"
		" GROUP BY kind, name HAVING count(*) > 1",
		0, NULL);

	for (int row = 0; rows && row < PQntuples(rows); row++)
		buf_print(run->faults, "%s %s stands more than once: %s\n",
			PQgetvalue(rows, row, 0), PQgetvalue(rows, row, 1),
			PQgetvalue(rows, row, 2));
	return rows && PQntuples(rows) == 0;
}

static bool want_all(struct migrate_run *run, void *context)
{
	(void)context;
	if (!migrate_execute(run, "objects", 0,
		    "CREATE TEMP TABLE wanted (module text, place int, kind text, name text,"
		    " file text, checksum text, shape text);"
		    "CREATE TEMP TABLE refused (kind text, name text);"
		    "CREATE TEMP TABLE doomed (module text, at int, place int, kind text,"
		    " name text, drop text);"
		    "SET LOCAL check_function_bodies = off"))
		return false;
	for (size_t m = 0; m < MIGRATION_MODULES; m++) {
		struct object_module *module = &run->files.objects[m];
		for (size_t i = 0; i < module->statements.count; i++) {
			if (module->statements.all[i].kind != OBJECT_GRANT && !want(run, module, i))
				return false;
		}
	}
	return read_twins(run) && stands_once(run);
}

/* ---- what has to go ---- */

static bool doom(struct migrate_run *run, void *context)
{
	(void)context;
	return migrate_execute(run, "objects", 0,
		"DELETE FROM pg_temp.doomed;"
		"INSERT INTO pg_temp.doomed "
		"WITH RECURSIVE registered AS MATERIALIZED " REGISTERED ","
		" first AS (SELECT r.classid, r.oid FROM registered r"
		"  LEFT JOIN pg_temp.wanted w ON (w.kind, w.name) = (r.kind, r.name)"
		"  WHERE w.name IS NULL OR w.shape <> r.shape"
		"   OR (r.kind, r.name) IN (SELECT f.kind, f.name FROM pg_temp.refused f))," HANGING
		"SELECT r.module, " MODULE_PLACE ", r.place, r.kind, r.name, r.drop"
		" FROM registered r JOIN gone g ON (g.classid, g.oid) = (r.classid, r.oid)");
}

/* Modules that lose an object must be created again. Returns their number, or -1 on a fault. */
static int find_doomed(struct migrate_run *run, bool due[MIGRATION_MODULES])
{
	owned_result PGresult *rows = migrate_query(
		run, "objects", "SELECT DISTINCT at - 1 FROM pg_temp.doomed", 0, NULL);

	for (int row = 0; rows && row < PQntuples(rows); row++) {
		int64_t at;
		if (str_to_i64(PQgetvalue(rows, row, 0), &at) && at >= 0 && at < MIGRATION_MODULES)
			due[at] = true;
	}
	return rows ? PQntuples(rows) : -1;
}

/* Runs the statements in the first column of a query's result, for one module. */
static int run_each(struct migrate_run *run, const char *module, const char *query)
{
	owned_result PGresult *rows = migrate_query(run, "objects", query, 1, &module);

	for (int row = 0; rows && row < PQntuples(rows); row++) {
		if (!migrate_execute(run, PQgetvalue(rows, row, 0), 0, PQgetvalue(rows, row, 0)))
			return -1;
	}
	return rows ? PQntuples(rows) : -1;
}

/* Later modules first; within a module, the most recently created object first. */
static bool drop_doomed(struct migrate_run *run, struct group *group)
{
	for (int m = MIGRATION_MODULES - 1; m >= 0; m--) {
		int dropped = !group->in[m]
				      ? 0
				      : run_each(run, run->files.objects[m].module,
						"SELECT drop FROM pg_temp.doomed WHERE module = $1"
						" ORDER BY place DESC");
		if (dropped < 0)
			return false;
		group->dropped += dropped;
	}
	return true;
}

/* ---- making ---- */

/* Revokes the grants of objects that stay; they are granted again, so that a grant that is no
 * longer written disappears. */
static bool take_grants_back(struct migrate_run *run, const char *module)
{
	return run_each(run, module,
		       "WITH registered AS MATERIALIZED " REGISTERED " SELECT DISTINCT "
		       "format('REVOKE ALL ON %s FROM %s', o.said, CASE a.grantee WHEN 0 THEN "
		       "'PUBLIC' ELSE a.grantee::regrole::text END)"
		       " FROM (SELECT 'FUNCTION ' || p.oid::regprocedure AS said, p.proowner AS "
		       "own,"
		       "   coalesce(p.proacl, acldefault('f', p.proowner)) AS acl"
		       "  FROM registered r JOIN pg_proc p ON p.oid = r.oid"
		       "  WHERE r.kind = 'function' AND r.module = $1"
		       "  UNION ALL SELECT c.oid::regclass::text, c.relowner, x.acl"
		       "  FROM registered r JOIN pg_class c ON c.oid = r.oid, LATERAL ("
		       "   SELECT c.relacl UNION ALL SELECT t.attacl FROM pg_attribute t"
		       "   WHERE t.attrelid = c.oid) x (acl)"
		       "  WHERE r.kind = 'view' AND r.module = $1) o, aclexplode(o.acl) a"
		       " WHERE a.grantee <> o.own") >= 0;
}

/* Whatever depends on a recreated view is recreated too, in this module and in later ones: it may
 * contain SELECT *. The mark is set in the same transaction, so that the next run completes this
 * one if it ends here. */
static bool mark_stale(struct migrate_run *run, const char *module)
{
	owned_result PGresult *done = migrate_query(run, "objects",
		"WITH RECURSIVE registered AS MATERIALIZED " REGISTERED ","
		" first AS (SELECT r.classid, r.oid FROM registered r JOIN pg_temp.wanted w"
		"  ON (w.kind, w.name) = (r.kind, r.name)"
		"  WHERE r.kind = 'view' AND r.module = $1 AND r.checksum <> w.checksum), " HANGING
		","
		" stale AS (UPDATE common.object o SET checksum = '' FROM registered r"
		"  JOIN gone g ON (g.classid, g.oid) = (r.classid, r.oid)"
		"  WHERE (o.kind, o.name) = (r.kind, r.name) RETURNING o.module)"
		" UPDATE common.object_set s SET checksum = '' WHERE s.module IN"
		" (SELECT module FROM stale)",
		1, &module);

	return done != NULL;
}

/* Finds the statements whose objects exist unchanged: they are left alone. */
static bool find_kept(struct migrate_run *run, const struct object_module *module, bool *kept)
{
	owned_result PGresult *rows = migrate_query(run, "objects",
		"SELECT w.place FROM pg_temp.wanted w JOIN " REGISTERED " r"
		" ON (r.module, r.kind, r.name, r.checksum) = (w.module, w.kind, w.name, "
		"w.checksum)"
		" WHERE w.module = $1",
		1, &module->module);

	for (int row = 0; rows && row < PQntuples(rows); row++) {
		int64_t place;
		if (str_to_i64(PQgetvalue(rows, row, 0), &place) && place >= 0 &&
			(size_t)place < module->statements.count)
			kept[place] = true;
	}
	return rows != NULL;
}

static bool make_one(struct migrate_run *run, struct group *group,
	const struct object_module *module, const struct object_statement *one)
{
	struct buf what = BUF_INIT(512);
	const char *said = place_of(module, one, &what);

	group->module = (int)(module - run->files.objects);
	group->place = one->kind == OBJECT_FUNCTION || one->kind == OBJECT_VIEW
			       ? (int)(one - module->statements.all)
			       : -1;
	bool done = migrate_execute(run, said, one->line,
			    one->guard ? "SET LOCAL ROLE guard" : "SET LOCAL ROLE owner") &&
		    migrate_execute(run, said, one->line, one->text);
	if (done && one->late)
		done = migrate_execute(run, said, one->line, "SET LOCAL ROLE owner") &&
		       make_twin(run, module, (size_t)(one - module->statements.all)) &&
		       read_twins(run);
	buf_release(&what);
	if (done)
		group->place = -1;
	group->made += one->kind != OBJECT_GRANT;
	return done;
}

/* Allows guard to create functions in the schema during this transaction. */
static bool let_guard(struct migrate_run *run, const struct object_module *module, bool may)
{
	struct buf sql = BUF_INIT(256);
	bool wanted = false;

	for (size_t i = 0; i < module->statements.count; i++)
		wanted = wanted || module->statements.all[i].guard;
	buf_print(&sql, "SET LOCAL ROLE owner; %s CREATE ON SCHEMA %s %s guard",
		may ? "GRANT" : "REVOKE", module->module, may ? "TO" : "FROM");
	bool done = buf_ok(&sql) && (!wanted || migrate_execute(run, "objects", 0, sql.data));
	buf_release(&sql);
	return done;
}

static bool record_made(struct migrate_run *run, const struct object_module *module)
{
	const char *values[] = { module->module, module->checksum };

	if (!migrate_execute(run, "objects", 0, "SET LOCAL ROLE owner"))
		return false;
	owned_result PGresult *done = migrate_query(run, "objects",
		"WITH learnt AS (DELETE FROM pg_temp.refused f USING pg_temp.wanted w"
		"  WHERE (w.kind, w.name) = (f.kind, f.name) AND w.module = $1),"
		" gone AS (DELETE FROM common.object o WHERE o.module = $1 AND NOT EXISTS"
		"  (SELECT FROM pg_temp.wanted w WHERE (w.kind, w.name) = (o.kind, o.name))),"
		" one AS (INSERT INTO common.object (module, place, kind, name, file, checksum)"
		"  SELECT module, place, kind, name, file, checksum FROM pg_temp.wanted"
		"  WHERE module = $1 ON CONFLICT (kind, name) DO UPDATE SET module = $1,"
		"  place = excluded.place, file = excluded.file, checksum = excluded.checksum)"
		" INSERT INTO common.object_set AS s (module, checksum) VALUES ($1, $2)"
		" ON CONFLICT (module) DO UPDATE SET checksum = $2, applied_at = pg_catalog.now()",
		COUNT(values), values);
	return done != NULL;
}

static bool make_module(struct migrate_run *run, struct group *group, int m)
{
	const struct object_module *module = &run->files.objects[m];
	bool *kept = calloc(module->statements.count + 1, sizeof *kept);
	bool good = kept && migrate_execute(run, "objects", 0, "SET LOCAL ROLE none") &&
		    take_grants_back(run, module->module) && mark_stale(run, module->module) &&
		    find_kept(run, module, kept) && let_guard(run, module, true);

	for (size_t i = 0; good && i < module->statements.count; i++) {
		if (kept[i])
			group->kept++;
		else
			good = make_one(run, group, module, &module->statements.all[i]);
	}
	free(kept);
	return good && let_guard(run, module, false) && record_made(run, module);
}

/* Locks the tables whose triggers are created again before any view is locked: a writer locks its
 * table before it reads a view, so the other order would deadlock again and again. */
static bool lock_tables(struct migrate_run *run, const char *module)
{
	return run_each(run, module,
		       "SELECT format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', t.name) FROM ("
		       " SELECT DISTINCT substring(w.name FROM ' on (.*)$') AS name"
		       " FROM pg_temp.wanted w WHERE w.module = $1 AND w.kind = 'trigger'"
		       " AND NOT EXISTS (SELECT FROM common.object o WHERE (o.kind, o.name, "
		       "o.checksum)"
		       "  = (w.kind, w.name, w.checksum))) t ORDER BY t.name") >= 0;
}

static bool make_group(struct migrate_run *run, void *context)
{
	struct group *group = context;

	group->dropped = group->made = group->kept = 0;
	group->place = -1;
	if (!migrate_execute(run, "objects", 0, "SET LOCAL ROLE none"))
		return false;
	for (int m = 0; m < MIGRATION_MODULES; m++) {
		if (group->in[m] && !lock_tables(run, run->files.objects[m].module))
			return false;
	}
	if (!drop_doomed(run, group))
		return false;
	for (int m = 0; m < MIGRATION_MODULES; m++) {
		if (group->in[m] && !make_module(run, group, m))
			return false;
	}
	return true;
}

/* Whether the statement was refused because the existing object cannot be replaced. If so, the
 * object is dropped first on the next attempt; true only once per object. */
static bool learn(struct migrate_run *run, const struct group *group)
{
	static const char *const states[] = { "42P16", "42P13", "42501" };
	char place[24];
	bool irreplaceable = false;

	for (size_t i = 0; i < COUNT(states); i++)
		irreplaceable = irreplaceable || str_equal(run->sqlstate, states[i]);
	if (!irreplaceable || group->place < 0)
		return false;
	snprintf(place, sizeof place, "%d", group->place);
	const char *values[] = { run->files.objects[group->module].module, place };
	owned_result PGresult *rows = migrate_query(run, "objects",
		"INSERT INTO pg_temp.refused SELECT w.kind, w.name FROM pg_temp.wanted w"
		" WHERE w.module = $1 AND w.place = $2::int AND EXISTS (SELECT FROM common.object o"
		"  WHERE (o.kind, o.name) = (w.kind, w.name)) AND NOT EXISTS (SELECT"
		"  FROM pg_temp.refused f WHERE (f.kind, f.name) = (w.kind, w.name)) RETURNING 1",
		COUNT(values), values);
	return rows && PQntuples(rows) == 1;
}

static bool apply_group(struct migrate_run *run, struct group *group, bool *ret_again)
{
	uint64_t began = clock_monotonic_us();
	size_t before = run->faults->len;
	struct buf names = BUF_INIT(256);

	for (int m = 0; m < MIGRATION_MODULES; m++) {
		if (group->in[m])
			buf_print(&names, "%s%s/objects", names.len > 0 ? ", " : "",
				run->files.objects[m].module);
	}
	bool done = buf_ok(&names) && migrate_transact(run, names.data, make_group, group);
	if (done)
		fprintf(run->out, "%s applied in %llu ms: %d dropped, %d made, %d as they were\n",
			names.data, (unsigned long long)((clock_monotonic_us() - began) / 1000),
			group->dropped, group->made, group->kept);
	fflush(run->out);
	buf_release(&names);
	if (!done && learn(run, group)) {
		run->faults->len = before;
		*ret_again = true;
	}
	return done;
}

/* ---- what waits ---- */

static bool module_due(struct migrate_run *run, const struct object_module *module, bool *ret_due)
{
	const char *values[] = { module->module, module->checksum };
	owned_result PGresult *rows = migrate_query(run, "objects",
		"SELECT was.sum <> $2 OR EXISTS (SELECT FROM common.object o WHERE o.module = $1"
		"  AND NOT EXISTS (SELECT FROM " REGISTERED
		" r WHERE (r.kind, r.name) = (o.kind, o.name))), was.sum <> '' AND $2 = ''"
		" FROM (SELECT coalesce((SELECT s.checksum FROM common.object_set s"
		"  WHERE s.module = $1), '') AS sum) was",
		COUNT(values), values);

	if (rows && PQgetvalue(rows, 0, 1)[0] == 't')
		buf_print(run->faults, "%s/objects were applied and are missing here\n",
			module->module);
	*ret_due = rows && PQgetvalue(rows, 0, 0)[0] == 't';
	return rows && PQgetvalue(rows, 0, 1)[0] != 't';
}

bool migrate_objects_due(struct migrate_run *run, bool ret_due[MIGRATION_MODULES])
{
	bool there;

	if (!migrate_exists(run, "to_regclass('common.object')", &there) ||
		!migrate_execute(run, "objects", 0, "SET search_path = pg_catalog, pg_temp"))
		return false;
	for (size_t i = 0; i < MIGRATION_MODULES; i++) {
		ret_due[i] = true;
		if (there && !module_due(run, &run->files.objects[i], &ret_due[i]))
			return false;
	}
	return true;
}

/* One transaction for the first module that is due, or for all due modules if the dropped objects
 * belong to several. *ret_left: whether one was due. */
static bool apply_next(struct migrate_run *run, bool *ret_left)
{
	bool due[MIGRATION_MODULES], again = false;
	struct group group = { 0 };
	int first = 0;

	if (!migrate_objects_due(run, due))
		return false;
	while (first < MIGRATION_MODULES && !due[first])
		first++;
	*ret_left = first < MIGRATION_MODULES;
	if (!*ret_left)
		return true;
	int losing = migrate_transact(run, "objects", doom, NULL) ? find_doomed(run, due) : -1;
	if (losing < 0)
		return false;
	if (losing > 1) {
		memcpy(group.in, due, sizeof group.in);
	} else {
		first = 0;
		while (!due[first])
			first++;
		group.in[first] = true;
	}
	return apply_group(run, &group, &again) || again;
}

bool migrate_objects_apply(struct migrate_run *run)
{
	bool due[MIGRATION_MODULES], left = false;

	if (!migrate_objects_due(run, due))
		return false;
	for (size_t i = 0; i < MIGRATION_MODULES; i++)
		left = left || due[i];
	if (!left) {
		fputs("objects are as they were\n", run->out);
		return true;
	}
	if (!migrate_transact(run, "objects", want_all, NULL))
		return false;
	for (int i = 0; left && i < ROUNDS_MOST; i++) {
		if (!apply_next(run, &left))
			return false;
	}
	if (left)
		buf_text(run->faults, "objects still differ after they were made\n");
	return !left;
}
