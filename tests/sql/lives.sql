-- Random lives of twelve people in every table of the four services, made with triggers at rest. Every free
-- text bears the mark of whose word it is: mark<n>.<table>.<column>.<random>. Run setseed() before.
SET session_replication_role = replica;
DROP SCHEMA IF EXISTS lives CASCADE;
CREATE SCHEMA lives;
CREATE FUNCTION lives.id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN (kind || '0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid;
CREATE FUNCTION lives.some(most int) RETURNS int LANGUAGE sql VOLATILE
RETURN 1 + floor(random() * most)::int;
CREATE FUNCTION lives.anybody() RETURNS uuid LANGUAGE sql VOLATILE RETURN lives.id(1, lives.some(12));

DO $$ DECLARE t text; BEGIN
	FOR t IN SELECT c.oid::regclass FROM pg_class c WHERE c.relkind = 'r'
			AND c.relnamespace::regnamespace::text IN ('profiles', 'matching', 'scheduling',
				'evaluation') LOOP
		EXECUTE format('DELETE FROM %s', t);
	END LOOP;
END $$;

-- ---- profiles
INSERT INTO profiles.person (id, external_id, user_name, given_name, family_name, email, title, department,
	location,
	country, time_zone_override, level, age_band, manager_id, manager_external_id, hired_on, bio, pronouns,
	photo_url)
SELECT lives.id(1, n), 'x' || n, 'u' || n, 'g', 'f', 'e' || n, 't', 'd', 'l', 'DE', 'UTC', lives.some(6),
	5 * lives.some(12), CASE WHEN n > 1 THEN lives.id(1, lives.some(n - 1)) END, 'm', '2020-01-01', 'b', 'p',
	'h'
FROM generate_series(1, 12) n;
INSERT INTO profiles.word_figure (word, share) VALUES ('analyst', 0.2);
INSERT INTO profiles.skill (id, name) SELECT lives.id(5, n), 'Skill ' || n FROM generate_series(1, 4) n;
INSERT INTO profiles.person_skill (person_id, skill_id, current, target, offered)
SELECT lives.anybody(), lives.id(5, n % 4 + 1), n % 6, n % 5, n % 2 = 0
	FROM generate_series(1, 40) n ON CONFLICT DO NOTHING;
INSERT INTO profiles.person_interest (person_id, interest)
SELECT lives.anybody(), 'i' || n FROM generate_series(1, 30) n;
INSERT INTO profiles.person_language (person_id, language)
SELECT lives.anybody(), 'l' || n FROM generate_series(1, 30) n;
INSERT INTO profiles.person_hours (person_id, weekday, starts, ends)
SELECT lives.id(1, n), lives.some(7), '09:00', '12:00' FROM generate_series(1, 12) n;
INSERT INTO profiles.consent (id, person_id, number, attribute, purpose, given, notice_version)
SELECT gen_random_uuid(), lives.anybody(), n, 'ethnicity', 'matching', true, 1 FROM generate_series(1, 30) n;
INSERT INTO profiles.declaration (person_id, kind, value)
SELECT lives.id(1, n), 'ethnicity', 'mark' || n || '.declaration.value.' || md5(random()::text)
FROM generate_series(1, 12) n WHERE profiles.consents(lives.id(1, n), 'ethnicity', 'matching');
INSERT INTO profiles.person_channel (person_id, channel) SELECT lives.id(1, n), 'video'
	FROM generate_series(1, 12, 2) n;
INSERT INTO profiles.person_access_need (person_id, need) SELECT lives.id(1, n), 'captions'
	FROM generate_series(1, 12, 3) n;
INSERT INTO profiles.partner (viewer_id, person_id, through)
SELECT lives.anybody(), lives.anybody(), gen_random_uuid() FROM generate_series(1, 20);
INSERT INTO profiles.listing (id, person_id, kind, skill_id, title, description, open_until)
SELECT gen_random_uuid(), lives.anybody(), 'teach', lives.id(5, n % 4 + 1), 't', 'd', '2027-01-01'
FROM generate_series(1, 20) n;
INSERT INTO profiles.listing_reply (id, listing_id, person_id, message)
SELECT gen_random_uuid(), l.id, lives.anybody(), 'm' FROM profiles.listing l;
INSERT INTO profiles.training_record (id, person_id, topic, title, completed_on)
SELECT gen_random_uuid(), lives.anybody(), 'listening', 't' || n, '2026-01-01'
FROM generate_series(1, 20) n;
INSERT INTO profiles.skill_check (id, person_id, instrument, taken_on)
SELECT gen_random_uuid(), lives.anybody(), 'i', '2026-01-01' FROM generate_series(1, 20);
INSERT INTO profiles.skill_finding (check_id, skill_id, finding, level)
SELECT c.id, lives.id(5, n), 'weakness', n FROM profiles.skill_check c, generate_series(1, 2) n;
INSERT INTO profiles.token_revocation (id, person_id) SELECT gen_random_uuid(), lives.anybody()
	FROM generate_series(1, 6);
INSERT INTO profiles.delegate (id, person_id, assistant_id)
SELECT gen_random_uuid(), lives.id(1, n), lives.id(1, n % 12 + 1) FROM generate_series(1, 12) n;
INSERT INTO profiles.import (id, status, step, requested_by)
	VALUES (lives.id(7, 1), 'done', 'completion', lives.anybody());
INSERT INTO profiles.key_left (name, value, person_id, left_at)
SELECT 'user_name', 'k' || n, lives.anybody(), common.now() FROM generate_series(1, 12) n;
INSERT INTO profiles.person_merge (id, newer_id, earlier_id, dry_run, reports)
SELECT gen_random_uuid(), lives.id(1, n + 1), lives.id(1, n), false, 0 FROM generate_series(1, 4) n;
INSERT INTO profiles.person_batch (id, items)
SELECT lives.id(6, n), jsonb_build_array(jsonb_build_object('id', lives.anybody()))
FROM generate_series(1, 6) n;
INSERT INTO profiles.import_mapping (id, name) VALUES (lives.id(7, 2), 'Payroll');

-- ---- matching
INSERT INTO matching.programme (id, title, purpose, status, step, starts_on, ends_on, created_by)
SELECT lives.id(2, n), 'Programme', 'inclusion', 'active', 'activation', '2026-01-01', '2027-01-01',
	lives.anybody()
FROM generate_series(1, 3) n;
INSERT INTO matching.coordinator (programme_id, person_id)
SELECT lives.id(2, n % 3 + 1), lives.anybody() FROM generate_series(1, 9) n ON CONFLICT DO NOTHING;
INSERT INTO matching.policy (programme_id, number, rules, created_by)
SELECT id, 1, '{}', lives.anybody() FROM matching.programme;
INSERT INTO matching.invitation (id, programme_id, role, message, found, invited, created_by)
SELECT gen_random_uuid(), id, 'mentor', 'm', 1, 1, lives.anybody() FROM matching.programme;
INSERT INTO matching.form (id, programme_id, role, number, questions, created_by)
SELECT gen_random_uuid(), id, 'mentor', 1, '[]', lives.anybody() FROM matching.programme;
INSERT INTO matching.cohort (id, programme_id, number, title, level_min, created_by)
SELECT gen_random_uuid(), id, 1, 'Pilot', 9, lives.anybody() FROM matching.programme;
INSERT INTO matching.cohort_person (cohort_id, person_id)
SELECT c.id, lives.anybody() FROM matching.cohort c, generate_series(1, 4) ON CONFLICT DO NOTHING;
INSERT INTO matching.sponsor (id, programme_id, person_id)
SELECT gen_random_uuid(), g.id, lives.anybody() FROM matching.programme g, generate_series(1, 3)
ON CONFLICT DO NOTHING;
INSERT INTO matching.person_past (person_id, level, department, location)
SELECT lives.anybody(), 1, 'd', 'l' FROM generate_series(1, 20);
INSERT INTO matching.resource (id, programme_id, title, text, place, created_by)
SELECT gen_random_uuid(), id, 'Guide', 't', 1, lives.anybody() FROM matching.programme;
INSERT INTO matching.enrolment (id, programme_id, person_id, role, status, step, capacity, reason,
	paused_until, enrolled_by)
SELECT gen_random_uuid(), g.id, p.id, r, 'enrolled', 'creation', 3,
	'x', CASE WHEN random() < 0.5 THEN date '2026-05-01' END, lives.anybody()
FROM matching.programme g, profiles.person p, unnest('{mentor,mentee}'::text[]) r;
INSERT INTO matching.round (id, programme_id, status, step, policy_number, requested_by)
SELECT lives.id(6, n), lives.id(2, n), 'published', 'publication', 1, lives.anybody()
	FROM generate_series(1, 3) n;
INSERT INTO matching.shortlist (id, round_id, programme_id, enrolment_id, mentee_id, status, step, pick_by,
	refresh_reason)
SELECT gen_random_uuid(), r.id, e.programme_id, e.id, e.person_id,
	CASE WHEN random() < 0.5 THEN 'draft' ELSE 'expired' END, 'draft', common.now(), 'x'
FROM matching.enrolment e JOIN matching.round r ON r.programme_id = e.programme_id
	WHERE e.role = 'mentee' AND random() < 0.8;
INSERT INTO matching.shortlist_entry (shortlist_id, mentor_id, enrolment_id, rank, score)
SELECT s.id, e.person_id, e.id, 1, 1 FROM matching.shortlist s
	JOIN matching.enrolment e ON e.programme_id = s.programme_id AND e.role = 'mentor'
		AND e.person_id <> s.mentee_id
WHERE random() < 0.5 ON CONFLICT DO NOTHING;
INSERT INTO matching.round_unmatched (round_id, enrolment_id, person_id, reason)
SELECT r.id, e.id, e.person_id, 'no_need' FROM matching.enrolment e
	JOIN matching.round r ON r.programme_id = e.programme_id WHERE e.role = 'mentee' AND random() < 0.4;
INSERT INTO matching.round_candidate (round_id, enrolment_id, mentor_enrolment_id, mentor_id, department,
	rank, score, reasons)
SELECT r.id, e.id, m.id, m.person_id, 'd', 1, 1, '{}' FROM matching.enrolment e
	JOIN matching.round r ON r.programme_id = e.programme_id
	JOIN matching.enrolment m ON m.programme_id = e.programme_id AND m.role = 'mentor'
		AND m.person_id <> e.person_id
WHERE e.role = 'mentee' AND random() < 0.3 ON CONFLICT DO NOTHING;
INSERT INTO matching.round_want (round_id, enrolment_id, place, skill_id, share, allowed, open)
SELECT r.id, e.id, 1, gen_random_uuid(), 255, 0, 'nobody_teaches' FROM matching.enrolment e
	JOIN matching.round r ON r.programme_id = e.programme_id WHERE e.role = 'mentee' AND random() < 0.4;
INSERT INTO matching.repair (id, round_id, dry_run, examined)
SELECT gen_random_uuid(), r.id, false, 1 FROM matching.round r;
INSERT INTO matching.repair_change (repair_id, shortlist_id, mentor_id)
SELECT p.id, x.shortlist_id, x.mentor_id FROM matching.repair p
	JOIN matching.shortlist s ON s.round_id = p.round_id
	JOIN matching.shortlist_entry x ON x.shortlist_id = s.id WHERE random() < 0.3;
INSERT INTO matching.round_mentor (round_id, enrolment_id, person_id, lists, allowed)
SELECT r.id, e.id, e.person_id, 0, 1 FROM matching.enrolment e
	JOIN matching.round r ON r.programme_id = e.programme_id WHERE e.role = 'mentor' AND random() < 0.4;
INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, mentor_enrolment_id, mentee_enrolment_id,
	status, step,
	reason, answer_by, accepted_at, score, note)
