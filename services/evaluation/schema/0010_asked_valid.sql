ALTER TABLE evaluation.asked VALIDATE CONSTRAINT asked_what;
