-- Certificates.

-- What is certified of somebody's pair: the text that is signed. Null unless the pair is completed. Counts
-- and dates alone: nothing that somebody wrote, and no partner.
CREATE OR REPLACE FUNCTION evaluation.certificate_facts(certificate uuid, person uuid, pair uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT json_build_object('certificate', certificate,
		'name', profiles.card_json(person) ->> 'display_name',
		'role', m.side, 'programme', p.title, 'from', p.starts_on, 'to', least(p.ends_on, common.today()),
		'sessions', (SELECT count(*) FROM scheduling.session_view s
			WHERE s.pair_id = pair AND s.status = 'held'),
		'goals', (SELECT count(*) FROM evaluation.goal g WHERE g.pair_id = pair AND g.status = 'completed'),
		'issued_on', common.today())::text
	FROM matching.pair_member m JOIN matching.programme_view p ON p.programme_id = m.programme_id
	WHERE m.pair_id = pair AND m.person_id = person AND m.status = 'completed');

-- As its holder sees it. The URL: its id and its signature, without which it shows nothing.
CREATE OR REPLACE FUNCTION evaluation.certificate_json(c evaluation.certificate) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN json_build_object('id', c.id, 'pair_id', c.pair_id, 'role', c.facts ->> 'role',
	'programme', json_build_object('id', c.programme_id, 'title', c.facts ->> 'programme'),
	'name', c.facts ->> 'name', 'show_name', c.show_name, 'status', c.status,
	'sessions', c.facts -> 'sessions', 'goals', c.facts -> 'goals',
	'issued_on', c.facts ->> 'issued_on', 'signed_text', c.facts::text, 'signature', c.signature,
	'version', c.version, 'can', array_to_json(common.actions('certificate', c.status, '{self}')),
	'links', json_strip_nulls(json_build_object('self', '/api/v1/certificates/' || c.id,
		'page', CASE c.status WHEN 'issued' THEN '/certificates/' || c.id || '.' || c.signature END)));

GRANT EXECUTE ON FUNCTION evaluation.certificate_facts(uuid, uuid, uuid),
	evaluation.certificate_json(evaluation.certificate) TO upward_evaluation;
