-- What to do if the rules of a collation are no longer those with which indexes were built (because an
-- operating system upgrade brought another version): a line for each index, then one that records it as
-- done. The index of an exclusion constraint cannot be rebuilt concurrently.
CREATE OR REPLACE FUNCTION common.changed_collations() RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
WITH changed AS (
		SELECT c.oid, format('collation %I', c.collname) AS name, c.collversion AS was,
			pg_collation_actual_version(c.oid) AS version,
			format('ALTER COLLATION %s REFRESH VERSION', c.oid::regcollation) AS refresh
		FROM pg_collation c WHERE c.oid IN (SELECT a.attcollation FROM pg_attribute a)
		UNION ALL
		SELECT '"default"'::regcollation, format('collation of the database %I', d.datname), d.datcollversion,
			pg_database_collation_actual_version(d.oid),
			format('ALTER DATABASE %I REFRESH COLLATION VERSION', d.datname)
		FROM pg_database d WHERE d.datname = current_database()),
	used AS (
		SELECT DISTINCT c.oid, i.indexrelid,
			CASE WHEN i.indisexclusion THEN '' ELSE 'CONCURRENTLY ' END AS way
		FROM changed c, pg_index i JOIN pg_class x ON x.oid = i.indexrelid
		WHERE x.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
			AND (c.oid = ANY (i.indcollation) OR EXISTS (SELECT FROM pg_depend d
				WHERE (d.classid, d.objid, d.refclassid, d.refobjid)
					= ('pg_class'::regclass, i.indexrelid, 'pg_collation'::regclass, c.oid))))
SELECT format('%s: version %s was recorded, %s is installed: %s;', c.name, c.was, c.version,
	coalesce('REINDEX INDEX ' || u.way || u.indexrelid::regclass, c.refresh))
FROM changed c
	JOIN (SELECT oid, indexrelid, way FROM used UNION ALL SELECT oid, NULL, NULL FROM changed) u USING (oid)
WHERE c.was <> c.version
ORDER BY c.name, u.indexrelid::regclass::text NULLS LAST
$$;
