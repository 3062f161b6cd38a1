-- A write has app.actor from its pipeline. A read sets it itself, in a FROM clause on which the rest
-- depends: FROM evaluation.acting(:actor) a, LATERAL (SELECT … WHERE author_id = a.actor OFFSET 0) f.
CREATE OR REPLACE FUNCTION evaluation.acting(who uuid, OUT actor uuid) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	PERFORM set_config('app.actor', who::text, true);
	actor := who;
END $$;

-- Releases feedback in batches. A programme has two windows: the first closes at its midpoint, the second
-- on its last day. Feedback that is not private belongs to the window that is open when it is written, and
-- stays hidden until all of the programme's feedback is released at once, by one row in evaluation.release.
-- The feedback rows themselves are not touched: no time, version or count gives anyone away.

CREATE OR REPLACE FUNCTION evaluation.feedback_windows(starts_on date, ends_on date, OUT wave text,
	OUT closes_on date)
RETURNS SETOF record LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	VALUES ('midpoint', starts_on + (ends_on - starts_on) / 2), ('closing', ends_on)
$$;

-- The window that is open now; null after the last one. A released window never opens again, even if the
-- programme's dates change.
CREATE OR REPLACE FUNCTION evaluation.feedback_wave(programme uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT w.wave
	FROM matching.programme_view p, evaluation.feedback_windows(p.starts_on, p.ends_on) w
	WHERE p.programme_id = programme AND w.closes_on >= common.today()
		AND NOT EXISTS (SELECT FROM evaluation.release r WHERE r.programme_id = programme AND r.wave = w.wave)
	ORDER BY w.closes_on LIMIT 1);

-- Feedback as its author sees it, with what its visibility means. Runs with the caller's rights: row
-- security applies.
CREATE OR REPLACE FUNCTION evaluation.feedback_json(f evaluation.feedback) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN json_build_object('id', f.id, 'pair_id', f.pair_id, 'session_id', f.session_id,
	'visibility', f.visibility,
	'window', (SELECT json_build_object('name', w.wave, 'closes_on', w.closes_on)
		FROM matching.programme_view p, evaluation.feedback_windows(p.starts_on, p.ends_on) w
		WHERE p.programme_id = f.programme_id AND w.wave = f.wave),
	'meaning', CASE f.visibility WHEN 'private' THEN 'Only you can read this, but for a disclosure that two'
			' people approve and that you are told of.'
		WHEN 'partner' THEN 'Your partner can read this, with your name and without a date, after the'
			' window has closed and the feedback of all pairs in the programme is released. No one'
			' else can, but for a disclosure that two people approve and that you are told of.'
		ELSE 'No one reads this, but for a disclosure that two people approve and that you are told of.'
			' It counts only in figures of at least five authors and five partners.' END,
	'rating', f.rating, 'comment', f.comment, 'version', 1, 'can', '[]'::json,
	'links', json_build_object('self', '/api/v1/feedback/' || f.id, 'pair', '/api/v1/pairs/' || f.pair_id));

GRANT EXECUTE ON FUNCTION evaluation.acting(uuid), evaluation.feedback_windows(date, date),
	evaluation.feedback_wave(uuid), evaluation.feedback_json(evaluation.feedback) TO upward_evaluation;
