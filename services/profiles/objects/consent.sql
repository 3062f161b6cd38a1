-- Consents, and the facts that people declare about themselves.

-- The version of the notices: raised whenever the texts under consent_notice in api/messages.yaml say
-- something else. A consent names the version that the person has read.
CREATE OR REPLACE FUNCTION profiles.notice_version() RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1;

-- Whether somebody consents now to the use of an attribute for a purpose.
CREATE OR REPLACE FUNCTION profiles.consents(person uuid, attribute text, purpose text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN coalesce((SELECT c.given FROM profiles.consent c
		WHERE c.person_id = person AND c.attribute = consents.attribute AND c.purpose = consents.purpose
		ORDER BY c.number DESC LIMIT 1), false);
END $$;

-- What people declare and let matching use, by the consents that hold when it is read.
CREATE OR REPLACE VIEW profiles.candidate_declaration AS
SELECT d.person_id, d.kind, d.value
FROM profiles.declaration d JOIN profiles.person p ON p.id = d.person_id AND p.status <> 'inactive'
	CROSS JOIN LATERAL (SELECT c.given FROM profiles.consent c
		WHERE c.person_id = d.person_id AND c.attribute = d.kind AND c.purpose = 'matching'
		ORDER BY c.number DESC LIMIT 1) l
WHERE l.given;

-- The same of what people let be counted in figures about groups.
CREATE OR REPLACE VIEW profiles.reported_declaration AS
SELECT d.person_id, d.kind, lower(d.value COLLATE "und-x-icu") AS value
FROM profiles.declaration d JOIN profiles.person p ON p.id = d.person_id AND p.status <> 'inactive'
	CROSS JOIN LATERAL (SELECT c.given FROM profiles.consent c
		WHERE c.person_id = d.person_id AND c.attribute = d.kind AND c.purpose = 'aggregate_reporting'
		ORDER BY c.number DESC LIMIT 1) l
WHERE l.given;

-- The decisions of one person, and what they declare, come one after the other. A statement that has
-- waited for the person's row still sees the ledger as it was when it began; a trigger sees what has become
-- of it. So the number of a decision is given here.
CREATE OR REPLACE FUNCTION profiles.consent_next() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM FROM profiles.person p WHERE p.id = new.person_id FOR NO KEY UPDATE;
	new.number := (SELECT coalesce(max(c.number), 0) + 1 FROM profiles.consent c
		WHERE c.person_id = new.person_id);
	RETURN new;
END $$;

-- Nothing is declared without a consent, not even by somebody who withdraws it at the same moment.
CREATE OR REPLACE FUNCTION profiles.declaration_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM FROM profiles.person p WHERE p.id = new.person_id FOR NO KEY UPDATE;
	IF NOT profiles.consents(new.person_id, new.kind, 'matching')
			AND NOT profiles.consents(new.person_id, new.kind, 'aggregate_reporting') THEN
		PERFORM common.refuse('consent_missing');
	END IF;
	RETURN new;
END $$;

-- After a consent was withdrawn: what no other purpose holds is deleted. The lock (7, 2) makes a round that
-- is storing its result come first, or see the withdrawal (matching.use_declared).
CREATE OR REPLACE FUNCTION profiles.consent_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(7, 2);
	DELETE FROM profiles.declaration d WHERE d.person_id = new.person_id AND d.kind = new.attribute
		AND NOT profiles.consents(d.person_id, d.kind, 'matching')
		AND NOT profiles.consents(d.person_id, d.kind, 'aggregate_reporting');
	RETURN NULL;
END $$;

-- A mark of all that was withdrawn from matching of these kinds, whoever it was: it changes with each
-- withdrawal. Under the lock (7, 2) it is the last word.
CREATE OR REPLACE FUNCTION profiles.withdrawn_mark(kinds text[]) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT md5(coalesce(string_agg(c.id::text, '' ORDER BY c.id), '')) FROM profiles.consent c
		WHERE NOT c.given AND c.purpose = 'matching' AND c.attribute = ANY (kinds));
END $$;

CREATE OR REPLACE FUNCTION profiles.consent_json(c profiles.consent) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object('id', c.id, 'attribute', c.attribute, 'purpose', c.purpose,
	'decision', CASE WHEN c.given THEN 'grant' ELSE 'withdraw' END, 'notice_version', c.notice_version,
	'decided_at', common.instant(c.decided_at), 'version', 1,
	'in_force', c.given AND NOT EXISTS (SELECT FROM profiles.consent l WHERE l.person_id = c.person_id
		AND l.attribute = c.attribute AND l.purpose = c.purpose AND l.number > c.number),
	'links', json_build_object('consents', '/api/v1/people/' || c.person_id || '/consents',
		'declarations', '/api/v1/people/' || c.person_id || '/declarations'));

-- The person's own declarations, with what can be declared and the notices that go with it.
CREATE OR REPLACE FUNCTION profiles.declarations_json(person uuid) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object('person_id', person,
	'declarations', coalesce((SELECT json_agg(json_build_object('kind', d.kind, 'value', d.value,
			'purposes', array_to_json(ARRAY(SELECT u.purpose
				FROM unnest(ARRAY['matching', 'aggregate_reporting']) u (purpose)
				WHERE profiles.consents(d.person_id, d.kind, u.purpose)))) ORDER BY d.kind)
		FROM profiles.declaration d WHERE d.person_id = person), '[]'),
	'kinds', (SELECT json_agg(json_build_object('kind', k.kind,
			'values', array_to_json(profiles.declaration_values(k.kind))) ORDER BY k.place)
		FROM unnest(ARRAY['gender', 'ethnicity', 'disability', 'religion', 'sexual_orientation', 'age_band'])
			WITH ORDINALITY k (kind, place)),
	'notices', (SELECT json_agg(json_build_object('purpose', split_part(m.key, '.', 2),
			'version', profiles.notice_version(), 'text', m.text) ORDER BY m.key)
		FROM common.message m WHERE m.key LIKE 'consent\_notice.%'),
	'links', json_build_object('self', '/api/v1/people/' || person || '/declarations',
		'consents', '/api/v1/people/' || person || '/consents'));

GRANT EXECUTE ON FUNCTION profiles.notice_version(), profiles.consents(uuid, text, text),
	profiles.consent_json(profiles.consent), profiles.declarations_json(uuid) TO upward_profiles;
GRANT EXECUTE ON FUNCTION profiles.withdrawn_mark(text[]) TO upward_matching;
GRANT SELECT ON profiles.candidate_declaration, profiles.reported_declaration TO upward_matching;

CREATE OR REPLACE TRIGGER consent_follow AFTER INSERT ON profiles.consent
	FOR EACH ROW WHEN (NOT new.given) EXECUTE FUNCTION profiles.consent_follow();
CREATE OR REPLACE TRIGGER consent_next BEFORE INSERT ON profiles.consent
	FOR EACH ROW EXECUTE FUNCTION profiles.consent_next();
CREATE OR REPLACE TRIGGER declaration_guard BEFORE INSERT OR UPDATE OF value ON profiles.declaration
	FOR EACH ROW EXECUTE FUNCTION profiles.declaration_guard();
