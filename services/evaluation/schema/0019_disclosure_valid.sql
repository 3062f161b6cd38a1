ALTER TABLE evaluation.disclosure VALIDATE CONSTRAINT disclosure_what;
