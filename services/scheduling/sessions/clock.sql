-- Statements of the job that keeps meetings at their time of day when the rules of a clock change.

-- clock_ahead(starts_at timestamptz, id uuid): what is ahead after this meeting, by start.
SELECT c.id, common.instant(c.starts_at), extract(epoch FROM c.starts_at)::bigint, c.time_zone, c.utc_offset,
	c.noun
FROM on_the_clock c
WHERE :id IS NULL OR (c.starts_at, c.id) > (:starts_at, :id)
ORDER BY c.starts_at, c.id
LIMIT 500;

-- clock_note(noun text, id uuid, utc_offset int): what its start was computed with, if nobody has said so.
WITH s AS (UPDATE session s SET utc_offset = :utc_offset
		WHERE :noun = 'session' AND s.id = :id AND s.utc_offset IS NULL)
UPDATE gathering g SET utc_offset = :utc_offset
WHERE :noun = 'gathering' AND g.id = :id AND g.utc_offset IS NULL;

-- clock_keep(noun text, id uuid, was int, starts timestamptz, becomes int, stays int): the time of day of one
-- meeting.
SELECT CASE :noun WHEN 'session' THEN keep_session_time(:id, :was, :starts, :becomes, :stays)
	ELSE keep_gathering_time(:id, :was, :starts, :becomes, :stays) END;
