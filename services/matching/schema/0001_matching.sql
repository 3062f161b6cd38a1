-- Programmes with their coordinators, policies, enrolments, rounds, shortlists and pairs.
CREATE SCHEMA matching;
GRANT USAGE ON SCHEMA matching TO guard, upward_matching, upward_scheduling, upward_evaluation;

-- The columns from min_level_gap to answer_days are the current policy; the table policy keeps every policy
-- that a round has used.
CREATE TABLE matching.programme (
	id uuid CONSTRAINT programme_id PRIMARY KEY,
	title text NOT NULL CONSTRAINT programme_title_some CHECK (title <> ''),
	description text,
	purpose text NOT NULL CONSTRAINT programme_purpose CHECK (purpose IN ('digital_skills',
		'inclusion', 'market_insight', 'innovation', 'retention', 'open_learning')),
	status text NOT NULL,
	step text NOT NULL DEFAULT 'creation',
	came_from text,
	winding_down text,         -- closing, closure or cancellation: taken when nothing depends on it any more
	starts_on date NOT NULL,
	ends_on date NOT NULL,
	enrolment_open boolean NOT NULL DEFAULT false,
	focus_skills uuid[] NOT NULL DEFAULT '{}',
	min_level_gap smallint DEFAULT 1           -- null: skills-only mode, levels are ignored
		CONSTRAINT programme_min_level_gap CHECK (min_level_gap >= 1),
	line_distance smallint                     -- reporting-line steps that are too close; null: any
		CONSTRAINT programme_line_distance CHECK (line_distance >= 2),
	exposure_cap smallint NOT NULL DEFAULT 5   -- shortlists that may include one mentor
		CONSTRAINT programme_exposure_cap CHECK (exposure_cap BETWEEN 1 AND 255),
	pick_days smallint NOT NULL DEFAULT 7 CONSTRAINT programme_pick_days CHECK (pick_days BETWEEN 1 AND 60),
	answer_days smallint NOT NULL DEFAULT 3 CONSTRAINT programme_answer_days
		CHECK (answer_days BETWEEN 1 AND 60),
	policy_number int NOT NULL DEFAULT 1,
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT programme_dates CHECK (starts_on < ends_on)
);
CREATE INDEX programme_title ON matching.programme (title, id);
CREATE INDEX programme_by_status ON matching.programme (status, title, id);

CREATE TABLE matching.coordinator (
	id uuid NOT NULL DEFAULT common.new_id() CONSTRAINT coordinator_id UNIQUE,
	programme_id uuid NOT NULL CONSTRAINT coordinator_programme REFERENCES matching.programme (id),
	person_id uuid NOT NULL,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT coordinator_once PRIMARY KEY (programme_id, person_id)
);
CREATE INDEX coordinator_person ON matching.coordinator (person_id, programme_id);

-- All rules of a round, never deleted: a round records the policy number it used and reads only that row.
CREATE TABLE matching.policy (
	programme_id uuid NOT NULL CONSTRAINT policy_programme REFERENCES matching.programme (id),
	number int NOT NULL CONSTRAINT policy_number_positive CHECK (number >= 1),
	rules json NOT NULL,
	created_by uuid,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT policy_number PRIMARY KEY (programme_id, number)
);

-- One row per person, programme and role. taken is maintained by the triggers on pair.
CREATE TABLE matching.enrolment (
	id uuid CONSTRAINT enrolment_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT enrolment_programme REFERENCES matching.programme (id),
	person_id uuid NOT NULL,
	role text NOT NULL CONSTRAINT enrolment_role CHECK (role IN ('mentor', 'mentee')),
	status text NOT NULL,
	step text NOT NULL,
	came_from text,
	capacity smallint NOT NULL DEFAULT 1
		CONSTRAINT enrolment_capacity_range CHECK (capacity BETWEEN 0 AND 20),
	taken smallint NOT NULL DEFAULT 0,
	reason text,               -- of declined, paused, withdrawn: a code, private
	paused_until date,
	answers json NOT NULL DEFAULT '{}',
	enrolled_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	invitation_id uuid,
	form_id uuid,
	ever_invited boolean NOT NULL DEFAULT false,
	CONSTRAINT enrolment_once UNIQUE (programme_id, person_id, role),
	CONSTRAINT enrolment_capacity CHECK (taken BETWEEN 0 AND capacity)
);
CREATE INDEX enrolment_person ON matching.enrolment (person_id, id);
CREATE INDEX enrolment_by_programme ON matching.enrolment (programme_id, id);
CREATE INDEX enrolment_answers ON matching.enrolment (programme_id) WHERE status IN ('invited', 'paused');
CREATE INDEX enrolment_places ON matching.enrolment (programme_id, role)
	WHERE status = 'enrolled' AND taken < capacity;
