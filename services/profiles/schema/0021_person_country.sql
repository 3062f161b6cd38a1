-- The last filter of the directory that had to look at everybody.
CREATE INDEX person_country ON profiles.person (country);
