CREATE OR REPLACE FUNCTION matching.round_json(r matching.round) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN json_build_object('id', r.id, 'programme', matching.programme_reference(r.programme_id),
		'cohort', matching.cohort_reference(r.cohort_id), 'automatic', r.automatic, 'status', r.status,
		'what_if', r.what_if,
		'kept_until', common.instant(matching.kept_until(r)),
		'progress', json_build_object('done', r.done,
			'total', CASE WHEN r.status <> 'queued' THEN r.mentees END),
		'policy_version', r.policy_number, 'seed', r.seed, 'input_hash', r.input_hash,
		'totals', CASE WHEN r.status IN ('ready', 'publishing', 'published', 'taking_back', 'rolled_back',
				'superseded', 'discarded') THEN
			json_build_object('mentees', r.mentees, 'mentors', r.mentors, 'shortlists', r.shortlists,
				'complete', r.complete, 'unmatched', r.unmatched, 'wanted', r.wanted,
				'coverable', r.coverable, 'covered', r.covered,
				'worth', CASE WHEN NOT matching.counts_checks(r.id) THEN matching.points(r.worth) END,
				'bound', CASE WHEN NOT matching.counts_checks(r.id) THEN matching.points(r.bound) END,
				'gap', r.gap / 10000.0,
				'exposure_cap', matching.applied_cap(r.id)) END,
		'changed', CASE WHEN r.status = 'ready' AND NOT r.what_if THEN matching.round_changes(r) END,
		'failure', r.reason, 'created_at', common.instant(r.created_at),
		'finished_at', common.instant(r.finished_at), 'version', r.version,
		'can', array_to_json(CASE WHEN r.status = 'published' AND EXISTS (SELECT FROM matching.shortlist s
				JOIN matching.pair q ON q.shortlist_id = s.id
					WHERE s.round_id = r.id AND q.accepted_at IS NOT NULL)
				THEN array_remove(common.actions('round', r.status, '{programme_admin}'), 'rollback')
			WHEN r.what_if OR r.status = 'ready' AND matching.round_outdated(r)
				THEN array_remove(common.actions('round', r.status, '{programme_admin}'), 'publication')
			ELSE common.actions('round', r.status, '{programme_admin}') END),
		'links', json_build_object('self', '/api/v1/rounds/' || r.id,
			'shortlists', '/api/v1/rounds/' || r.id || '/shortlists',
			'unmatched', '/api/v1/rounds/' || r.id || '/unmatched',
			'not_shown', '/api/v1/rounds/' || r.id || '/not-shown',
			'fairness', '/api/v1/rounds/' || r.id || '/fairness',
			'policy', '/api/v1/programmes/' || r.programme_id || '/policies/' || r.policy_number,
			'programme', '/api/v1/programmes/' || r.programme_id));
END $$;

-- What has changed since a round that is ready was run: the policy, or people who take part or could. Nothing
-- is said of conflicts of interest, which people keep to themselves.
CREATE OR REPLACE FUNCTION matching.round_changes(r matching.round) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT coalesce(json_agg(c.what ORDER BY c.what), '[]')
		FROM (SELECT 'policy' AS what FROM matching.programme p
			WHERE p.id = r.programme_id AND p.policy_number <> r.policy_number
		UNION ALL SELECT 'people' WHERE EXISTS (SELECT FROM matching.enrolment e
				WHERE e.programme_id = r.programme_id AND e.updated_at > r.started_at)
			OR EXISTS (SELECT FROM matching.programme_exclusion x
				WHERE x.programme_id = r.programme_id AND x.created_at > r.started_at)
			OR EXISTS (SELECT FROM profiles.candidate k WHERE k.updated_at > r.started_at
				AND EXISTS (SELECT FROM matching.enrolment e
					WHERE e.programme_id = r.programme_id AND e.person_id = k.person_id))) c);
END $$;

