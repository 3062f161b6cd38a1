-- Guides for the people of a programme: a link, a short text, or both.
CREATE TABLE matching.resource (
	id uuid CONSTRAINT resource_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT resource_programme REFERENCES matching.programme (id),
	title text NOT NULL CONSTRAINT resource_title_some CHECK (title <> ''),
	url text,
	text text,
	role text CONSTRAINT resource_role CHECK (role IN ('mentor', 'mentee')),       -- null: both
	phase text CONSTRAINT resource_phase CHECK (phase IN ('preparation', 'first_meeting', 'under_way',
		'closing')),                                                               -- null: all
	place int NOT NULL,
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT resource_something CHECK (num_nonnulls(url, text) > 0)
);
CREATE INDEX resource_in_order ON matching.resource (programme_id, place, id);
GRANT SELECT, INSERT, UPDATE, DELETE ON matching.resource TO upward_matching;
