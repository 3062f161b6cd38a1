-- Break-glass (services/README.md, Disclosures).

-- Whether somebody may decide about what one of the two wrote: neither of them, and above neither.
CREATE OR REPLACE FUNCTION evaluation.impartial(who uuid, author uuid, partner uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN who NOT IN (author, partner) AND NOT EXISTS (SELECT FROM matching.below(who, ARRAY[author, partner]));

-- Whether somebody sees it: admins and auditors, unless it concerns them or somebody below them, and the
-- author once it is over.
CREATE OR REPLACE FUNCTION evaluation.disclosure_seen(d evaluation.disclosure, actor uuid, roles text[])
	RETURNS boolean
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN d.author_id IS NOT DISTINCT FROM actor AND d.status = 'closed'
	OR roles && '{admin,auditor}'
		AND (actor IS NULL OR evaluation.impartial(actor, d.author_id, d.partner_id));

CREATE OR REPLACE FUNCTION evaluation.disclosure_can(d evaluation.disclosure, viewer uuid, roles text[])
	RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT array_to_json(ARRAY(SELECT a FROM unnest(common.actions('disclosure', d.status, roles)) a
		WHERE viewer <> d.author_id AND CASE WHEN a IN ('approval', 'refusal')
			THEN viewer IS DISTINCT FROM d.requested_by AND viewer IS DISTINCT FROM d.first_approver
			ELSE viewer = d.requested_by END)));

CREATE OR REPLACE FUNCTION evaluation.disclosure_json(d evaluation.disclosure, viewer uuid, roles text[])
	RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN json_build_object('id', d.id, 'what', d.what, 'pair_id', d.pair_id,
	'author', profiles.card_json(d.author_id), 'reason', d.reason, 'status', d.status,
	'requested_by', profiles.card_json(d.requested_by),
	'approved_by', (SELECT coalesce(json_agg(profiles.card_json(a.id)), '[]')
		FROM unnest(ARRAY[d.first_approver, d.second_approver]) a (id) WHERE a.id IS NOT NULL),
	'opened_at', common.instant(d.opened_at), 'open_until', common.instant(d.opened_at + interval '1 hour'),
	'readings', d.readings, 'created_at', common.instant(d.created_at), 'version', d.version,
	'can', evaluation.disclosure_can(d, viewer, roles),
	'links', json_build_object('self', '/api/v1/disclosures/' || d.id));

-- What is read, in no order that says when it was written. Runs with the caller's rights: row security
-- decides.
CREATE OR REPLACE FUNCTION evaluation.disclosed_texts(d evaluation.disclosure)
	RETURNS TABLE (about text, words text)
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT t.about, t.words FROM (
		SELECT f.id, f.visibility AS about, f.comment AS words FROM evaluation.feedback f
		WHERE d.what = 'feedback' AND f.pair_id = d.pair_id AND f.author_id = d.author_id
		UNION ALL SELECT h.id, h.topic, h.message FROM evaluation.help_request h
		WHERE d.what = 'help_request' AND h.pair_id = d.pair_id AND h.author_id = d.author_id
		UNION ALL SELECT g.id, 'goal', g.specific || ' (' || g.unit || ')' FROM evaluation.goal g
		WHERE d.what = 'goal' AND g.pair_id = d.pair_id
			AND (g.of_both OR coalesce(g.worded_by, g.proposed_by) = d.author_id)
		UNION ALL SELECT o.id, 'progress', o.note FROM evaluation.progress o
		WHERE d.what = 'goal' AND o.goal_id = ANY (evaluation.pair_goals(d.pair_id))
			AND o.author_id = d.author_id
		UNION ALL SELECT r.id, s.title, x.value FROM evaluation.response r
			JOIN evaluation.survey s ON s.id = r.survey_id CROSS JOIN jsonb_each_text(r.texts) x
		WHERE d.what = 'survey' AND r.programme_id = d.programme_id AND r.person_id = d.author_id) t
	WHERE t.words IS NOT NULL ORDER BY t.id, t.words;
END;

GRANT EXECUTE ON FUNCTION evaluation.impartial(uuid, uuid, uuid),
	evaluation.disclosure_seen(evaluation.disclosure, uuid, text[]),
	evaluation.disclosure_can(evaluation.disclosure, uuid, text[]),
	evaluation.disclosure_json(evaluation.disclosure, uuid, text[]),
	evaluation.disclosed_texts(evaluation.disclosure) TO upward_evaluation;

-- Whoever approves is who calls, is impartial, and neither asked for it nor approved it before.
CREATE OR REPLACE FUNCTION evaluation.disclosure_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
	IF tg_op = 'INSERT' THEN
		IF new.requested_by IS DISTINCT FROM common.actor()
			OR num_nonnulls(new.first_approver, new.second_approver, new.opened_at) > 0 THEN
			PERFORM common.refuse('not_impartial');
		END IF;
	ELSIF new.step IN ('first_approval', 'approval', 'refusal') THEN
		IF common.actor() IN (old.requested_by, old.first_approver)
			OR NOT impartial(common.actor(), old.author_id, old.partner_id) THEN
			PERFORM common.refuse('not_impartial');
		END IF;
		IF new.step = 'first_approval' THEN
			new.first_approver := common.actor();
		ELSIF new.step = 'approval' THEN
			new.second_approver := common.actor();
			new.opened_at := common.now();
		END IF;
	END IF;
	RETURN new;
END $$;

CREATE OR REPLACE FUNCTION evaluation.disclosure_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM common.tell_step('disclosure', new.step, old.status, new.id,
		json_build_object('person_id', new.author_id));
	RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER disclosure_guard BEFORE INSERT OR UPDATE OF step ON evaluation.disclosure
	FOR EACH ROW EXECUTE FUNCTION evaluation.disclosure_guard();
CREATE OR REPLACE TRIGGER disclosure_follow AFTER UPDATE OF step ON evaluation.disclosure
	FOR EACH ROW EXECUTE FUNCTION evaluation.disclosure_follow();
