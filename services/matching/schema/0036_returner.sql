-- Enrolments of people who have left, to find those who are back.
CREATE INDEX enrolment_left ON matching.enrolment (programme_id, person_id) WHERE status = 'left_company';
