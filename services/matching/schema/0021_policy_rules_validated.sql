-- What the rows have held since before is so.
ALTER TABLE matching.programme VALIDATE CONSTRAINT programme_purpose;
ALTER TABLE matching.shortlist_entry VALIDATE CONSTRAINT shortlist_entry_places;
ALTER TABLE matching.round_unmatched VALIDATE CONSTRAINT round_unmatched_found;
