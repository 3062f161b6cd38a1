-- Check-ins between sessions, on a cadence and a channel of their own. Those of an agreement are made when it
-- is signed; the two can add others. Their life cycle is in the contract (x-lifecycle).
CREATE TABLE scheduling.touchpoint (
	id uuid CONSTRAINT touchpoint_id PRIMARY KEY,
	pair_id uuid NOT NULL,
	agreement_id uuid CONSTRAINT touchpoint_agreement REFERENCES scheduling.agreement (id),
	number int,                -- within the agreement; both null: added by hand
	due_on date NOT NULL,
	channel text NOT NULL CONSTRAINT touchpoint_channel CHECK (channel IN ('chat', 'email', 'phone')),
	status text NOT NULL,
	step text NOT NULL DEFAULT 'creation',
	came_from text,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT touchpoint_number UNIQUE (agreement_id, number),
	CONSTRAINT touchpoint_planned CHECK ((agreement_id IS NULL) = (number IS NULL))
);
CREATE INDEX touchpoint_pair ON scheduling.touchpoint (pair_id, due_on, id);
CREATE INDEX touchpoint_due ON scheduling.touchpoint (due_on, pair_id) WHERE status = 'due';
GRANT SELECT, INSERT, UPDATE ON scheduling.touchpoint TO upward_scheduling;

SELECT common.attach_lifecycle('scheduling.touchpoint', 'touchpoint');
