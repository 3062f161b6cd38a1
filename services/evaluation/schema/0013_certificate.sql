-- What a mentor or mentee has completed, signed. One per pair and person; a withdrawn one can be issued anew.
CREATE TABLE evaluation.certificate (
	id uuid CONSTRAINT certificate_id PRIMARY KEY,
	person_id uuid NOT NULL,
	pair_id uuid NOT NULL,
	programme_id uuid NOT NULL,
	facts json NOT NULL,             -- the very text that is signed
	signature text NOT NULL CONSTRAINT certificate_signature CHECK (length(signature) = 86),
	show_name boolean NOT NULL DEFAULT false,   -- to whoever has the URL
	status text NOT NULL,
	step text NOT NULL DEFAULT 'issue',
	came_from text,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE UNIQUE INDEX certificate_once ON evaluation.certificate (person_id, pair_id) WHERE status = 'issued';
SELECT common.attach_lifecycle('evaluation.certificate', 'certificate');
GRANT SELECT, INSERT, UPDATE (step, show_name) ON evaluation.certificate TO upward_evaluation;
