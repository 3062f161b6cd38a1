-- The views that matching publishes.

CREATE OR REPLACE VIEW matching.programme_view AS
SELECT p.id AS programme_id, p.title, p.purpose, p.status, p.starts_on, p.ends_on, p.created_by,
	p.meeting_link, p.copy_of
FROM matching.programme p;

CREATE OR REPLACE VIEW matching.programme_coordinator AS
SELECT c.programme_id, c.person_id FROM matching.coordinator c;

-- Each pair twice, once for each partner.
CREATE OR REPLACE VIEW matching.pair_member AS
SELECT p.id AS pair_id, p.mentor_id AS person_id, 'mentor' AS side, p.mentee_id AS partner_id,
	p.programme_id, p.status, p.accepted_at, p.resumed_at, p.mentee_id, p.mentor_id
FROM matching.pair p
UNION ALL
SELECT p.id, p.mentee_id, 'mentee', p.mentor_id, p.programme_id, p.status, p.accepted_at, p.resumed_at,
	p.mentee_id, p.mentor_id
FROM matching.pair p;

CREATE OR REPLACE VIEW matching.enrolment_view AS
SELECT e.id AS enrolment_id, e.programme_id, e.person_id, e.role, e.status, e.capacity, e.taken,
	e.ever_invited, e.cohort_id, e.cohort_since
FROM matching.enrolment e;

-- The cohorts of programmes, in their order.
CREATE OR REPLACE VIEW matching.cohort_view AS
SELECT c.id AS cohort_id, c.programme_id, c.number, c.title FROM matching.cohort c;

-- Whose shortlist it is, and its deadline: all that other services may know about shortlists.
CREATE OR REPLACE VIEW matching.shortlist_deadline AS
SELECT s.id AS shortlist_id, s.mentee_id, s.enrolment_id, s.programme_id, s.status, s.pick_by,
	s.pick_by - make_interval(days => p.pick_days) AS opened_at, s.replaces_pair
FROM matching.shortlist s JOIN matching.programme p ON p.id = s.programme_id
WHERE s.status <> 'draft' AND s.pick_by IS NOT NULL;

-- Who is on an open shortlist, in the order shown: for the calendar of its mentee.
CREATE OR REPLACE VIEW matching.shortlist_mentor AS
SELECT s.id AS shortlist_id, s.mentee_id, x.mentor_id,
	(row_number() OVER (PARTITION BY s.id ORDER BY md5(s.id::text || x.mentor_id::text)))::int - 1 AS place
FROM matching.shortlist s JOIN matching.shortlist_entry x ON x.shortlist_id = s.id
WHERE s.status = 'open';

-- The mentor's deadline for answering a pick.
CREATE OR REPLACE VIEW matching.pick_deadline AS
SELECT p.id AS pair_id, p.programme_id, p.mentor_id, p.mentee_id, p.answer_by,
	p.answer_by - make_interval(days => g.answer_days) AS asked_at
FROM matching.pair p JOIN matching.programme g ON g.id = p.programme_id
WHERE p.status = 'proposed';

-- The state of a programme's rounds.
CREATE OR REPLACE VIEW matching.round_view AS
SELECT r.id AS round_id, r.programme_id, r.status, r.what_if, r.created_at FROM matching.round r;

-- How pairs came out, for figures: the reasons that mentors choose from, and nothing that tells a safe exit
-- from another end. lost: it did not come to what it was made for.
CREATE OR REPLACE VIEW matching.pair_outcome_kind (place, outcome, lost) AS VALUES
	(1, 'declined: no_time', true), (2, 'declined: know_them', true), (3, 'declined: not_a_fit', true),
	(4, 'declined: conflict', true), (5, 'declined: other', true), (6, 'expired', true),
	(7, 'withdrawn', true), (8, 'ended', true), (9, 'completed', false), (10, 'going on', false);
CREATE OR REPLACE VIEW matching.pair_outcome AS
SELECT p.programme_id, CASE WHEN p.status = 'declined' THEN 'declined: ' || coalesce(p.reason, 'other')
	WHEN p.status IN ('proposed', 'active', 'suspended') THEN 'going on' ELSE p.status END AS outcome
FROM matching.pair p;

GRANT SELECT ON matching.pair_outcome, matching.pair_outcome_kind, matching.cohort_view TO upward_evaluation;
GRANT SELECT ON matching.programme_view, matching.programme_coordinator, matching.pair_member,
	matching.enrolment_view, matching.shortlist_deadline, matching.pick_deadline, matching.round_view
	TO upward_matching, upward_scheduling, upward_evaluation;
GRANT SELECT ON matching.shortlist_mentor TO upward_matching, upward_scheduling;
