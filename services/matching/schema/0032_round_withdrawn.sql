-- The mark of what had been withdrawn when the round was stored (profiles.withdrawn_mark); null: it used no
-- declaration.
ALTER TABLE matching.round ADD withdrawn text;
