-- Repairs of published rounds with as little change as possible: only mentors who can no longer be picked are
-- taken off open shortlists, and others of the round's candidates take their places by the same objective.

-- Why the mentor of an entry can no longer be picked; null: they can.
CREATE OR REPLACE FUNCTION matching.entry_fault(x matching.shortlist_entry, mentee uuid, distance smallint,
	rules json) RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	e enrolment;
BEGIN
	IF obtainable(x.enrolment_id, mentee, distance) AND suits(rules, x.mentor_id, mentee) THEN
		RETURN NULL;
	END IF;
	SELECT * INTO e FROM enrolment n WHERE n.id = x.enrolment_id;
	RETURN CASE WHEN e.status = 'paused' THEN 'paused' WHEN e.status <> 'enrolled' THEN 'left'
		WHEN EXISTS (SELECT FROM declined d WHERE d.programme_id = e.programme_id AND d.mentee_id = mentee
			AND d.mentor_id = e.person_id) THEN 'declined'
		WHEN NOT may_pair(e.person_id, mentee, (SELECT p.min_level_gap FROM programme p
			WHERE p.id = e.programme_id), distance) THEN 'unsafe'
		WHEN NOT mentor_has_place(x.enrolment_id) THEN 'no_place'
		WHEN policy_refusal(rules, x.mentor_id, mentee) IS NOT NULL THEN 'policy' ELSE 'paired' END;
END $$;

-- Takes mentors off an open shortlist, and puts the next candidates in their places: those are the result. A
-- list that nobody is left for is withdrawn.
CREATE OR REPLACE FUNCTION matching.replace_entries(list uuid, gone uuid[]) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	kept uuid[];
BEGIN
	PERFORM shortlist_shows(list, false);
	DELETE FROM shortlist_entry x WHERE x.shortlist_id = list AND x.mentor_id = ANY (gone);
	kept := ARRAY(SELECT x.mentor_id FROM shortlist_entry x WHERE x.shortlist_id = list);
	IF fill_shortlist(list) = 0 THEN
		UPDATE shortlist SET step = 'withdrawal' WHERE id = list;
	ELSE
		PERFORM shortlist_shows(list, true);
		UPDATE shortlist s SET step = 'repair', replaced = s.replaced || gone WHERE s.id = list;
	END IF;
	RETURN ARRAY(SELECT x.mentor_id FROM shortlist_entry x
		WHERE x.shortlist_id = list AND x.mentor_id <> ALL (kept) ORDER BY x.rank);
END $$;

-- Takes mentors off open shortlists of these people, or with them, where the two may no longer be paired: at
-- most a batch, so that no transaction is long; others are noticed at the pick, and by a repair of the round.
CREATE OR REPLACE FUNCTION matching.repair_lists_of(people uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM shortlist s WHERE s.status = 'open') THEN
		RETURN;
	END IF;
	PERFORM replace_entries(g.id, g.mentors)
	FROM (SELECT s.id, array_agg(x.mentor_id) AS mentors
		FROM (SELECT o.id FROM unnest(people) u JOIN shortlist o ON o.mentee_id = u AND o.status = 'open'
			UNION SELECT y.shortlist_id FROM unnest(people) u JOIN shortlist_entry y ON y.mentor_id = u) a
			JOIN shortlist s ON s.id = a.id AND s.status = 'open' JOIN programme p ON p.id = s.programme_id
			JOIN shortlist_entry x ON x.shortlist_id = s.id
		WHERE NOT may_pair(x.mentor_id, s.mentee_id, p.min_level_gap,
			coalesce(p.line_distance, x.line_distance))
		GROUP BY s.id ORDER BY s.id LIMIT batch()) g;
END $$;

