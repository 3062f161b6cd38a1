-- What the rows have held since before is so.
ALTER TABLE matching.programme VALIDATE CONSTRAINT programme_declared_kinds;
