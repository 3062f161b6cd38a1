-- Statements of repairs.

-- repair_create: of a published round; what it changed, or would change.
WITH target AS (SELECT r.id FROM round r
	WHERE r.id = :round_id AND coordinates(r.programme_id, :actor, :roles))
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	ELSE repair_round(:id, :round_id, coalesce(:dry_run, false), :after, :actor) END;

-- repair_read: one repair.
SELECT repair_json(p) AS body, p.version FROM repair p JOIN round r ON r.id = p.round_id
WHERE p.id = :repair_id AND p.round_id = :round_id AND coordinates(r.programme_id, :actor, :roles);