SELECT gen_random_uuid(), a.programme_id, a.person_id, b.person_id, a.id, b.id,
	(ARRAY['active', 'completed', 'ended'])[lives.some(3)], 'pick', 'x', common.now(), common.now(), 7,
	'n'
FROM matching.enrolment a JOIN matching.enrolment b ON b.programme_id = a.programme_id AND b.role = 'mentee'
		AND b.person_id > a.person_id
WHERE a.role = 'mentor' AND random() < 0.1 ON CONFLICT DO NOTHING;
INSERT INTO matching.pair_history (pair_id, number, status, reason)
SELECT id, n, status, 'x' FROM matching.pair, generate_series(1, 2) n;
INSERT INTO matching.held_session (session_id, pair_id)
SELECT gen_random_uuid(), id FROM matching.pair, generate_series(1, 2);
INSERT INTO matching.declined (programme_id, mentee_id, mentor_id, reason)
SELECT lives.id(2, n % 3 + 1), lives.anybody(), lives.anybody(), 'refreshed'
	FROM generate_series(1, 20) n ON CONFLICT DO NOTHING;
INSERT INTO matching.exclusion (id, author_id, other_id, note)
SELECT gen_random_uuid(), lives.id(1, n % 12 + 1), lives.id(1, (n + lives.some(11)) % 12 + 1), 'n'
FROM generate_series(1, 24) n ON CONFLICT DO NOTHING;
INSERT INTO matching.review (id, pair_id, author_id, outcome, agreed)
SELECT gen_random_uuid(), id, CASE WHEN random() < 0.5 THEN mentor_id ELSE mentee_id END, 'end', 'a'
FROM matching.pair, generate_series(1, 2);
INSERT INTO matching.coordinator_act (programme_id, enrolment_id, person_id, act, coordinator_id, note)
SELECT e.programme_id, e.id, e.person_id, 'change', lives.anybody(), 'n' FROM matching.enrolment e;
INSERT INTO matching.wish (id, programme_id, enrolment_id, author_id, role, named_id, place, answer)
SELECT gen_random_uuid(), e.programme_id, e.id, e.person_id, e.role, n.id, 1, 'declined'
FROM matching.enrolment e CROSS JOIN LATERAL (SELECT lives.anybody() AS id WHERE e.id IS NOT NULL) n
WHERE n.id <> e.person_id ON CONFLICT DO NOTHING;
INSERT INTO matching.enrolment_batch (id, programme_id, items)
SELECT gen_random_uuid(), lives.id(2, n), jsonb_build_array(jsonb_build_object('person_id', lives.anybody()))
FROM generate_series(1, 3) n;
INSERT INTO matching.programme_exclusion (id, programme_id, person_id, other_id, reason)
SELECT gen_random_uuid(), lives.id(2, n % 3 + 1), lives.id(1, n % 12 + 1), lives.id(1, (n + 1) % 12 + 1), 'r'
FROM generate_series(1, 12) n ON CONFLICT DO NOTHING;
INSERT INTO matching.objection (id, enrolment_id, programme_id, person_id, reason)
SELECT gen_random_uuid(), e.id, e.programme_id, e.person_id, 'r' FROM matching.enrolment e;
INSERT INTO matching.safe_exit (id, pair_id, author_id)
SELECT gen_random_uuid(), id, CASE WHEN random() < 0.5 THEN mentor_id ELSE mentee_id END FROM matching.pair
	WHERE status = 'ended';

