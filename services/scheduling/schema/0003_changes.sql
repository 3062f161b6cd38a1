-- When a notification was last read or changed.
ALTER TABLE scheduling.notification ADD updated_at timestamptz NOT NULL DEFAULT common.now();
