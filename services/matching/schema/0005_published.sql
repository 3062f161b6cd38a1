-- What matching publishes.
CREATE VIEW matching.programme_view AS
SELECT p.id AS programme_id, p.title, p.purpose, p.status, p.starts_on, p.ends_on, p.created_by
FROM matching.programme p;

CREATE VIEW matching.programme_coordinator AS
SELECT c.programme_id, c.person_id FROM matching.coordinator c;

CREATE VIEW matching.pair_member AS
SELECT p.id AS pair_id, p.mentor_id AS person_id, 'mentor' AS side, p.mentee_id AS partner_id,
	p.programme_id, p.status
FROM matching.pair p
UNION ALL
SELECT p.id, p.mentee_id, 'mentee', p.mentor_id, p.programme_id, p.status FROM matching.pair p;

CREATE VIEW matching.enrolment_view AS
SELECT e.id AS enrolment_id, e.programme_id, e.person_id, e.role, e.status, e.capacity, e.taken
FROM matching.enrolment e;

GRANT SELECT ON matching.programme_view, matching.programme_coordinator, matching.pair_member,
	matching.enrolment_view TO upward_matching, upward_scheduling, upward_evaluation;