-- ---- scheduling: who of a pair says something is drawn for each row
INSERT INTO scheduling.session (id, pair_id, status, step, starts_at, ends_at, time_zone, place, link, agenda,
	reason, booked_by,
	reported_by, reported_at)
SELECT gen_random_uuid(), p.id, 'held', 'report', d, d + interval '1 hour', 'UTC', 'p', 'l', 'a', 'x',
	CASE WHEN random() < 0.5 THEN p.mentor_id ELSE p.mentee_id END, p.mentor_id, d
FROM matching.pair p, generate_series(timestamptz '2026-02-01', '2026-02-03', '1 day') d;
INSERT INTO scheduling.participant (session_id, person_id, during, live)
SELECT s.id, v, tstzrange(s.starts_at, s.ends_at), false
FROM scheduling.session s JOIN matching.pair p ON p.id = s.pair_id, unnest(ARRAY[p.mentor_id, p.mentee_id]) v;
INSERT INTO scheduling.session_reminder (session_id, person_id, remind_at)
SELECT b.session_id, b.person_id, lower(b.during) FROM scheduling.participant b;
INSERT INTO scheduling.session_count (pair_id, kind, programme_id) SELECT id, 'regular', programme_id
	FROM matching.pair;
INSERT INTO scheduling.unagreed (pair_id, programme_id)
SELECT id, programme_id FROM matching.pair WHERE status = 'active' LIMIT 3 ON CONFLICT DO NOTHING;
INSERT INTO scheduling.session_history (session_id, number, change, reason, actor)
SELECT id, 1, 'booked', 'x', booked_by FROM scheduling.session;
INSERT INTO scheduling.calendar_feed (id, person_id, token_hash, name)
SELECT gen_random_uuid(), lives.anybody(), 'h' || n, 'n' FROM generate_series(1, 15) n;
INSERT INTO scheduling.agreement (id, pair_id, number, status, step, cadence, duration_minutes, channels,
	expectations,
	confidentiality, time_zone, starts_on, proposed_by, mentor_signed_at, mentee_signed_at, signed_at)
