-- Every change of a setting. source: 'settings' by /api/v1/settings, 'configuration' by upward-migrate or the
-- database's owner.
CREATE TABLE common.setting_change (
	number bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT setting_change_number PRIMARY KEY,
	name text NOT NULL,
	was text,                  -- null: not set
	becomes text,              -- the same
	source text NOT NULL CONSTRAINT setting_change_source CHECK (source IN ('settings', 'configuration')),
	actor uuid DEFAULT nullif(current_setting('app.actor', true), '')::uuid,
	at timestamptz NOT NULL DEFAULT common.now()
);
GRANT SELECT ON common.setting_change TO upward_profiles;
