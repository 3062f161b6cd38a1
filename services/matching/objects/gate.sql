-- What has to be fulfilled before somebody takes part, or counts in rounds.

-- Training that a programme requires of one role.
CREATE OR REPLACE FUNCTION matching.required_training(p matching.programme, role text) RETURNS text[]
LANGUAGE sql IMMUTABLE
RETURN CASE role WHEN 'mentor' THEN p.mentor_training ELSE p.mentee_training END;

-- What of it a person has not completed, or not validly any more.
CREATE OR REPLACE FUNCTION matching.missing_training(p matching.programme, role text, person uuid)
	RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN ARRAY(SELECT t FROM unnest(matching.required_training(p, role)) t
		WHERE NOT EXISTS (SELECT FROM profiles.candidate_training c
			WHERE c.person_id = person AND c.topic = t) ORDER BY t);
END $$;

-- Whether an enrolment counts in no round, and is in no new pair, because training is missing.
CREATE OR REPLACE FUNCTION matching.lacks_training(e matching.enrolment) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN EXISTS (SELECT FROM matching.programme p
	WHERE p.id = e.programme_id AND matching.missing_training(p, e.role, e.person_id) <> '{}');

-- Enrolments that do not count in rounds yet, because training is missing.
CREATE OR REPLACE VIEW matching.training_gap AS
SELECT e.id AS enrolment_id, e.programme_id, e.person_id, e.updated_at AS since
FROM matching.programme p JOIN matching.enrolment e ON e.programme_id = p.id AND e.status = 'enrolled'
WHERE p.status IN ('recruiting', 'matching', 'active')
	AND matching.required_training(p, e.role) <> '{}'
	AND EXISTS (SELECT FROM unnest(matching.required_training(p, e.role)) t
		WHERE NOT EXISTS (SELECT FROM profiles.candidate_training c
			WHERE c.person_id = e.person_id AND c.topic = t));

-- Every rule about taking part in one role: whether it is met, and what it is needed for (enrolment, rounds).
CREATE OR REPLACE FUNCTION matching.eligibility(p matching.programme, role text, person uuid)
RETURNS TABLE (place int, code text, met boolean, needed_for text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT r.place, r.code, coalesce(r.met, false), r.needed_for
	FROM profiles.candidate me, LATERAL (VALUES
		(1, 'not_active', me.status = 'active', 'enrolment'),
		(2, 'already_enrolled', NOT EXISTS (SELECT FROM matching.enrolment e
			WHERE e.programme_id = p.id AND e.person_id = me.person_id AND e.role = $2), 'enrolment'),
		(3, 'enrolment_closed', p.enrolment_open AND p.winding_down IS NULL
			AND p.status IN ('recruiting', 'matching', 'active'), 'enrolment'),
		(4, CASE $2 WHEN 'mentee' THEN 'nobody_is_junior' ELSE 'nobody_is_senior' END,
			p.min_level_gap IS NULL OR EXISTS (SELECT FROM profiles.card k
				WHERE k.status = 'active' AND CASE $2
					WHEN 'mentee' THEN k.level <= me.level - p.min_level_gap
					ELSE k.level >= me.level + p.min_level_gap END), 'enrolment'),
		(5, 'training_missing', matching.missing_training(p, $2, me.person_id) = '{}', 'rounds'),
		(6, 'left_out', matching.admits(matching.present_rules(p.id), $2, p.id, me.person_id)
			AND NOT EXISTS (SELECT FROM matching.kept_out k
				WHERE k.programme_id = p.id AND k.person_id = me.person_id), 'rounds'))
		r (place, code, met, needed_for)
	WHERE me.person_id = person;
END;

CREATE OR REPLACE FUNCTION matching.eligibility_json(p matching.programme, role text, person uuid)
	RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT json_build_object(
		'eligible', bool_and(r.met) FILTER (WHERE r.needed_for = 'enrolment'),
		'reason', (array_agg(r.code ORDER BY r.place)
			FILTER (WHERE NOT r.met AND r.needed_for = 'enrolment'))[1],
		'missing_training', array_to_json(matching.missing_training(p, role, person)),
		'rules', json_agg(json_build_object('code', r.code, 'met', r.met, 'needed_for', r.needed_for,
			'text', CASE WHEN NOT r.met THEN m.text END, 'change', CASE WHEN NOT r.met THEN m.relax END)
			ORDER BY r.place))
	FROM matching.eligibility(p, role, person) r
		JOIN common.message m ON m.key = 'eligibility_rule.' || r.code);

-- Executives who take part and want to be seen, as far as they show that they are executives, and sponsors
-- who have agreed to be named, with the id of the sponsor in place of an enrolment.
CREATE OR REPLACE VIEW matching.visible_executive AS
SELECT e.id AS enrolment_id, e.programme_id, e.person_id, e.role
FROM matching.enrolment e JOIN profiles.candidate c ON c.person_id = e.person_id AND c.executive
WHERE e.visible AND e.status IN ('enrolled', 'paused', 'completed') AND c.status <> 'inactive'
UNION ALL
SELECT s.id, s.programme_id, s.person_id, 'sponsor'
FROM matching.sponsor s JOIN profiles.candidate c ON c.person_id = s.person_id
WHERE s.answer = 'agreed' AND c.status <> 'inactive';

GRANT SELECT ON matching.training_gap, matching.visible_executive TO upward_matching;
-- The view training_gap asks on behalf of its readers, who read tasks.
GRANT EXECUTE ON FUNCTION matching.required_training(matching.programme, text)
	TO upward_matching, upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION matching.missing_training(matching.programme, text, uuid),
	matching.lacks_training(matching.enrolment), matching.eligibility(matching.programme, text, uuid),
	matching.eligibility_json(matching.programme, text, uuid) TO upward_matching;