GRANT SELECT, INSERT ON matching.programme, matching.coordinator, matching.policy TO upward_matching;
GRANT UPDATE ON matching.programme TO upward_matching;
GRANT DELETE ON matching.coordinator TO upward_matching;
GRANT SELECT, INSERT (id, programme_id, person_id, role, step, capacity, reason, paused_until,
		answers, enrolled_by),
	UPDATE (step, capacity, reason, paused_until, answers, version, updated_at)
	ON matching.enrolment TO upward_matching;

-- Matching runs and their results: three mentors per mentee, fewer only with a reason.
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
	leased_until timestamptz,  -- the worker's lease, in real time; null: none
	leased_by uuid,            -- new with every lease: a worker that lost it cannot store
	attempts smallint NOT NULL DEFAULT 0,
	started_at timestamptz,
	finished_at timestamptz,
	published_at timestamptz,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	complete int NOT NULL DEFAULT 0,
	done int NOT NULL DEFAULT 0,
	CONSTRAINT round_policy FOREIGN KEY (programme_id, policy_number)
		REFERENCES matching.policy (programme_id, number)
);
CREATE UNIQUE INDEX round_one_at_a_time ON matching.round (programme_id)
	WHERE status IN ('queued', 'running') AND NOT what_if;
CREATE INDEX round_waiting ON matching.round (created_at) WHERE status IN ('queued', 'running');
CREATE INDEX round_in_hand ON matching.round (programme_id) WHERE status IN ('queued', 'running', 'ready')
	AND NOT what_if;
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
	pick_by timestamptz CONSTRAINT shortlist_pick_by
		CHECK (pick_by IS NOT NULL OR status IN ('draft', 'withdrawn')),
	reason text,               -- why fewer than three: a code
	line_rule text NOT NULL DEFAULT 'any'
		CONSTRAINT shortlist_line_rule CHECK (line_rule IN ('any', 'distance', 'head_of_tree')),
	refresh_reason text,       -- the mentee's "none of these": a code
	refresh_of uuid CONSTRAINT shortlist_refresh_of REFERENCES matching.shortlist (id),
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	replaces_pair uuid         -- opened when that pair was suspended: a pick ends the suspended pair
);
CREATE UNIQUE INDEX shortlist_one_open ON matching.shortlist (enrolment_id) WHERE status = 'open';
CREATE INDEX shortlist_by_round ON matching.shortlist (round_id, id);
CREATE INDEX shortlist_mentee ON matching.shortlist (mentee_id, id);
CREATE INDEX shortlist_due ON matching.shortlist (pick_by) WHERE status = 'open';
CREATE INDEX shortlist_enrolment ON matching.shortlist (enrolment_id, id);
CREATE INDEX shortlist_waiting ON matching.shortlist (programme_id) WHERE status IN ('open', 'expired');
CREATE INDEX shortlist_refreshes ON matching.shortlist (refresh_of) WHERE refresh_of IS NOT NULL;

-- rank and score are for programme admins; the mentee sees neither. reasons: what the two have in common.
CREATE TABLE matching.shortlist_entry (
	shortlist_id uuid NOT NULL CONSTRAINT shortlist_entry_shortlist REFERENCES matching.shortlist (id),
	mentor_id uuid NOT NULL,
	enrolment_id uuid NOT NULL CONSTRAINT shortlist_entry_enrolment REFERENCES matching.enrolment (id),
	rank smallint NOT NULL CONSTRAINT shortlist_entry_three CHECK (rank BETWEEN 1 AND 3),
	score int NOT NULL,
	reasons json NOT NULL DEFAULT '{}',
	line_distance smallint     -- exception granted where the policy says any; else null
		CONSTRAINT shortlist_entry_line_distance CHECK (line_distance >= 2),
	CONSTRAINT shortlist_entry_once PRIMARY KEY (shortlist_id, mentor_id),
	CONSTRAINT shortlist_entry_rank UNIQUE (shortlist_id, rank)
);
CREATE INDEX shortlist_entry_mentor ON matching.shortlist_entry (mentor_id);

