-- Statements of token revocations.

-- token_revocation_list: newest first.
-- unprepared
-- updated_since: r.revoked_at
SELECT token_revocation_json(r) AS body, r.revoked_at, r.id FROM token_revocation r
WHERE :after_id IS NULL OR (r.revoked_at, r.id) < (:after_revoked_at, :after_id)
ORDER BY r.revoked_at DESC, r.id DESC LIMIT :limit + 1;

-- token_revocation_read: one revocation.
SELECT token_revocation_json(r) AS body, 0 AS version FROM token_revocation r
WHERE r.id = :token_revocation_id;

-- token_revocation_create: tokens issued before now are refused from now on.
INSERT INTO token_revocation (id, person_id, subject) VALUES (:id, :person_id, :subject);

-- token_revocation_forget(life_seconds int8): no token lives longer than that.
DELETE FROM token_revocation r
WHERE r.revoked_at < common.real_now() - make_interval(secs => :life_seconds + 60);
