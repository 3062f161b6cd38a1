-- Mentors whom a repair has taken off an open shortlist. A page that was loaded before still shows them: a
-- pick of one of them is told from a pick of somebody who was never on it.
ALTER TABLE matching.shortlist ADD replaced uuid[] NOT NULL DEFAULT '{}';
