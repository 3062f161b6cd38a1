-- What of a programme has changed since.
CREATE INDEX pair_changed ON matching.pair (programme_id, updated_at);
CREATE INDEX enrolment_changed ON matching.enrolment (programme_id, updated_at);
CREATE INDEX shortlist_changed ON matching.shortlist (programme_id, updated_at);
