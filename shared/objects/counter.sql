-- What a counter (common.add_to_counter) has come to.
CREATE OR REPLACE FUNCTION common.count_of(about uuid, name text) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT coalesce(sum(c.value), 0) FROM common.counter c
		WHERE c.about = count_of.about AND c.name = count_of.name);
END $$;
