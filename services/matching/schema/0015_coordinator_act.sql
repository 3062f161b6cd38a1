-- What coordinators did in the place of somebody: a step of an enrolment, a pick, the answer to a pick.
CREATE TABLE matching.coordinator_act (
	id uuid NOT NULL DEFAULT common.new_id() CONSTRAINT coordinator_act_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT coordinator_act_programme REFERENCES matching.programme (id),
	enrolment_id uuid NOT NULL CONSTRAINT coordinator_act_enrolment REFERENCES matching.enrolment (id),
	person_id uuid NOT NULL,   -- for whom it was done
	act text NOT NULL,
	pair_id uuid CONSTRAINT coordinator_act_pair REFERENCES matching.pair (id),
	coordinator_id uuid,
	note text NOT NULL CONSTRAINT coordinator_act_note_some CHECK (note <> ''),
	overrides text[] NOT NULL DEFAULT '{}',  -- rules that the coordinator set aside
	at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX coordinator_act_by_enrolment ON matching.coordinator_act (enrolment_id, id);
CREATE INDEX coordinator_act_by_pair ON matching.coordinator_act (pair_id) WHERE pair_id IS NOT NULL;
GRANT SELECT, INSERT ON matching.coordinator_act TO upward_matching;
