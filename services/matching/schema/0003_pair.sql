-- Pairs and private conflicts of interest. Alive = proposed, active or suspended: that keeps the
-- place and the uniqueness; safety is judged for proposed and active (0004_safety.sql).
CREATE TABLE matching.pair (
	id uuid CONSTRAINT pair_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT pair_programme REFERENCES matching.programme (id),
	mentor_id uuid NOT NULL,
	mentee_id uuid NOT NULL CONSTRAINT pair_two_people CHECK (mentee_id <> mentor_id),
	mentor_enrolment_id uuid NOT NULL CONSTRAINT pair_mentor_enrolment REFERENCES matching.enrolment (id),
	mentee_enrolment_id uuid NOT NULL CONSTRAINT pair_mentee_enrolment REFERENCES matching.enrolment (id),
	shortlist_id uuid CONSTRAINT pair_shortlist REFERENCES matching.shortlist (id),
	origin text NOT NULL DEFAULT 'pick' CONSTRAINT pair_origin CHECK (origin IN ('pick', 'manual')),
	status text NOT NULL,
	step text NOT NULL,
	came_from text,            -- proposed or active while it is suspended: what a resumption returns to
	reason text,               -- code: of suspended, declined, ended
	answer_by timestamptz CONSTRAINT pair_answer_by CHECK (answer_by IS NOT NULL OR status <> 'proposed'),
	accepted_at timestamptz,
	ended_at timestamptz,
	suspended_until date,
	safe_since timestamptz,    -- of a suspended one: since when nothing stands against its resumption
	resumed_at timestamptz,    -- the last time
	min_gap smallint,          -- the programme's policy when the pair was made
	line_distance smallint,    -- likewise, or what the round granted; null: any depth is too close
	score int,
	reasons json NOT NULL DEFAULT '{}',
	note text,                 -- of a manual pair: why
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT pair_suspended CHECK ((status = 'suspended') = (suspended_until IS NOT NULL))
);
-- Two people have at most one live pair over all programmes, whoever is the mentor.
CREATE UNIQUE INDEX pair_partners_once ON matching.pair (least(mentor_id, mentee_id), greatest(mentor_id, mentee_id))
	WHERE status IN ('proposed', 'active', 'suspended');
CREATE INDEX pair_mentor ON matching.pair (mentor_id, id);
CREATE INDEX pair_mentee ON matching.pair (mentee_id, id);
CREATE INDEX pair_by_programme ON matching.pair (programme_id, id);
CREATE INDEX pair_unanswered ON matching.pair (answer_by) WHERE status = 'proposed';
CREATE INDEX pair_suspended_until ON matching.pair (suspended_until) WHERE status = 'suspended';
CREATE INDEX pair_shortlist ON matching.pair (shortlist_id);
CREATE INDEX pair_mentee_part ON matching.pair (mentee_enrolment_id);
CREATE INDEX pair_unanswered_in ON matching.pair (programme_id) WHERE status = 'proposed';
CREATE INDEX pair_suspended_in ON matching.pair (programme_id) WHERE status = 'suspended';

-- Who is not offered to this mentee again in this programme.
CREATE TABLE matching.declined (
	programme_id uuid NOT NULL CONSTRAINT declined_programme REFERENCES matching.programme (id),
	mentee_id uuid NOT NULL,
	mentor_id uuid NOT NULL,
	reason text NOT NULL CONSTRAINT declined_reason CHECK (reason IN ('declined', 'expired', 'refreshed')),
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT declined_once PRIMARY KEY (programme_id, mentee_id, mentor_id)
);

-- Ids are random and no time is kept: neither may tell when somebody wrote one.
CREATE TABLE matching.exclusion (
	id uuid CONSTRAINT exclusion_id PRIMARY KEY,
	author_id uuid NOT NULL,
	other_id uuid NOT NULL CONSTRAINT exclusion_two_people CHECK (other_id <> author_id),
	note text,
	version bigint NOT NULL DEFAULT 1,
	CONSTRAINT exclusion_once UNIQUE (author_id, other_id)
);
CREATE INDEX exclusion_other ON matching.exclusion (other_id, author_id);

GRANT SELECT, INSERT (id, programme_id, mentor_id, mentee_id, mentor_enrolment_id, mentee_enrolment_id,
		shortlist_id, origin, step, answer_by, score, reasons, note),
	UPDATE (step, reason, answer_by, suspended_until, safe_since)
	ON matching.pair TO upward_matching;
GRANT SELECT, INSERT ON matching.declined TO upward_matching;
GRANT SELECT, INSERT, UPDATE (note, version), DELETE ON matching.exclusion TO upward_matching;
