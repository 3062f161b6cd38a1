-- Whom a person lets see and book their calendar.
CREATE TABLE profiles.delegate (
	id uuid CONSTRAINT delegate_id PRIMARY KEY,
	person_id uuid NOT NULL CONSTRAINT delegate_person REFERENCES profiles.person (id),
	assistant_id uuid NOT NULL CONSTRAINT delegate_assistant REFERENCES profiles.person (id),
	until date,                -- the last day, in the person's time zone; null: no end
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT delegate_once UNIQUE (person_id, assistant_id),
	CONSTRAINT delegate_two_people CHECK (person_id <> assistant_id)
);
CREATE INDEX delegate_of_assistant ON profiles.delegate (assistant_id);
GRANT SELECT, INSERT, DELETE ON profiles.delegate TO upward_profiles;
