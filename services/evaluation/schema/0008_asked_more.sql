-- People are told of surveys too, once for each wave.
ALTER TABLE evaluation.asked DROP CONSTRAINT asked_what,
	ADD CONSTRAINT asked_what CHECK (what IN ('assessment pre', 'assessment post', 'feedback midpoint',
		'feedback closing', 'goal') OR what LIKE 'survey %') NOT VALID;
