-- Objections to being matched automatically. Until a coordinator decides, and after the decision that
-- somebody is matched by hand, the enrolment is in no round.
CREATE TABLE matching.objection (
	id uuid CONSTRAINT objection_id PRIMARY KEY,
	enrolment_id uuid NOT NULL CONSTRAINT objection_enrolment REFERENCES matching.enrolment (id),
	programme_id uuid NOT NULL CONSTRAINT objection_programme REFERENCES matching.programme (id),
	person_id uuid NOT NULL,
	reason text CONSTRAINT objection_reason_some CHECK (reason <> ''),
	decision text CONSTRAINT objection_decision CHECK (decision IN ('by_hand', 'rounds')),
	note text CONSTRAINT objection_note_some CHECK (note <> ''),  -- of the coordinator, to the person
	decided_by uuid,
	decided_at timestamptz,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT objection_when CHECK ((decision IS NULL) = (decided_at IS NULL))
);
CREATE UNIQUE INDEX objection_in_force ON matching.objection (enrolment_id)
	WHERE decision IS DISTINCT FROM 'rounds';
CREATE INDEX objection_open ON matching.objection (programme_id) WHERE decision IS NULL;
CREATE INDEX objection_by_enrolment ON matching.objection (enrolment_id, id);
GRANT SELECT, INSERT (id, enrolment_id, programme_id, person_id, reason),
	UPDATE (decision, note, decided_by, decided_at, version, updated_at), DELETE
	ON matching.objection TO upward_matching;