-- Mentees without a full shortlist, and why: the number of mentors that each rule excluded.
CREATE TABLE matching.round_unmatched (
	round_id uuid NOT NULL CONSTRAINT round_unmatched_round REFERENCES matching.round (id),
	enrolment_id uuid NOT NULL CONSTRAINT round_unmatched_enrolment REFERENCES matching.enrolment (id),
	person_id uuid NOT NULL,
	reason text NOT NULL,
	counts json NOT NULL DEFAULT '{}',
	found smallint NOT NULL DEFAULT 0 CONSTRAINT round_unmatched_found CHECK (found BETWEEN 0 AND 2),
	CONSTRAINT round_unmatched_once PRIMARY KEY (round_id, enrolment_id)
);
CREATE INDEX round_unmatched_enrolment ON matching.round_unmatched (enrolment_id);
GRANT SELECT, INSERT, UPDATE ON matching.round, matching.shortlist TO upward_matching;
GRANT SELECT, INSERT, DELETE ON matching.shortlist_entry, matching.round_unmatched TO upward_matching;
GRANT DELETE ON matching.shortlist TO upward_matching; -- drafts of a run that starts over

-- Pairs and private exclusions. A pair is live while proposed, active or suspended: it takes a place on both
-- sides and must be unique. The safety rules apply while proposed or active (objects/safety.sql).
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
	came_from text,            -- of a suspended pair: the status that a resumption restores
	reason text,               -- of suspended, declined, ended: a code
	answer_by timestamptz CONSTRAINT pair_answer_by CHECK (answer_by IS NOT NULL OR status <> 'proposed'),
	accepted_at timestamptz,
	ended_at timestamptz,
	suspended_until date,
	safe_since timestamptz,    -- of a suspended pair: since when it may be resumed
	resumed_at timestamptz,    -- most recently
	min_gap smallint,          -- the programme's policy when the pair was made
	line_distance smallint,    -- likewise, or the exception of the round; null: any distance is too close
	score int,
	reasons json NOT NULL DEFAULT '{}',
	note text,                 -- why it was paired manually
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT pair_suspended CHECK ((status = 'suspended') = (suspended_until IS NOT NULL))
);

-- Two people have at most one live pair over all programmes, whichever of them is the mentor.
CREATE UNIQUE INDEX pair_partners_once ON matching.pair (least(mentor_id, mentee_id),
	greatest(mentor_id, mentee_id))
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

-- Mentors not to be shown to a mentee again in a programme.
CREATE TABLE matching.declined (
	programme_id uuid NOT NULL CONSTRAINT declined_programme REFERENCES matching.programme (id),
	mentee_id uuid NOT NULL,
	mentor_id uuid NOT NULL,
	reason text NOT NULL CONSTRAINT declined_reason CHECK (reason IN ('declined', 'expired', 'refreshed')),
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT declined_once PRIMARY KEY (programme_id, mentee_id, mentor_id)
);

-- Ids are random and no times are stored, so that nothing reveals when an exclusion was made.
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

GRANT SELECT (id, manager_id, level, age_band, status) ON profiles.person TO guard;
GRANT SELECT ON matching.pair, matching.enrolment, matching.exclusion TO guard;
GRANT UPDATE (step, reason) ON matching.pair TO guard;
GRANT UPDATE (taken, step) ON matching.enrolment TO guard;
GRANT SELECT (id, status, winding_down) ON matching.programme TO guard;
GRANT SELECT (id, status) ON matching.round TO guard;
GRANT SELECT, UPDATE (step) ON matching.shortlist TO guard;
GRANT SELECT, INSERT ON matching.declined TO guard;

-- A placeholder: a constraint trigger cannot be replaced, so it is created here; objects/ has the body.
GRANT CREATE ON SCHEMA matching TO guard;
SET LOCAL ROLE guard;
CREATE FUNCTION matching.pair_check() RETURNS trigger
	LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not made yet'; END $$;
GRANT EXECUTE ON FUNCTION matching.pair_check() TO owner;
SET LOCAL ROLE owner;
REVOKE CREATE ON SCHEMA matching FROM guard;
SELECT common.attach_lifecycle('matching.pair', 'pair', true);
CREATE CONSTRAINT TRIGGER pair_check AFTER INSERT OR UPDATE OF step, mentor_id, mentee_id, min_gap,
	line_distance
	ON matching.pair FOR EACH ROW EXECUTE FUNCTION matching.pair_check();

