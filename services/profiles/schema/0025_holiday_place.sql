-- The country or region whose public holidays a person keeps, where it is not the country that HR knows: an
-- ISO 3166 code such as DE-BY, the person's own.
ALTER TABLE profiles.person ADD holiday_place text;