SELECT gen_random_uuid(), p.id, 1, 'signed', 'signing', 'monthly', 45, '{video}', 'e', 'c', 'UTC',
	'2026-02-01', CASE WHEN random() < 0.5 THEN p.mentor_id ELSE p.mentee_id END, common.now(), common.now(),
	common.now()
FROM matching.pair p;
INSERT INTO scheduling.plan (agreement_id, number, due_on) SELECT id, 1, '2026-02-01'
	FROM scheduling.agreement;
INSERT INTO scheduling.exception (id, person_id, kind, starts_on, ends_on, note)
SELECT gen_random_uuid(), lives.id(1, n % 12 + 1), 'away', date '2026-03-01' + n, date '2026-03-01' + n, 'n'
FROM generate_series(1, 15) n;
INSERT INTO scheduling.touchpoint (id, pair_id, status, due_on, channel)
SELECT gen_random_uuid(), p.id, 'due', '2026-02-04', 'chat' FROM matching.pair p;
INSERT INTO scheduling.gathering (id, programme_id, kind, status, step, title, starts_at, ends_at, time_zone,
	series_id, number, created_by)
SELECT lives.id(8, n), lives.id(2, n), 'mentor_circle', 'held', 'end', 't', '2026-02-01', '2026-02-02', 'UTC',
	lives.id(8, n), 1, lives.anybody() FROM generate_series(1, 3) n;
