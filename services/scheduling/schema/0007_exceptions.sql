-- Exceptions from a person's weekly hours: days or hours away, and extra hours. Wall-clock time wherever the
-- person is, as weekly hours are.
CREATE TABLE scheduling.exception (
	id uuid CONSTRAINT exception_id PRIMARY KEY,
	person_id uuid NOT NULL,
	kind text NOT NULL CONSTRAINT exception_kind CHECK (kind IN ('away', 'extra')),
	starts_on date NOT NULL,
	ends_on date NOT NULL,     -- the last day
	starts time,               -- with ends: hours of one day; null: whole days
	ends time,                 -- up to 24:00
	note text,                 -- for the person alone
	during tsrange NOT NULL GENERATED ALWAYS AS (tsrange(starts_on + coalesce(starts, time '00:00'),
		ends_on + coalesce(ends, time '24:00'))) STORED,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT exception_hours CHECK ((starts IS NULL) = (ends IS NULL)
		AND (starts IS NULL OR starts_on = ends_on)),
	CONSTRAINT exception_extra CHECK (kind = 'away' OR starts IS NOT NULL),
	CONSTRAINT exception_apart EXCLUDE USING gist (person_id WITH =, kind WITH =, during WITH &&)
);
CREATE INDEX exception_person ON scheduling.exception (person_id, starts_on, id);
GRANT SELECT, INSERT, DELETE ON scheduling.exception TO upward_scheduling;
