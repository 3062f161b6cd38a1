-- Feedback of one member of a pair. Confidential: ids are random, no time and no version is kept,
-- and row security lets only its author through, whatever a statement forgets to ask; the partner too
-- once the batch is released (0004).
CREATE SCHEMA evaluation;
GRANT USAGE ON SCHEMA evaluation TO upward_evaluation;

CREATE TABLE evaluation.feedback (
	id uuid CONSTRAINT feedback_id PRIMARY KEY,
	pair_id uuid NOT NULL,
	programme_id uuid NOT NULL,
	session_id uuid,
	author_id uuid NOT NULL,
	subject_id uuid NOT NULL CONSTRAINT feedback_two_people CHECK (subject_id <> author_id),
	occasion text NOT NULL DEFAULT 'session'
		CONSTRAINT feedback_occasion CHECK (occasion IN ('session', 'midpoint', 'closing')),
	visibility text NOT NULL
		CONSTRAINT feedback_visibility CHECK (visibility IN ('private', 'partner', 'programme')),
	rating smallint CONSTRAINT feedback_rating CHECK (rating BETWEEN 1 AND 5),
	comment text,
	CONSTRAINT feedback_says_something CHECK (rating IS NOT NULL OR comment IS NOT NULL)
);
CREATE INDEX feedback_author ON evaluation.feedback (author_id, id);

-- A write has app.actor from its pipeline. A read sets it itself, in a FROM clause that the rest
-- hangs on: FROM evaluation.acting(:actor) a, LATERAL (SELECT … WHERE author_id = a.actor OFFSET 0) f.
CREATE FUNCTION evaluation.acting(who uuid, OUT actor uuid) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	PERFORM set_config('app.actor', who::text, true);
	actor := who;
END $$;
GRANT EXECUTE ON FUNCTION evaluation.acting(uuid) TO upward_evaluation;

ALTER TABLE evaluation.feedback ENABLE ROW LEVEL SECURITY;
ALTER TABLE evaluation.feedback FORCE ROW LEVEL SECURITY;
CREATE POLICY feedback_author ON evaluation.feedback
	USING (author_id = nullif(current_setting('app.actor', true), '')::uuid)
	WITH CHECK (author_id = nullif(current_setting('app.actor', true), '')::uuid);
GRANT SELECT, INSERT ON evaluation.feedback TO upward_evaluation;
