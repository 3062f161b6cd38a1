-- When a row last changed, for those who ask what has changed since.
ALTER TABLE matching.sponsor ADD updated_at timestamptz NOT NULL DEFAULT common.now();
