-- Rounds that start by themselves for those without a shortlist, within the working hours of the programme.
ALTER TABLE matching.programme
	ADD auto_rounds text NOT NULL DEFAULT 'off' CONSTRAINT programme_auto_rounds
		CHECK (auto_rounds IN ('off', 'daily', 'weekly')),
	ADD time_zone text NOT NULL DEFAULT 'UTC';
ALTER TABLE matching.round ADD automatic boolean NOT NULL DEFAULT false;
CREATE INDEX programme_by_itself ON matching.programme (id) WHERE auto_rounds <> 'off';
