-- How far east of Greenwich time_zone is at starts_at, in seconds, by the rules with which starts_at was
-- computed: the time of day that was meant, whatever rules a later release of the tz database brings. Null:
-- not yet noted.
ALTER TABLE scheduling.session ADD utc_offset int;
ALTER TABLE scheduling.gathering ADD utc_offset int;
