-- The programme of which this one is a copy: the year before it.
ALTER TABLE matching.programme ADD copy_of uuid;
