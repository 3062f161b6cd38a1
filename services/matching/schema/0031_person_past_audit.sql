COMMENT ON TABLE matching.person_past IS
	'unaudited: an earlier state of people, whose changes are audited where they are made';
