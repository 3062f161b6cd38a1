-- Statements of what a programme costs.

-- programme_cost_read: for who may read the report.
SELECT json_build_object('currency', c.currency, 'budget', c.budget, 'hour_cost', c.hour_cost,
		'training_cost', c.training_cost, 'version', c.version, 'links', json_build_object(
			'programme', '/api/v1/programmes/' || c.programme_id,
			'report', '/api/v1/reports/programmes/' || c.programme_id || '/cost')) AS body, c.version
FROM programme_cost c, readable(:programme_id, :actor, :roles) p WHERE c.programme_id = p;

-- programme_cost_put: by a coordinator.
WITH target AS (SELECT p.programme_id, (SELECT c.version FROM programme_cost c
			WHERE c.programme_id = p.programme_id) AS version
		FROM matching.programme_view p
		WHERE p.programme_id = :programme_id AND coordinates(p.programme_id, :actor, :roles)),
	new AS (INSERT INTO programme_cost AS c (programme_id, currency, budget, hour_cost, training_cost)
		SELECT t.programme_id, :currency, :budget, :hour_cost, :training_cost FROM target t
		WHERE :if_match IS NULL OR t.version = :if_match
		ON CONFLICT (programme_id) DO UPDATE SET currency = excluded.currency, budget = excluded.budget,
			hour_cost = excluded.hour_cost, training_cost = excluded.training_cost, version = c.version + 1
		RETURNING programme_id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;
