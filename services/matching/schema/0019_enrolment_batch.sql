-- Batches of enrolments, and what became of each row; kept as long as an Idempotency-Key.
CREATE TABLE matching.enrolment_batch (
	id uuid CONSTRAINT enrolment_batch_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT enrolment_batch_programme REFERENCES matching.programme (id),
	items jsonb NOT NULL,
	created_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX enrolment_batch_age ON matching.enrolment_batch (created_at);
GRANT SELECT, INSERT, DELETE ON matching.enrolment_batch TO upward_matching;
