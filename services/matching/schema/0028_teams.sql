-- Teams for gatherings, made by the engine when scheduling asks for them. One request for a gathering; a new
-- one replaces its teams. made_at: null until they are made.
CREATE TABLE matching.team_request (
	gathering_id uuid CONSTRAINT team_request_gathering PRIMARY KEY,
	programme_id uuid NOT NULL,
	people uuid[] NOT NULL,
	team_size int NOT NULL CONSTRAINT team_request_size CHECK (team_size BETWEEN 2 AND 50),
	asked_at timestamptz NOT NULL,
	made_at timestamptz
);
CREATE INDEX team_request_open ON matching.team_request (asked_at) WHERE made_at IS NULL;
CREATE TABLE matching.team_member (
	gathering_id uuid NOT NULL CONSTRAINT team_member_request REFERENCES matching.team_request (gathering_id),
	person_id uuid NOT NULL,
	team int NOT NULL,
	CONSTRAINT team_member_once PRIMARY KEY (gathering_id, person_id)
);
CREATE INDEX team_member_person ON matching.team_member (person_id);
GRANT SELECT, INSERT, UPDATE ON matching.team_request TO upward_matching;
GRANT SELECT, INSERT, UPDATE, DELETE ON matching.team_member TO upward_matching;
