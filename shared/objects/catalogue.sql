-- Everything in one schema about a person that they may see: an array of objects for each table. Runs with
-- the rights of the schema's owner, and is called by the service's export_person().
CREATE OR REPLACE FUNCTION common.export_rows(schema_name text, person uuid) RETURNS json
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	one record;
	part json;
	made jsonb := '{}';
BEGIN
	FOR one IN SELECT c.table_name, c.person, string_agg(CASE WHEN c.owned IS NULL THEN c.export
				ELSE format('CASE WHEN %s THEN %s END', c.owned, c.export) END
				|| format(' AS %I', c.column_name), ', ' ORDER BY c.place) AS shown
			FROM common.catalogue c WHERE c.schema_name = $1 AND c.export IS NOT NULL
			GROUP BY c.table_name, c.person
	LOOP
		EXECUTE format('SELECT coalesce(json_agg(x), ''[]'') FROM (SELECT %s FROM %I.%I WHERE %s) x',
			one.shown, $1, one.table_name, one.person) INTO part USING person;
		made := made || jsonb_build_object(one.table_name, part);
	END LOOP;
	RETURN made;
END $$;

-- Removes from one schema what must not outlive the person; called by erase_person(). The rows that stay
-- refer to them by an id that belongs to a former colleague.
CREATE OR REPLACE FUNCTION common.erase_rows(schema_name text, person uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	one record;
BEGIN
	FOR one IN SELECT c.table_name, c.gone, c.touches, string_agg(format('%I = ', c.column_name)
				|| CASE WHEN c.owned IS NULL THEN c.erase
				ELSE format('CASE WHEN %s THEN %s ELSE %I END', c.owned, c.erase, c.column_name) END,
					', ') AS changed
			FROM common.catalogue c WHERE c.schema_name = $1 AND (c.gone IS NOT NULL OR c.touches IS NOT NULL)
			GROUP BY c.table_name, c.gone, c.touches ORDER BY min(c.place)
	LOOP
		IF one.gone IS NOT NULL THEN
			EXECUTE format('DELETE FROM %I.%I WHERE %s', $1, one.table_name, one.gone) USING person;
		END IF;
		IF one.changed IS NOT NULL THEN
			EXECUTE format('UPDATE %I.%I SET %s WHERE %s', $1, one.table_name, one.changed,
				one.touches) USING person;
		END IF;
	END LOOP;
END $$;
