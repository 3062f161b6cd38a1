ALTER TABLE matching.pair VALIDATE CONSTRAINT pair_origin;
