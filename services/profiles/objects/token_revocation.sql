-- valid_from: whole Unix seconds, like a token's iat; tokens issued in an earlier second are refused.
CREATE OR REPLACE VIEW profiles.revoked AS
SELECT r.person_id, r.subject, ceil(extract(epoch FROM r.revoked_at))::bigint AS valid_from
FROM profiles.token_revocation r;

CREATE OR REPLACE FUNCTION profiles.token_revocation_json(r profiles.token_revocation) RETURNS json
LANGUAGE sql STABLE RETURN json_build_object('id', r.id,
	'person', CASE WHEN r.person_id IS NOT NULL THEN profiles.card_json(r.person_id) END,
	'subject', r.subject, 'revoked_at', common.instant(r.revoked_at),
	'links', json_build_object('self', '/api/v1/settings/token-revocations/' || r.id));

GRANT SELECT ON profiles.revoked TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION profiles.token_revocation_json(profiles.token_revocation) TO upward_profiles;