INSERT INTO scheduling.registration (id, gathering_id, person_id, number)
SELECT gen_random_uuid(), lives.id(8, n % 3 + 1), lives.id(1, n), n FROM generate_series(1, 12) n;
INSERT INTO scheduling.outcome (id, gathering_id, title, description, author_id)
SELECT gen_random_uuid(), lives.id(8, n % 3 + 1), 't', 'd', lives.anybody() FROM generate_series(1, 12) n;
INSERT INTO matching.team_request (gathering_id, programme_id, people, team_size, asked_at)
SELECT g.id, g.programme_id, ARRAY(SELECT p.id FROM profiles.person p), 4, common.now()
FROM scheduling.gathering g;
INSERT INTO matching.team_member (gathering_id, person_id, team)
SELECT r.gathering_id, lives.id(1, n), 1 FROM matching.team_request r, generate_series(1, 12) n;
INSERT INTO scheduling.issue_theme (programme_id, quarter, theme)
VALUES (lives.id(2, 1), '2026-01-01', 'time');
INSERT INTO scheduling.issue_author (programme_id, quarter, person_id)
SELECT lives.id(2, 1), '2026-01-01', lives.id(1, n) FROM generate_series(1, 12) n;
INSERT INTO scheduling.takeaway (id, session_id, author_id, learned, visibility)
SELECT gen_random_uuid(), b.session_id, b.person_id, 'l',
	CASE WHEN random() < 0.5 THEN 'partner' ELSE 'private' END
FROM scheduling.participant b;
INSERT INTO scheduling.busy_calendar (id, person_id, kind, name)
SELECT gen_random_uuid(), lives.id(1, n % 12 + 1), 'upload', 'n' FROM generate_series(1, 15) n;
INSERT INTO scheduling.busy_window (calendar_id, person_id, during)
SELECT c.id, c.person_id, '[2026-06-02 09:00Z,2026-06-02 10:00Z)' FROM scheduling.busy_calendar c;
INSERT INTO scheduling.holiday (place, day, name) VALUES ('DE', '2026-10-03', 'Day of unity');
INSERT INTO scheduling.message (id, programme_id, about, found, reminded, created_by)
SELECT gen_random_uuid(), id, 'pick', 1, 1, lives.anybody() FROM matching.programme;
INSERT INTO scheduling.chat (id, person_id, channel, url)
SELECT gen_random_uuid(), lives.id(1, n), 'slack', 'u' FROM generate_series(1, 12) n;
INSERT INTO scheduling.channel (channel) VALUES ('mail');
INSERT INTO scheduling.preference (person_id, locale)
SELECT lives.id(1, n), 'l' FROM generate_series(1, 12) n;
INSERT INTO scheduling.held_mailbox (person_id, address, status)
SELECT lives.id(1, n), 'a', 's' FROM generate_series(1, 12) n;
INSERT INTO scheduling.delivery (person_id, channel, content, next_attempt_at)
SELECT lives.anybody(), 'mail', 'notification', '2026-06-02 09:00Z' FROM generate_series(1, 15) n;
INSERT INTO scheduling.notification (id, person_id, kind, subject, subject_id, cause)
SELECT gen_random_uuid(), lives.anybody(), 'pair_ended', 'pair', gen_random_uuid(), 'c'
	FROM generate_series(1, 30);

