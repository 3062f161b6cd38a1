-- When a row last changed, for those who ask what has changed since.
ALTER TABLE scheduling.delivery ADD updated_at timestamptz NOT NULL DEFAULT common.now();
CREATE INDEX delivery_changed ON scheduling.delivery (updated_at);
