-- Whether the caller may act for the person of an enrolment: it is their own, or they coordinate its
-- programme.
CREATE OR REPLACE FUNCTION matching.acts_for(e matching.enrolment, actor uuid, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN e.person_id = actor OR matching.coordinates(e.programme_id, actor, roles);

-- Whether the caller may answer a pick: the mentor, or a coordinator who is not the mentee of this pair.
CREATE OR REPLACE FUNCTION matching.answers_for(p matching.pair, actor uuid, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN p.mentor_id = actor OR p.mentee_id <> actor AND matching.coordinates(p.programme_id, actor, roles);

-- Records what a coordinator does for the person of an enrolment, who is told of it. A coordinator says
-- why; people who act for themselves leave no record, and give no note.
CREATE OR REPLACE FUNCTION matching.act_for(part uuid, actor uuid, act text, note text,
	pair uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	e enrolment;
BEGIN
	SELECT * INTO e FROM enrolment x WHERE x.id = part;
	IF (e.person_id = actor) = (note IS NOT NULL) THEN
		PERFORM common.refuse('note_required', '{"pointer": "/note"}');
	ELSIF e.person_id <> actor THEN
		PERFORM keep_act(e, actor, act, note, pair);
	END IF;
END $$;

-- The record itself, also of the rules that were set aside.
CREATE OR REPLACE FUNCTION matching.keep_act(e matching.enrolment, actor uuid, act text, note text, pair uuid,
	overrides text[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO coordinator_act (programme_id, enrolment_id, person_id, act, pair_id, coordinator_id, note,
		overrides)
	VALUES (e.programme_id, e.id, e.person_id, act, pair, actor, note, overrides);
	INSERT INTO common.outbox (type, subject_id) VALUES ('enrolment.acted_for', e.id);
END $$;

GRANT EXECUTE ON FUNCTION matching.acts_for(matching.enrolment, uuid, text[]),
	matching.answers_for(matching.pair, uuid, text[]), matching.act_for(uuid, uuid, text, text, uuid),
	matching.keep_act(matching.enrolment, uuid, text, text, uuid, text[]) TO upward_matching;
