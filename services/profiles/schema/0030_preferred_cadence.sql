-- How often a person would like to meet a partner, by the cadences of agreements.
ALTER TABLE profiles.person ADD preferred_cadence text CONSTRAINT person_preferred_cadence
	CHECK (preferred_cadence IN ('weekly_3_months', 'every_second_month', 'six_weeks', 'monthly'));
