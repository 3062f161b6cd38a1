-- Repairs of published rounds: what was changed, or would be.
CREATE TABLE matching.repair (
	id uuid CONSTRAINT repair_id PRIMARY KEY,
	round_id uuid NOT NULL CONSTRAINT repair_round REFERENCES matching.round (id),
	dry_run boolean NOT NULL,
	examined int NOT NULL,
	next_after uuid,           -- the last shortlist examined; null: it was the last there is
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX repair_by_round ON matching.repair (round_id);

-- A mentor taken off a shortlist, with the reason, or put on it.
CREATE TABLE matching.repair_change (
	repair_id uuid NOT NULL CONSTRAINT repair_change_repair REFERENCES matching.repair (id),
	shortlist_id uuid NOT NULL CONSTRAINT repair_change_shortlist REFERENCES matching.shortlist (id),
	mentor_id uuid NOT NULL,
	reason text                -- null: put on it
		CONSTRAINT repair_change_reason CHECK (reason IN ('left', 'paused', 'declined', 'unsafe', 'no_place',
			'policy', 'paired')),
	CONSTRAINT repair_change_once PRIMARY KEY (repair_id, shortlist_id, mentor_id)
);
CREATE INDEX repair_change_mentor ON matching.repair_change (mentor_id);
CREATE INDEX repair_change_of_shortlist ON matching.repair_change (shortlist_id);
GRANT SELECT, INSERT ON matching.repair, matching.repair_change TO upward_matching;
