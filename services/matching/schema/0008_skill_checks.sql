-- Whether a round counts what a skill check has found to be a weakness as a skill to learn.
ALTER TABLE matching.programme ADD skill_checks boolean NOT NULL DEFAULT false;
