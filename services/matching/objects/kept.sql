-- Objects that services of the last release still call.

-- kept until 2: enrolments of the last release read their answers with it
CREATE OR REPLACE FUNCTION matching.intake(programme uuid, part text, given json, OUT answers json,
	OUT form uuid)
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN (SELECT ROW(i.answers, i.form) FROM matching.read_intake(programme, part, given) i);
GRANT EXECUTE ON FUNCTION matching.intake(uuid, text, json) TO upward_matching;

-- kept until 2: rounds of the last release read wants with it
CREATE OR REPLACE FUNCTION matching.wants_json(person uuid, checks boolean) RETURNS json
	LANGUAGE sql STABLE
RETURN matching.wants_in(NULL, person, checks);
GRANT EXECUTE ON FUNCTION matching.wants_json(uuid, boolean) TO upward_matching;

-- kept until 2: rounds of the last release read who takes part with it
CREATE OR REPLACE FUNCTION matching.round_participants(round uuid) RETURNS TABLE (person_id uuid,
	mentor_enrolment text, mentor_places int, mentee_enrolment text, mentee_places int, answered boolean,
	checks boolean)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT s.person_id, s.mentor_enrolment, s.mentor_places, s.mentee_enrolment,
		CASE WHEN s.mentee_enrolment IS NULL THEN 0 ELSE s.mentee_places END, s.answered, s.checks
	FROM matching.round_sides(round) s WHERE coalesce(s.mentor_enrolment, s.mentee_enrolment) IS NOT NULL;
END;
GRANT EXECUTE ON FUNCTION matching.round_participants(uuid) TO upward_matching;
