-- Who may see which field of a person, as api/visibility.yaml says it; upward-migrate replaces the rows.
CREATE TABLE common.person_field (
	field text CONSTRAINT person_field_name PRIMARY KEY,
	audience text NOT NULL,         -- who sees it where the person has chosen nothing
	choices text[] NOT NULL,        -- audiences that the person may choose; only that one: it is fixed
	roles text[] NOT NULL,          -- who sees it whatever the audience
	purpose text NOT NULL,
	text text NOT NULL,
	place int NOT NULL              -- order in the file
);

-- The same by viewer, ready to use: the person (self), an audience, or a role with fields of its own.
CREATE TABLE common.viewer (
	viewer text CONSTRAINT viewer_name PRIMARY KEY,
	fields text[] NOT NULL
);
GRANT SELECT ON common.person_field, common.viewer
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