-- Whether what tests found counts in a round: nothing that is shown of it may then tell what.
CREATE OR REPLACE FUNCTION matching.counts_checks(round uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN coalesce((matching.round_rules(round) ->> 'skill_checks')::boolean, false);

-- Hundredths of points, as points.
CREATE OR REPLACE FUNCTION matching.points(hundredths bigint) RETURNS numeric
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN round(hundredths / 100.0, 2);

-- Until when a what-if round is kept; null: it is not one, or not finished.
CREATE OR REPLACE FUNCTION matching.kept_until(r matching.round) RETURNS timestamptz
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN r.what_if THEN CASE WHEN r.status = 'ready' THEN r.finished_at + interval '30 days'
	WHEN r.status IN ('discarded', 'cancelled', 'failed') THEN r.updated_at + interval '1 hour' END END;

CREATE OR REPLACE FUNCTION matching.round_json(round_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT matching.round_json(r) FROM matching.round r WHERE r.id = $1);
END $$;

-- How many rows one batch of a long change may change, so that no transaction is long.
CREATE OR REPLACE FUNCTION matching.batch() RETURNS int LANGUAGE sql IMMUTABLE
RETURN 100;

-- Opens the next drafts of a round that is being published, at most a batch, adapted to the present: a
-- mentee without a free place, or with an open shortlist, gets none; a mentor who is no longer available, or
-- whom other lists show often enough by now, is replaced.
CREATE OR REPLACE FUNCTION matching.open_drafts(round uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	p programme;
	rules json := round_rules(open_drafts.round);
	cap int := exposure_cap(open_drafts.round);
	list uuid;
	drafts uuid[] := ARRAY(SELECT s.id FROM shortlist s WHERE s.round_id = round AND s.status = 'draft'
		ORDER BY s.id LIMIT batch());
BEGIN
	SELECT g.* INTO p FROM programme g JOIN round r ON r.programme_id = g.id WHERE r.id = round;
	UPDATE shortlist s SET step = 'withdrawal'
	WHERE s.id = ANY (drafts) AND (mentee_refusal(s.enrolment_id, NULL) IS NOT NULL
		OR EXISTS (SELECT FROM shortlist o WHERE o.enrolment_id = s.enrolment_id AND o.status = 'open')
		OR EXISTS (SELECT FROM objecting o WHERE o.enrolment_id = s.enrolment_id));
	FOR list IN WITH gone AS (DELETE FROM shortlist_entry x USING shortlist s
				WHERE s.id = x.shortlist_id AND s.id = ANY (drafts) AND s.status = 'draft'
					AND NOT (mentor_lists(x.mentor_id, round) <= cap
						AND suits(rules, x.mentor_id, s.mentee_id)
						AND obtainable(x.enrolment_id, s.mentee_id, coalesce(p.line_distance,
							x.line_distance))) RETURNING x.shortlist_id)
			SELECT DISTINCT g.shortlist_id FROM gone g ORDER BY 1
	LOOP
		IF fill_shortlist(list) = 0 THEN
			UPDATE shortlist SET step = 'withdrawal' WHERE id = list;
		END IF;
	END LOOP;
	UPDATE shortlist s SET step = 'publication', pick_by = common.now() + make_interval(days => p.pick_days)
	WHERE s.id = ANY (drafts) AND s.status = 'draft';
END $$;

-- Publishes a round; not one for which somebody gave a fact that they have taken back since. One with more
-- drafts than a batch is `publishing` from then on, and continue_publication() does the rest.
CREATE OR REPLACE FUNCTION matching.publish_round(round uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	r round;
	large boolean;
BEGIN
	PERFORM pg_advisory_xact_lock(7, 1);
	PERFORM pg_advisory_xact_lock_shared(7, 2);
	IF EXISTS (SELECT FROM round x WHERE x.id = publish_round.round AND x.status = 'ready'
			AND round_outdated(x)) THEN
		PERFORM common.refuse('round_outdated');
	END IF;
	large := EXISTS (SELECT FROM shortlist s WHERE s.round_id = publish_round.round AND s.status = 'draft'
		OFFSET batch());
	UPDATE round x SET step = CASE WHEN large THEN 'opening' ELSE 'publication' END,
		published_at = common.now() WHERE x.id = publish_round.round RETURNING * INTO r;
	UPDATE programme p SET step = 'first_round' WHERE p.id = r.programme_id AND p.status = 'recruiting';
	PERFORM open_drafts(r.id);
	IF NOT large THEN
		PERFORM supersede_rounds(r);
	END IF;
END $$;

-- The next batch of a round that is being published; after the last one it is published. Once somebody has
-- taken back a fact for which the round goes, the lists that nobody has seen yet are withdrawn instead.
CREATE OR REPLACE FUNCTION matching.continue_publication(round uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	r round;
BEGIN
	PERFORM pg_advisory_xact_lock(7, 1);
	PERFORM pg_advisory_xact_lock_shared(7, 2);
	SELECT * INTO r FROM round x
	WHERE x.id = continue_publication.round AND x.status = 'publishing' FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	IF round_outdated(r) THEN
		UPDATE shortlist s SET step = 'withdrawal' WHERE s.id IN (SELECT d.id FROM shortlist d
			WHERE d.round_id = r.id AND d.status = 'draft' ORDER BY d.id LIMIT batch());
	ELSE
		PERFORM open_drafts(r.id);
	END IF;
	UPDATE round x SET step = 'completion' WHERE x.id = r.id AND NOT EXISTS (SELECT FROM shortlist s
		WHERE s.round_id = r.id AND s.status = 'draft') RETURNING * INTO r;
	IF FOUND THEN
		PERFORM supersede_rounds(r);
	END IF;
END $$;

-- A round that is ready or published supersedes others that nobody is waiting for; the round of a cohort only
-- those of the same cohort.
CREATE OR REPLACE FUNCTION matching.supersede_rounds(r matching.round) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	UPDATE round o SET step = 'supersession'
	WHERE o.programme_id = r.programme_id AND o.id <> r.id AND NOT o.what_if
		AND (r.cohort_id IS NULL OR o.cohort_id = r.cohort_id) AND (o.status = 'ready'
		OR r.status = 'published' AND o.status = 'published'
			AND NOT EXISTS (SELECT FROM shortlist s WHERE s.round_id = o.id AND s.status = 'open'));
	UPDATE shortlist s SET step = 'withdrawal' FROM round o
	WHERE o.id = s.round_id AND o.programme_id = r.programme_id AND o.status = 'superseded'
		AND s.status = 'draft';
END $$;

-- Withdraws the next shortlists of a round, at most a batch, with the picks from them. True if that was all.
CREATE OR REPLACE FUNCTION matching.withdraw_lists(round uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	lists uuid[] := ARRAY(SELECT s.id FROM shortlist s WHERE s.round_id = round
		AND s.status IN ('draft', 'open', 'picked') ORDER BY s.id LIMIT batch());
	over boolean := cardinality(lists) < batch();
BEGIN
	UPDATE pair q SET step = 'retraction' FROM shortlist s
	WHERE s.id = q.shortlist_id AND s.round_id = round AND (over OR s.id = ANY (lists))
		AND q.status IN ('proposed', 'suspended');
	UPDATE shortlist s SET step = 'withdrawal' WHERE s.id = ANY (lists);
	RETURN over;
END $$;

-- Takes a published round back, if none of its picks has been accepted. One with more shortlists than a batch
-- is `taking_back` from then on, so that no pick can be accepted, and continue_rollback() does the rest.
CREATE OR REPLACE FUNCTION matching.take_back_round(round uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(7, 1);
	IF EXISTS (SELECT FROM pair q JOIN shortlist s ON s.id = q.shortlist_id JOIN round r ON r.id = s.round_id
			WHERE r.id = take_back_round.round AND r.status = 'published' AND q.accepted_at IS NOT NULL) THEN
		PERFORM common.refuse('round_accepted');
	END IF;
	IF withdraw_lists(round) THEN
		UPDATE round r SET step = 'rollback' WHERE r.id = take_back_round.round;
	ELSE
		UPDATE round r SET step = 'withdrawal' WHERE r.id = take_back_round.round;
	END IF;
END $$;

-- The next batch of a round that is being taken back; after the last one it is rolled back.
CREATE OR REPLACE FUNCTION matching.continue_rollback(round uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(7, 1);
	PERFORM FROM round r WHERE r.id = continue_rollback.round AND r.status = 'taking_back'
		FOR NO KEY UPDATE;
	IF FOUND AND withdraw_lists(round) THEN
		UPDATE round r SET step = 'withdrawal_end' WHERE r.id = continue_rollback.round;
	END IF;
END $$;

-- Whether a round has been taken back, or is being: nothing comes of its shortlists any more.
CREATE OR REPLACE FUNCTION matching.is_taken_back(round uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN EXISTS (SELECT FROM matching.round r
		WHERE r.id = round AND r.status IN ('taking_back', 'rolled_back'));
END $$;

-- Rounds need a running programme, and a round that was taken back has no current pairs. Nobody is shown or
-- told of a what-if round.
CREATE OR REPLACE FUNCTION matching.round_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	IF new.step IN ('creation', 'publication', 'opening')
		AND NOT EXISTS (SELECT FROM programme p WHERE p.id = new.programme_id
			AND p.status IN ('recruiting', 'matching', 'active') AND p.winding_down IS NULL) THEN
		PERFORM common.refuse('programme_not_open');
	END IF;
	IF new.what_if AND new.step IN ('publication', 'opening') THEN
		PERFORM common.refuse('what_if_round');
	END IF;
	IF new.status = 'rolled_back' AND EXISTS (SELECT FROM shortlist s JOIN pair q ON q.shortlist_id = s.id
			WHERE s.round_id = new.id AND q.status IN ('proposed', 'active', 'suspended')) THEN
		RAISE EXCEPTION 'live pairs' USING ERRCODE = '23514', SCHEMA = 'matching', TABLE = 'round',
			CONSTRAINT = 'round_pairs_over';
	END IF;
	IF tg_op = 'UPDATE' AND NOT new.what_if THEN
		PERFORM common.tell_step('round', new.step, old.status, new.id);
	END IF;
	RETURN NULL;
END $$;

GRANT EXECUTE ON FUNCTION matching.round_json(matching.round), matching.points(bigint),
	matching.counts_checks(uuid), matching.batch(),
	matching.kept_until(matching.round), matching.round_changes(matching.round),
	matching.open_drafts(uuid), matching.publish_round(uuid), matching.continue_publication(uuid),
	matching.supersede_rounds(matching.round), matching.withdraw_lists(uuid), matching.take_back_round(uuid),
	matching.continue_rollback(uuid), matching.is_taken_back(uuid) TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.round_json(uuid) TO upward_evaluation;

CREATE OR REPLACE TRIGGER round_follow AFTER INSERT OR UPDATE OF step ON matching.round
	FOR EACH ROW EXECUTE FUNCTION matching.round_follow();