-- Takes a mentor who takes no part any more, offers fewer places than before, or has accepted their last
-- mentee, off the open lists that show them, at most a batch. A place that a pick takes may become free again
-- with the answer: then lists stay as they are, and whoever picks the mentor meanwhile gets another list. A
-- list that somebody is changing at this moment is left: a pick of the mentor is refused.
CREATE OR REPLACE FUNCTION matching.spare_mentor(mentor uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	list uuid;
BEGIN
	FOR list IN SELECT s.id
		FROM shortlist_entry x JOIN shortlist s ON s.id = x.shortlist_id AND s.status = 'open'
		WHERE x.mentor_id = spare_mentor.mentor AND s.pick_by > common.now()
			AND NOT mentor_has_place(x.enrolment_id)
		ORDER BY s.id LIMIT batch() FOR NO KEY UPDATE OF s SKIP LOCKED
	LOOP
		PERFORM replace_entries(list, ARRAY[mentor]);
	END LOOP;
END $$;

-- An expired shortlist that is reopened: mentors whom other lists show often enough by now, or who can no
-- longer be picked, are replaced. Refuses if nobody is left.
CREATE OR REPLACE FUNCTION matching.renew_shortlist(list uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	gone uuid[];
BEGIN
	PERFORM reserve_mentor(s.programme_id, x.mentor_id, true)
	FROM shortlist s JOIN (SELECT y.* FROM shortlist_entry y WHERE y.shortlist_id = list
		ORDER BY y.mentor_id) x ON x.shortlist_id = s.id;
	SELECT array_agg(x.mentor_id) INTO gone
	FROM shortlist s JOIN programme p ON p.id = s.programme_id JOIN shortlist_entry x ON x.shortlist_id = s.id
	WHERE s.id = list AND (mentor_lists(x.mentor_id, s.round_id) > exposure_cap(s.round_id)
		OR entry_fault(x, s.mentee_id, coalesce(p.line_distance, x.line_distance),
			round_rules(s.round_id)) IS NOT NULL);
	IF gone IS NOT NULL THEN
		PERFORM replace_entries(list, gone);
	END IF;
	IF EXISTS (SELECT FROM shortlist s WHERE s.id = list AND s.status <> 'open') THEN
		PERFORM common.refuse('no_more_mentors');
	END IF;
END $$;

-- Repairs one open shortlist: what was changed, without the repair's id.
CREATE OR REPLACE FUNCTION matching.repair_shortlist(list uuid) RETURNS matching.repair_change[]
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	gone repair_change[];
BEGIN
	gone := ARRAY(SELECT ROW(NULL, list, f.mentor_id, f.fault)::repair_change
		FROM (SELECT x.mentor_id, entry_fault(x, s.mentee_id,
				coalesce(p.line_distance, x.line_distance), round_rules(s.round_id)) AS fault
			FROM shortlist s JOIN programme p ON p.id = s.programme_id
				JOIN shortlist_entry x ON x.shortlist_id = s.id
			WHERE s.id = list) f
		WHERE f.fault IS NOT NULL ORDER BY f.mentor_id);
	IF cardinality(gone) = 0 THEN
		RETURN gone;
	END IF;
	RETURN gone || ARRAY(SELECT ROW(NULL, list, n.mentor_id, NULL)::repair_change
		FROM unnest(replace_entries(list, ARRAY(SELECT g.mentor_id FROM unnest(gone) g))) n (mentor_id));
END $$;

-- Repairs the next open shortlists of a published round, at most a batch, so that no transaction is long. A
-- dry run does the same and undoes it.
CREATE OR REPLACE FUNCTION matching.repair_round(repair uuid, round uuid, dry_run boolean, after uuid,
	actor uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	lists uuid[];
	list uuid;
	most int := batch();
	changes repair_change[] := '{}';
BEGIN
	PERFORM pg_advisory_xact_lock(7, 1);
	lists := ARRAY(SELECT s.id FROM shortlist s WHERE s.round_id = repair_round.round AND s.status = 'open'
		AND s.pick_by > common.now() AND (after IS NULL OR s.id > after) ORDER BY s.id LIMIT most + 1);
	BEGIN
		UPDATE round r SET step = 'repair' WHERE r.id = repair_round.round;
		FOREACH list IN ARRAY lists[1:most] LOOP
			changes := changes || repair_shortlist(list);
		END LOOP;
		IF dry_run THEN
			RAISE EXCEPTION 'a dry run' USING ERRCODE = 'UP004';
		END IF;
	EXCEPTION WHEN SQLSTATE 'UP004' THEN
		NULL; -- undone, and known
	END;
	INSERT INTO repair (id, round_id, dry_run, examined, next_after, created_by)
	VALUES (repair, round, dry_run, least(cardinality(lists), most),
		CASE WHEN cardinality(lists) > most THEN lists[most] END, actor);
	INSERT INTO repair_change (repair_id, shortlist_id, mentor_id, reason)
	SELECT repair, c.shortlist_id, c.mentor_id, c.reason FROM unnest(changes) c;
END $$;

CREATE OR REPLACE FUNCTION matching.repair_json(p matching.repair) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object('id', p.id, 'round_id', p.round_id, 'dry_run', p.dry_run, 'examined', p.examined,
	'lists', (SELECT coalesce(json_agg(json_build_object('shortlist_id', s.id,
			'mentee', profiles.card_json(s.mentee_id), 'removed', c.removed, 'added', c.added)
			ORDER BY s.id), '[]')
		FROM (SELECT x.shortlist_id, coalesce(json_agg(json_build_object(
					'mentor', profiles.card_json(x.mentor_id), 'reason', x.reason, 'text', m.text)
					ORDER BY x.mentor_id) FILTER (WHERE x.reason IS NOT NULL), '[]') AS removed,
				coalesce(json_agg(profiles.card_json(x.mentor_id) ORDER BY x.mentor_id)
					FILTER (WHERE x.reason IS NULL), '[]') AS added
			FROM matching.repair_change x
				LEFT JOIN common.message m ON m.key = 'repair_reason.' || x.reason
			WHERE x.repair_id = p.id GROUP BY x.shortlist_id) c
			JOIN matching.shortlist s ON s.id = c.shortlist_id),
	'next_after', p.next_after, 'created_at', common.instant(p.created_at), 'version', p.version,
	'can', '[]'::json, 'links', json_build_object('self',
		'/api/v1/rounds/' || p.round_id || '/repairs/' || p.id, 'round', '/api/v1/rounds/' || p.round_id));

GRANT EXECUTE ON FUNCTION matching.repair_lists_of(uuid[]), matching.spare_mentor(uuid) TO guard;
GRANT EXECUTE ON FUNCTION matching.spare_mentor(uuid), matching.renew_shortlist(uuid) TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.entry_fault(matching.shortlist_entry, uuid, smallint, json),
	matching.replace_entries(uuid, uuid[]), matching.repair_shortlist(uuid),
	matching.repair_round(uuid, uuid, boolean, uuid, uuid),
	matching.repair_json(matching.repair) TO upward_matching;