-- The mentors a round would have shown next, so that a replacement shortlist is available at once after a
-- failed pick, a decline or a refresh.
CREATE TABLE matching.round_candidate (
	round_id uuid NOT NULL CONSTRAINT round_candidate_round REFERENCES matching.round (id),
	enrolment_id uuid NOT NULL CONSTRAINT round_candidate_mentee REFERENCES matching.enrolment (id),
	mentor_enrolment_id uuid NOT NULL CONSTRAINT round_candidate_mentor REFERENCES matching.enrolment (id),
	mentor_id uuid NOT NULL,
	department text,
	rank smallint NOT NULL CONSTRAINT round_candidate_rank CHECK (rank >= 1),
	score int NOT NULL,
	reasons json NOT NULL,
	line_distance smallint     -- as in shortlist_entry; such candidates are ranked last
		CONSTRAINT round_candidate_line_distance CHECK (line_distance >= 2),
	CONSTRAINT round_candidate_once PRIMARY KEY (round_id, enrolment_id, rank)
);
COMMENT ON TABLE matching.round_candidate IS 'unaudited: results of a round';
GRANT SELECT, INSERT, DELETE ON matching.round_candidate TO upward_matching;
ALTER TABLE matching.shortlist ADD CONSTRAINT shortlist_replaces_pair FOREIGN KEY (replaces_pair)
	REFERENCES matching.pair (id);
COMMENT ON COLUMN matching.round.done IS 'mentees scored so far';

-- Invitations: one message to many people, for one role.
CREATE TABLE matching.invitation (
	id uuid CONSTRAINT invitation_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT invitation_programme REFERENCES matching.programme (id),
	role text NOT NULL CONSTRAINT invitation_role CHECK (role IN ('mentor', 'mentee')),
	message text NOT NULL CONSTRAINT invitation_message_some CHECK (message <> ''),
	preview boolean NOT NULL DEFAULT false,
	found int NOT NULL,
	invited int NOT NULL,
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX invitation_newest ON matching.invitation (programme_id, created_at DESC, id DESC);
GRANT SELECT, INSERT ON matching.invitation TO upward_matching;

-- Intake forms: the questions per role; all versions are kept.
CREATE TABLE matching.form (
	id uuid CONSTRAINT form_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT form_programme REFERENCES matching.programme (id),
	role text NOT NULL CONSTRAINT form_role CHECK (role IN ('mentor', 'mentee')),
	number int NOT NULL,
	questions json NOT NULL,
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT form_number UNIQUE (programme_id, role, number)
);
GRANT SELECT, INSERT ON matching.form TO upward_matching;
ALTER TABLE matching.enrolment ADD CONSTRAINT enrolment_invitation FOREIGN KEY (invitation_id)
	REFERENCES matching.invitation (id), ADD CONSTRAINT enrolment_form FOREIGN KEY (form_id)
	REFERENCES matching.form (id);
GRANT INSERT (invitation_id, form_id, ever_invited),
	UPDATE (form_id) ON matching.enrolment TO upward_matching;

-- Reviews: the recorded conversation that precedes the dissolution of a pair.
CREATE TABLE matching.review (
	id uuid CONSTRAINT review_id PRIMARY KEY,
	pair_id uuid NOT NULL CONSTRAINT review_pair REFERENCES matching.pair (id),
	author_id uuid NOT NULL,
	outcome text NOT NULL CONSTRAINT review_outcome CHECK (outcome IN ('go_on', 'change_partner', 'end')),
	agreed text,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX review_by_pair ON matching.review (pair_id, id);
GRANT SELECT, INSERT ON matching.review TO upward_matching;

-- The status history of a pair, written by pair_follow(). It does not record a safe exit as such.
CREATE TABLE matching.pair_history (
	pair_id uuid NOT NULL CONSTRAINT pair_history_pair REFERENCES matching.pair (id) ON UPDATE CASCADE,
	number int NOT NULL,
	status text NOT NULL,
	reason text,
	at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT pair_history_number PRIMARY KEY (pair_id, number)
);
COMMENT ON TABLE matching.pair_history IS 'unaudited: a record of changes already';
GRANT SELECT ON matching.pair_history TO upward_matching;
GRANT SELECT, INSERT ON matching.pair_history TO guard;

-- Safe exits. No time is stored and the id is random: only the two people know who left.
CREATE TABLE matching.safe_exit (
	id uuid CONSTRAINT safe_exit_id PRIMARY KEY,
	pair_id uuid NOT NULL CONSTRAINT safe_exit_pair REFERENCES matching.pair (id),
	author_id uuid NOT NULL,
	CONSTRAINT safe_exit_once UNIQUE (pair_id)
);
GRANT SELECT, INSERT ON matching.safe_exit TO upward_matching;

SELECT common.attach_lifecycle('matching.programme', 'programme'),
	common.attach_lifecycle('matching.enrolment', 'enrolment'), common.attach_lifecycle('matching.round',
		'round'), common.attach_lifecycle('matching.shortlist', 'shortlist');
