-- The issue box of mentor circles. The tables are open to no service: what these functions give away is all
-- that anybody gets.

CREATE OR REPLACE FUNCTION scheduling.quarter() RETURNS date
LANGUAGE sql STABLE
RETURN date_trunc('quarter', common.today()::timestamp)::date;

-- Puts themes into the box, once a quarter for each mentor. All rows of the quarter are written in one order
-- and at once, whichever are named: neither a lock nor a row tells which.
CREATE OR REPLACE FUNCTION scheduling.put_issues(circle uuid, actor uuid, themes text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	programme uuid := (SELECT g.programme_id FROM scheduling.gathering g WHERE g.id = circle
		AND g.kind = 'mentor_circle' AND scheduling.may_attend(g, actor));
	now_ date := scheduling.quarter();
BEGIN
	IF programme IS NULL THEN
		PERFORM common.refuse('not_found');
	END IF;
	PERFORM pg_advisory_xact_lock(9, hashtext(programme::text));
	INSERT INTO scheduling.issue_author (programme_id, quarter, person_id) VALUES (programme, now_, actor)
	ON CONFLICT DO NOTHING;
	IF FOUND THEN
		INSERT INTO scheduling.issue_theme (programme_id, quarter, theme, mentors)
		SELECT programme, now_, t.theme, (t.theme = ANY (themes))::int
		FROM common.message m, substring(m.key FROM '^issue_theme\.(.*)$') t (theme)
		WHERE t.theme IS NOT NULL ORDER BY t.theme
		ON CONFLICT (programme_id, quarter, theme)
			DO UPDATE SET mentors = issue_theme.mentors + excluded.mentors;
	END IF;
END $$;

-- The themes that enough mentors have named in quarters that are over.
CREATE OR REPLACE FUNCTION scheduling.issue_themes(programme uuid)
	RETURNS TABLE (quarter date, theme text, mentors bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT i.quarter, i.theme, common.fives(i.mentors) FROM scheduling.issue_theme i
	WHERE i.programme_id = programme AND i.quarter < scheduling.quarter() AND common.enough(i.mentors);
END;

-- Forgets who has used the box in quarters that are over.
CREATE OR REPLACE FUNCTION scheduling.forget_issue_authors() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	DELETE FROM scheduling.issue_author a WHERE a.quarter < scheduling.quarter();
END;

GRANT EXECUTE ON FUNCTION scheduling.quarter(), scheduling.put_issues(uuid, uuid, text[]),
	scheduling.issue_themes(uuid), scheduling.forget_issue_authors() TO upward_scheduling;
