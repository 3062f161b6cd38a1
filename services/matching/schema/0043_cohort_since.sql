-- Since when somebody who already took part belongs to their cohort; null: since they joined. What they said
-- before is in no figure of the cohort, which would tell it by moving.
ALTER TABLE matching.enrolment ADD cohort_since timestamptz;
GRANT UPDATE (cohort_since) ON matching.enrolment TO upward_matching;
