-- Counts that would take too long to take again for each reader, such as those on a programme's page. A
-- counter is the sum of its rows: a writer adds to a row that nobody else has locked, so that transactions
-- that count the same thing neither wait for each other nor deadlock.
CREATE TABLE common.counter (
	id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT counter_id PRIMARY KEY,
	about uuid NOT NULL,            -- a programme
	name text NOT NULL,             -- what is counted: 'pair active'
	value bigint NOT NULL           -- a part of the count; it may be negative
);
ALTER TABLE common.counter SET (fillfactor = 50);
CREATE INDEX counter_of ON common.counter (about, name, id);

-- Adds to a counter. It has as many rows as there have been writers at once.
CREATE FUNCTION common.add_to_counter(about uuid, name text, change bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	part bigint;
BEGIN
	SELECT c.id INTO part FROM common.counter c
	WHERE c.about = add_to_counter.about AND c.name = add_to_counter.name
	ORDER BY c.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
	IF FOUND THEN
		UPDATE common.counter c SET value = c.value + change WHERE c.id = part;
	ELSE
		INSERT INTO common.counter (about, name, value)
		VALUES (add_to_counter.about, add_to_counter.name, change);
	END IF;
END $$;

-- Gives a table the triggers that count what a statement added or changed. `counts` reads the transition
-- tables new_rows and, after an update, old_rows. Called by the file that counts what is there already: what
-- changed between that and a trigger made later would never be counted.
CREATE FUNCTION common.attach_counters(counted regclass, counts regproc) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER counter_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
		FOR EACH STATEMENT EXECUTE FUNCTION %s()', counted, counts);
	EXECUTE format('CREATE TRIGGER counter_update AFTER UPDATE ON %s
		REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
		FOR EACH STATEMENT EXECUTE FUNCTION %s()', counted, counts);
END $$;
