-- Stories, as different people see them.

-- What somebody is to a story: one of its pair, a coordinator of its programme. Coordinators are something to
-- it once both of the pair have consented.
CREATE OR REPLACE FUNCTION evaluation.story_parties(s evaluation.story, actor uuid, roles text[])
	RETURNS text[]
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN array_remove(ARRAY[
	CASE WHEN EXISTS (SELECT FROM matching.pair_member m
		WHERE m.pair_id = s.pair_id AND m.person_id = actor) THEN 'pair_member' END,
	CASE WHEN s.consented_by IS NOT NULL AND s.status IN ('agreed', 'published', 'returned')
		AND evaluation.coordinates(s.programme_id, actor, roles) THEN 'programme_admin' END], NULL);

-- Whether somebody may see it: once it is published anybody in the company.
CREATE OR REPLACE FUNCTION evaluation.story_seen(s evaluation.story, actor uuid, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN s.status = 'published' OR cardinality(evaluation.story_parties(s, actor, roles)) > 0;

CREATE OR REPLACE FUNCTION evaluation.story_json(s evaluation.story, viewer uuid, roles text[]) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT json_build_object('id', s.id,
		'programme', (SELECT json_build_object('id', p.programme_id, 'title', p.title)
			FROM matching.programme_view p WHERE p.programme_id = s.programme_id),
		'pair_id', CASE WHEN cardinality(x.parties) > 0 THEN s.pair_id END, 'kind', s.kind,
		'title', s.title, 'text', s.body, 'in_feed', s.in_feed, 'status', s.status,
		'mentor', profiles.card_json(m.mentor_id), 'mentee', profiles.card_json(m.mentee_id),
		'written_by', CASE s.written_by WHEN m.mentor_id THEN 'mentor' ELSE 'mentee' END,
		'note', CASE WHEN cardinality(x.parties) > 0 THEN s.note END,
		'published_at', common.instant(s.published_at), 'created_at', common.instant(s.created_at),
		'updated_at', common.instant(s.updated_at), 'version', s.version,
		'can', array_to_json(array_remove(common.actions('story', s.status, x.parties),
			CASE WHEN s.written_by = viewer THEN 'consent' END)),
		'links', json_build_object('self', '/api/v1/stories/' || s.id,
			'programme', '/api/v1/programmes/' || s.programme_id))
	FROM (SELECT evaluation.story_parties(s, viewer, roles) AS parties) x, matching.pair_member m
	WHERE m.pair_id = s.pair_id AND m.side = 'mentor');

-- The stories of the feed as Atom (RFC 4287), the newest fifty; base: the URL of this server.
CREATE OR REPLACE FUNCTION evaluation.story_feed(base text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT '<?xml version="1.0" encoding="utf-8"?>' || xmlelement(name feed,
			xmlattributes('http://www.w3.org/2005/Atom' AS xmlns),
			xmlelement(name id, base || '/stories.atom'),
			xmlelement(name title, 'Reverse mentoring: stories'),
			xmlelement(name updated, common.instant(coalesce(max(e.published_at), '2000-01-01Z'))),
			xmlelement(name link, xmlattributes('self' AS rel, base || '/stories.atom' AS href)),
			xmlelement(name generator, 'Upward'),
			xmlagg(e.entry ORDER BY e.published_at DESC, e.id))::text
		FROM (SELECT s.id, s.published_at, xmlelement(name entry,
					xmlelement(name id, 'urn:uuid:' || s.id), xmlelement(name title, s.title),
					xmlelement(name published, common.instant(s.published_at)),
					xmlelement(name updated, common.instant(s.published_at)),
					(SELECT xmlagg(xmlelement(name author,
							xmlelement(name name, profiles.card_json(p.id) ->> 'display_name')))
						FROM unnest(ARRAY[m.mentor_id, m.mentee_id]) p (id)),
					xmlelement(name category, xmlattributes(s.kind AS term)),
					xmlelement(name content, xmlattributes('text' AS type), s.body)) AS entry
				FROM story s JOIN matching.pair_member m ON m.pair_id = s.pair_id AND m.side = 'mentor'
				WHERE s.status = 'published' AND s.in_feed ORDER BY s.published_at DESC, s.id LIMIT 50) e);
END $$;

GRANT EXECUTE ON FUNCTION evaluation.story_parties(evaluation.story, uuid, text[]),
	evaluation.story_seen(evaluation.story, uuid, text[]),
	evaluation.story_json(evaluation.story, uuid, text[]), evaluation.story_feed(text) TO upward_evaluation;

-- Nobody consents to their own text; a new text, or a wider circle of readers, needs the other's consent
-- again.
CREATE OR REPLACE FUNCTION evaluation.story_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF new.step = 'consent' THEN
		IF old.written_by = common.actor() THEN
			PERFORM common.refuse_step('story', new.step, old.status);
		END IF;
		new.consented_by := common.actor();
	ELSIF new.step = 'editing' THEN
		new.written_by := common.actor();
		new.consented_by := NULL;
		new.note := NULL;
	ELSIF new.step = 'publication' THEN
		new.published_at := common.now();
	END IF;
	RETURN new;
END $$;

CREATE OR REPLACE FUNCTION evaluation.story_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF new.step = 'consent' THEN
		INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'story.agreed', new.id, json_build_object('person_id', c.person_id)
		FROM matching.programme_coordinator c WHERE c.programme_id = new.programme_id;
	END IF;
	PERFORM common.tell_step('story', new.step, CASE tg_op WHEN 'UPDATE' THEN old.status END, new.id,
		json_build_object('pair_id', new.pair_id, 'by', common.actor()));
	RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER story_guard BEFORE UPDATE OF step ON evaluation.story
	FOR EACH ROW EXECUTE FUNCTION evaluation.story_guard();
CREATE OR REPLACE TRIGGER story_follow AFTER INSERT OR UPDATE OF step ON evaluation.story
	FOR EACH ROW EXECUTE FUNCTION evaluation.story_follow();
