-- A large round is taken back in batches; meanwhile no other round of its programme runs or is published.
DROP INDEX matching.round_one_at_a_time;
CREATE UNIQUE INDEX round_one_at_a_time ON matching.round (programme_id)
	WHERE status IN ('queued', 'running', 'publishing', 'taking_back') AND NOT what_if;
CREATE INDEX round_taking_back ON matching.round (id) WHERE status = 'taking_back';