-- ---- evaluation
INSERT INTO evaluation.feedback (id, pair_id, programme_id, author_id, subject_id, visibility, wave, rating,
	comment)
SELECT gen_random_uuid(), p.id, p.programme_id, v.author, v.subject, w,
	CASE WHEN w <> 'private' THEN 'midpoint' END, CASE WHEN random() < 0.5 THEN 3 END, 'c'
FROM matching.pair p, LATERAL (VALUES (p.mentor_id, p.mentee_id), (p.mentee_id, p.mentor_id)) v (author,
	subject),
	unnest('{private,partner,programme}'::text[]) w;
INSERT INTO evaluation.goal (id, pair_id, specific, unit, baseline, target, due_on, status, proposed_by)
SELECT gen_random_uuid(), p.id, 's', 'u', 0, 4, '2026-06-01', 'proposed',
	CASE WHEN random() < 0.5 THEN p.mentor_id ELSE p.mentee_id END
		FROM matching.pair p, generate_series(1, 2);
INSERT INTO evaluation.progress (id, goal_id, author_id, value, note)
SELECT gen_random_uuid(), g.id, v, CASE WHEN random() < 0.5 THEN 1.5 END, 'n'
FROM evaluation.goal g JOIN matching.pair p ON p.id = g.pair_id, unnest(ARRAY[p.mentor_id, p.mentee_id]) v;
INSERT INTO evaluation.release (programme_id, wave) SELECT id, 'midpoint' FROM matching.programme;
INSERT INTO evaluation.assessment (id, programme_id, skill_id, title, items, opens_on, closes_on, created_by)
SELECT lives.id(8, n), lives.id(2, n), lives.id(5, 1), 't', '[]', '2026-06-01', '2026-07-01', lives.anybody()
FROM generate_series(1, 3) n;
INSERT INTO evaluation.attempt (id, assessment_id, person_id, phase, status, score, submitted_at)
SELECT gen_random_uuid(), lives.id(8, n % 3 + 1), lives.anybody(), 'pre', 'submitted', 50, common.now()
	FROM generate_series(1, 20) n
UNION ALL SELECT gen_random_uuid(), lives.id(8, n % 3 + 1), lives.anybody(), 'post', 'started', NULL, NULL
	FROM generate_series(1, 20) n
ON CONFLICT DO NOTHING;
INSERT INTO evaluation.survey (id, programme_id, kind, side, title, opens_on, closes_on, created_by)
SELECT lives.id(9, n), lives.id(2, n), 'attitude', 'mentor', 't', '2026-06-01', '2026-07-01', lives.anybody()
FROM generate_series(1, 3) n;
INSERT INTO evaluation.survey_revision (survey_id, number, questions, translations)
SELECT lives.id(9, n), 1, '[]', '[]' FROM generate_series(1, 3) n;
INSERT INTO evaluation.survey_release (survey_id, batch, asked)
SELECT lives.id(9, n), 'before', 5 FROM generate_series(1, 3) n;
INSERT INTO evaluation.response (id, survey_id, programme_id, wave, batch, person_id, revision, answers,
	texts,
	submitted)
SELECT gen_random_uuid(), lives.id(9, n % 3 + 1), lives.id(2, n % 3 + 1), 'before', 'before',
	lives.id(1, n % 12 + 1), 1, '{"a": 3}', '{"b": "t"}', n % 2 = 0 FROM generate_series(1, 24) n
ON CONFLICT DO NOTHING;
INSERT INTO evaluation.help_request (id, pair_id, programme_id, author_id, topic, message, answer,
	answered_by,
	status)
