-- Where video sessions of a programme take place if nobody has said otherwise: an address with the id of the
-- session or of the pair in it.
ALTER TABLE matching.programme ADD meeting_link text CONSTRAINT programme_meeting_link CHECK (
	meeting_link ~ '^https://[A-Za-z0-9.-]+(:[0-9]+)?/[!-~]*$'
	AND meeting_link ~ '[{](session|pair)_id[}]'
	AND replace(replace(meeting_link, '{session_id}', ''), '{pair_id}', '') !~ '[{}]');
