-- When a row last changed, for those who ask what has changed since.
ALTER TABLE profiles.listing_reply ADD updated_at timestamptz NOT NULL DEFAULT common.now();
ALTER TABLE profiles.delegate ADD updated_at timestamptz NOT NULL DEFAULT common.now();
ALTER TABLE profiles.training_record ADD updated_at timestamptz NOT NULL DEFAULT common.now();
ALTER TABLE profiles.skill_check ADD updated_at timestamptz NOT NULL DEFAULT common.now();
