-- Revocations of tokens: what was issued before, for a person or a subject, is refused everywhere. Kept
-- as long as a token may live. Their time is the real one, which the times in a token are too.
CREATE TABLE profiles.token_revocation (
	id uuid CONSTRAINT token_revocation_id PRIMARY KEY,
	person_id uuid CONSTRAINT token_revocation_person REFERENCES profiles.person (id),
	subject text CONSTRAINT token_revocation_subject CHECK (subject <> ''),
	revoked_at timestamptz NOT NULL DEFAULT common.real_now(),
	CONSTRAINT token_revocation_one CHECK ((person_id IS NULL) <> (subject IS NULL))
);
CREATE INDEX token_revocation_of_person ON profiles.token_revocation (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX token_revocation_of_subject ON profiles.token_revocation (subject) WHERE subject IS NOT NULL;
GRANT SELECT, INSERT, DELETE ON profiles.token_revocation TO upward_profiles;

-- valid_from: whole Unix seconds, as a token's iat; what was issued in an earlier one is refused.
CREATE VIEW profiles.revoked AS
SELECT r.person_id, r.subject, ceil(extract(epoch FROM r.revoked_at))::bigint AS valid_from
FROM profiles.token_revocation r;
GRANT SELECT ON profiles.revoked
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

CREATE FUNCTION profiles.token_revocation_json(r profiles.token_revocation) RETURNS json
LANGUAGE sql STABLE RETURN json_build_object('id', r.id,
	'person', CASE WHEN r.person_id IS NOT NULL THEN profiles.card_json(r.person_id) END,
	'subject', r.subject, 'revoked_at', common.instant(r.revoked_at),
	'links', json_build_object('self', '/api/v1/settings/token-revocations/' || r.id));
GRANT EXECUTE ON FUNCTION profiles.token_revocation_json(profiles.token_revocation) TO upward_profiles;
