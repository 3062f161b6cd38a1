-- What a programme's coordinators want the rules of flags to count from, where that is not the default
-- (evaluation.flag_default). Days, and for missed_twice sessions in a row.
CREATE TABLE evaluation.flag_threshold (
	programme_id uuid CONSTRAINT flag_threshold_once PRIMARY KEY,
	overdue_cadence int CONSTRAINT flag_threshold_overdue CHECK (overdue_cadence BETWEEN 1 AND 90),
	nothing_booked int CONSTRAINT flag_threshold_nothing CHECK (nothing_booked BETWEEN 1 AND 90),
	missed_twice int CONSTRAINT flag_threshold_missed CHECK (missed_twice BETWEEN 2 AND 10),
	unreported int CONSTRAINT flag_threshold_unreported CHECK (unreported BETWEEN 1 AND 90),
	version bigint NOT NULL DEFAULT 1
);
GRANT SELECT, INSERT, UPDATE ON evaluation.flag_threshold TO upward_evaluation;
