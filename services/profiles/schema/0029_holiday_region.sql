-- The part of their country where a person works, such as DE-BY, as the HR system says: its public holidays
-- are theirs unless they name another place themselves.
ALTER TABLE profiles.person ADD holiday_region text;
ALTER TABLE profiles.import_row ADD holiday_region text;
