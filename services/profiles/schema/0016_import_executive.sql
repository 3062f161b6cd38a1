-- Files say who is an executive.
ALTER TABLE profiles.import_row ADD executive boolean;