SELECT gen_random_uuid(), p.id, p.programme_id, v, 'other', 'm', 'a', lives.anybody(), 'answered'
FROM matching.pair p, unnest(ARRAY[p.mentor_id, p.mentee_id]) v;
INSERT INTO evaluation.disclosure (id, what, pair_id, programme_id, author_id, partner_id, reason,
	requested_by, first_approver, second_approver, opened_at, status)
SELECT gen_random_uuid(), 'feedback', p.id, p.programme_id, p.mentor_id, p.mentee_id, 'r', o.ids[1], o.ids[2],
	o.ids[3], '2026-06-01', CASE WHEN o.ids[1] < o.ids[2] THEN 'closed' ELSE 'open' END
FROM matching.pair p, LATERAL (SELECT array_agg(x.id) AS ids FROM (SELECT lives.id(1, n) AS id
	FROM generate_series(1, 12) n ORDER BY md5(p.id::text || n)) x
	WHERE x.id NOT IN (p.mentor_id, p.mentee_id)) o;
INSERT INTO evaluation.story (id, programme_id, pair_id, kind, title, body, in_feed, written_by, consented_by,
	note, published_at, status)
SELECT gen_random_uuid(), p.programme_id, p.id, 'joint_post', 't', 'b', true, p.mentor_id, p.mentee_id, 'n',
	'2026-06-01', 'published' FROM matching.pair p;
INSERT INTO evaluation.certificate (id, person_id, pair_id, programme_id, facts, signature, status)
SELECT gen_random_uuid(), v, p.id, p.programme_id, '{"name": "f"}', repeat('A', 86), 'issued'
FROM matching.pair p, unnest(ARRAY[p.mentor_id, p.mentee_id]) v;
INSERT INTO evaluation.snapshot (id, programme_id, number, programme_status)
SELECT lives.id(8, n), lives.id(2, n), 1, 'active' FROM generate_series(1, 3) n;
INSERT INTO evaluation.snapshot_report (snapshot_id, name, body, rows)
SELECT lives.id(8, n), 'gain', '{}', '[]' FROM generate_series(1, 3) n;
INSERT INTO evaluation.flag_threshold (programme_id) SELECT lives.id(2, n) FROM generate_series(1, 3) n;
INSERT INTO evaluation.survey_look (survey_id) SELECT s.id FROM evaluation.survey s
ON CONFLICT DO NOTHING;
INSERT INTO evaluation.programme_cost (programme_id, currency, budget, hour_cost)
SELECT lives.id(2, n), 'EUR', n, n FROM generate_series(1, 3) n;
INSERT INTO evaluation.departure (person_id, left_on) SELECT lives.id(1, n), '2026-06-01'
FROM generate_series(1, 12, 2) n;
INSERT INTO evaluation.improvement (id, programme_id, pair_id, title, insight, evidence, owner_id,
	suggested_by,
	status)
SELECT gen_random_uuid(), p.programme_id, p.id, 't', 'i', 'e', lives.anybody(), p.mentor_id, 'suggested'
FROM matching.pair p;
INSERT INTO evaluation.flag_case (id, pair_id, programme_id, rule, since, numbers, action, note,
	intervened_at,
	handled_by)
SELECT gen_random_uuid(), p.id, p.programme_id, 'unreported', '2026-06-01', '{}', 'talk', 'n', '2026-06-02',
	lives.anybody() FROM matching.pair p;
INSERT INTO evaluation.asked (subject_id, person_id, what) SELECT gen_random_uuid(), lives.anybody(), 'goal'
	FROM generate_series(1, 20);

