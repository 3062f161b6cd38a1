-- When a row last changed, for those who ask what has changed since.
ALTER TABLE evaluation.snapshot ADD updated_at timestamptz NOT NULL DEFAULT common.now();
