ALTER TABLE scheduling.delivery VALIDATE CONSTRAINT delivery_outcome;
