-- The smallest change of the rules that brings somebody who teaches a want, and for a mentor on no list some
-- mentee; null: none is known.
ALTER TABLE matching.round_want ADD relaxation json;
ALTER TABLE matching.round_mentor ADD relaxation json;
