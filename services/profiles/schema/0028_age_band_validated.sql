-- What the rows have held since before is so.
ALTER TABLE profiles.consent VALIDATE CONSTRAINT consent_attribute;
ALTER TABLE profiles.declaration VALIDATE CONSTRAINT declaration_kind;