-- ---- whose words are whose; codes and zones are nobody's words
CREATE TABLE lives.author AS SELECT * FROM (VALUES
	('profiles.person', 'id'), ('profiles.person_interest', 'person_id'),
		('profiles.person_language', 'person_id'), ('profiles.listing', 'person_id'),
		('profiles.listing_reply', 'person_id'), ('profiles.training_record', 'person_id'),
		('profiles.skill_check', 'person_id'),
	('matching.enrolment', 'person_id'), ('matching.shortlist', 'mentee_id'),
	('matching.shortlist_entry', 'mentor_id'), ('matching.round_candidate', 'mentor_id'),
	('matching.round_unmatched', 'person_id'), ('matching.pair', 'mentee_id'),
	('matching.exclusion', 'author_id'), ('matching.review', 'author_id'),
	('matching.objection', 'person_id'),
	('scheduling.session', 'booked_by'), ('scheduling.agreement', 'proposed_by'),
	('scheduling.calendar_feed', 'person_id'), ('scheduling.exception', 'person_id'),
	('scheduling.busy_calendar', 'person_id'), ('scheduling.takeaway', 'author_id'),
	('scheduling.notification', 'person_id'), ('scheduling.delivery', 'person_id'),
	('scheduling.held_mailbox', 'person_id'),
	('scheduling.chat', 'person_id'),
	('scheduling.preference', 'person_id'),
	('scheduling.outcome', 'author_id'),
	('evaluation.goal', 'proposed_by'), ('evaluation.progress', 'author_id'),
	('evaluation.feedback', 'author_id'), ('evaluation.attempt', 'person_id'),
	('evaluation.response', 'person_id'), ('evaluation.help_request', 'author_id'),
	('evaluation.disclosure', 'requested_by'), ('evaluation.story', 'written_by'),
	('evaluation.certificate', 'person_id'), ('evaluation.improvement', 'suggested_by')) a (name, who);
DO $$
DECLARE
	one record;
BEGIN
	FOR one IN SELECT a.name, a.who, c.attname, c.atttypid::regtype::text AS type
		FROM lives.author a JOIN pg_attribute c ON c.attrelid = a.name::regclass AND c.attnum > 0
			AND c.attgenerated = ''
		WHERE c.atttypid::regtype::text IN ('text', 'text[]', 'json', 'jsonb', 'bytea')
			AND NOT (c.attname = ANY ('{status,step,came_from,kind,role,channels}')
				OR a.name || '.' || c.attname = ANY ('{matching.pair.reason,matching.shortlist.reason,
					matching.round_unmatched.reason,
					matching.round_unmatched.counts,matching.round_unmatched.relaxation,
					scheduling.session.reason,scheduling.session.time_zone,
					scheduling.agreement.time_zone,evaluation.response.answers}'))
	LOOP
		BEGIN
			EXECUTE format('UPDATE %1$s SET %2$I = (SELECT CASE %5$L WHEN ''text'' THEN m
				WHEN ''text[]'' THEN ''{'' || m || ''}''
					ELSE ''{"mark": "'' || m || ''"}'' END
				FROM (SELECT format(''mark%%s.%%s.%%s.%%s'', right(%3$I::text, 2)::int, %4$L, %2$L::text,
					md5(random()::text || %3$I::text)) AS m) x)::%5$s',
				one.name, one.attname, one.who, split_part(one.name, '.', 2), one.type);
		EXCEPTION WHEN check_violation THEN
			NULL; -- one of a list of words
		END;
	END LOOP;
END $$;
-- What two share is of both.
UPDATE matching.pair SET reasons = json_build_object('parts', '{"need": 5}'::json,
	'interests', json_build_array(
	format('mark%s.pair.reasons.a', right(mentor_id::text, 2)::int),
		format('mark%s.pair.reasons.b', right(mentee_id::text, 2)::int)));
-- The file that they came with.
INSERT INTO profiles.import_file (import_id, part, content) VALUES (lives.id(7, 1), 1, 'x');
INSERT INTO profiles.import_row (import_id, line, external_id, user_name, given_name, family_name, email,
	title, department,
	location, country, time_zone, level, manager_external_id, hired_on, status, languages, skip)
SELECT lives.id(7, 1), row_number() OVER (), p.external_id, p.user_name, p.given_name, p.family_name, p.email,
	p.title, p.department, p.location, p.country, p.time_zone, p.level, m.external_id, p.hired_on,
	'active', ARRAY[p.bio], false
FROM profiles.person p LEFT JOIN profiles.person m ON m.id = p.manager_id;
INSERT INTO profiles.import_step (import_id, place, line, person_id, manager_id, action)
SELECT lives.id(7, 1), row_number() OVER (), 1, id, manager_id, 'update' FROM profiles.person;
INSERT INTO profiles.import_fault (import_id, line, code, message)
SELECT lives.id(7, 1), 1, 'case_differs',
	format('A person with external_id %s exists; this one differs only in case.', external_id)
FROM profiles.person;
SET session_replication_role = origin;
