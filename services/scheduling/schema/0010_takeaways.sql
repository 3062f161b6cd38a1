-- What each of the two took away from a session, in their own words: for themselves, or shared with the
-- partner. Row security shows it to nobody else, and no figure is made of it.
CREATE TABLE scheduling.takeaway (
	id uuid CONSTRAINT takeaway_id PRIMARY KEY,
	session_id uuid NOT NULL CONSTRAINT takeaway_session REFERENCES scheduling.session (id),
	author_id uuid NOT NULL,
	learned text NOT NULL CONSTRAINT takeaway_learned_some CHECK (learned <> ''),
	visibility text NOT NULL CONSTRAINT takeaway_visibility CHECK (visibility IN ('private', 'partner')),
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT takeaway_once UNIQUE (session_id, author_id)
);
CREATE INDEX takeaway_author ON scheduling.takeaway (author_id);
ALTER TABLE scheduling.takeaway ENABLE ROW LEVEL SECURITY;
ALTER TABLE scheduling.takeaway FORCE ROW LEVEL SECURITY;
CREATE POLICY takeaway_own ON scheduling.takeaway TO upward_scheduling
	USING (author_id = nullif(current_setting('app.actor', true), '')::uuid);
CREATE POLICY takeaway_shared ON scheduling.takeaway FOR SELECT TO upward_scheduling
	USING (visibility = 'partner' AND EXISTS (SELECT FROM scheduling.participant p
		WHERE p.session_id = takeaway.session_id
			AND p.person_id = nullif(current_setting('app.actor', true), '')::uuid));
CREATE POLICY takeaway_all ON scheduling.takeaway TO owner USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.takeaway TO upward_scheduling;
COMMENT ON TABLE scheduling.takeaway IS 'unaudited: whether somebody writes down what they learned is theirs';
