-- Matching runs and what they propose: exactly three mentors a mentee, fewer only with a reason.
CREATE TABLE matching.round (
	id uuid CONSTRAINT round_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT round_programme REFERENCES matching.programme (id),
	status text NOT NULL,
	step text NOT NULL DEFAULT 'creation',
	came_from text,
	what_if boolean NOT NULL DEFAULT false,
	policy_number int NOT NULL,
	seed bigint NOT NULL DEFAULT 0,
	input_hash text,
	progress smallint NOT NULL DEFAULT 0 CONSTRAINT round_progress CHECK (progress BETWEEN 0 AND 100),
	mentees int NOT NULL DEFAULT 0,
	mentors int NOT NULL DEFAULT 0,
	shortlists int NOT NULL DEFAULT 0,
	unmatched int NOT NULL DEFAULT 0,
	total_score bigint NOT NULL DEFAULT 0,
	reason text,               -- of failed, cancelled: a code
	requested_by uuid,
	leased_until timestamptz,  -- the worker's lease, in real time; null: the next one may take it
	leased_by uuid,            -- drawn with every lease: who lost it stores nothing any more
	attempts smallint NOT NULL DEFAULT 0,
	started_at timestamptz,
	finished_at timestamptz,
	published_at timestamptz,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT round_policy FOREIGN KEY (programme_id, policy_number)
		REFERENCES matching.policy (programme_id, number)
);
CREATE UNIQUE INDEX round_one_at_a_time ON matching.round (programme_id)
	WHERE status IN ('queued', 'running') AND NOT what_if;
CREATE INDEX round_waiting ON matching.round (created_at) WHERE status IN ('queued', 'running');
CREATE INDEX round_in_hand ON matching.round (programme_id) WHERE status IN ('queued', 'running', 'ready') AND NOT what_if;
CREATE INDEX round_newest ON matching.round (programme_id, created_at DESC, id DESC);

-- A draft until its round is published; then the mentee picks until pick_by.
CREATE TABLE matching.shortlist (
	id uuid CONSTRAINT shortlist_id PRIMARY KEY,
	round_id uuid NOT NULL CONSTRAINT shortlist_round REFERENCES matching.round (id),
	programme_id uuid NOT NULL CONSTRAINT shortlist_programme REFERENCES matching.programme (id),
	enrolment_id uuid NOT NULL CONSTRAINT shortlist_enrolment REFERENCES matching.enrolment (id),
	mentee_id uuid NOT NULL,
	status text NOT NULL,
	step text NOT NULL DEFAULT 'draft',
	came_from text,
	pick_by timestamptz CONSTRAINT shortlist_pick_by CHECK (pick_by IS NOT NULL OR status IN ('draft', 'withdrawn')),
	reason text,               -- why fewer than three: a code
	line_rule text NOT NULL DEFAULT 'any'
		CONSTRAINT shortlist_line_rule CHECK (line_rule IN ('any', 'distance', 'head_of_tree')),
	refresh_reason text,       -- the mentee's "none of these": a code
	refresh_of uuid CONSTRAINT shortlist_refresh_of REFERENCES matching.shortlist (id),
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE UNIQUE INDEX shortlist_one_open ON matching.shortlist (enrolment_id) WHERE status = 'open';
CREATE INDEX shortlist_by_round ON matching.shortlist (round_id, id);
CREATE INDEX shortlist_mentee ON matching.shortlist (mentee_id, id);
CREATE INDEX shortlist_due ON matching.shortlist (pick_by) WHERE status = 'open';
CREATE INDEX shortlist_enrolment ON matching.shortlist (enrolment_id, id);
CREATE INDEX shortlist_waiting ON matching.shortlist (programme_id) WHERE status IN ('open', 'expired');
CREATE INDEX shortlist_refreshes ON matching.shortlist (refresh_of) WHERE refresh_of IS NOT NULL;

-- rank and score are for programme admins; the mentee sees neither. reasons: shared ground.
CREATE TABLE matching.shortlist_entry (
	shortlist_id uuid NOT NULL CONSTRAINT shortlist_entry_shortlist REFERENCES matching.shortlist (id),
	mentor_id uuid NOT NULL,
	enrolment_id uuid NOT NULL CONSTRAINT shortlist_entry_enrolment REFERENCES matching.enrolment (id),
	rank smallint NOT NULL CONSTRAINT shortlist_entry_three CHECK (rank BETWEEN 1 AND 3),
	score int NOT NULL,
	reasons json NOT NULL DEFAULT '{}',
	line_distance smallint     -- granted: steps that are too close where the policy says any; else null
		CONSTRAINT shortlist_entry_line_distance CHECK (line_distance >= 2),
	CONSTRAINT shortlist_entry_once PRIMARY KEY (shortlist_id, mentor_id),
	CONSTRAINT shortlist_entry_rank UNIQUE (shortlist_id, rank)
);
CREATE INDEX shortlist_entry_mentor ON matching.shortlist_entry (mentor_id);

-- Mentees left without anybody, and why: counts of refused mentors per rule.
CREATE TABLE matching.round_unmatched (
	round_id uuid NOT NULL CONSTRAINT round_unmatched_round REFERENCES matching.round (id),
	enrolment_id uuid NOT NULL CONSTRAINT round_unmatched_enrolment REFERENCES matching.enrolment (id),
	person_id uuid NOT NULL,
	reason text NOT NULL,
	counts json NOT NULL DEFAULT '{}',
	CONSTRAINT round_unmatched_once PRIMARY KEY (round_id, enrolment_id)
);
CREATE INDEX round_unmatched_enrolment ON matching.round_unmatched (enrolment_id);

GRANT SELECT, INSERT, UPDATE ON matching.round, matching.shortlist TO upward_matching;
GRANT SELECT, INSERT, DELETE ON matching.shortlist_entry, matching.round_unmatched TO upward_matching;
GRANT DELETE ON matching.shortlist TO upward_matching; -- drafts of a run that begins anew
