-- A batch is carried out in chunks. While it is, worked_until is set: a request with the same key and body
-- goes on with it once that has passed.
ALTER TABLE profiles.person_batch
	ADD asker text,                -- keyed hash of the request and its Idempotency-Key; null: it has none
	ADD worked_until timestamptz;  -- null: all rows have been judged
CREATE UNIQUE INDEX person_batch_at_work ON profiles.person_batch (asker) WHERE worked_until IS NOT NULL;
GRANT UPDATE (items, worked_until) ON profiles.person_batch TO upward_profiles;
