-- One row at least in every table, on top of the crowd (crowd.h): what test_constraints violates.
INSERT INTO common.cursor (name) VALUES ('fixture');
INSERT INTO common.idempotency (subject, route, key, hash) VALUES ('s', 'r', 'k', 'h');
INSERT INTO common.access_log (object, object_id) VALUES ('o', gen_random_uuid());
INSERT INTO common.setting (name, value) VALUES ('locale', '"de"');
INSERT INTO common.outbox (type, subject_id) VALUES ('fixture.made', gen_random_uuid());

UPDATE profiles.person SET external_id = 'E-1', email = 'one@example.org', country = 'DE', age_band = 50
WHERE user_name = 'p1';
INSERT INTO profiles.word_figure (word, share) VALUES ('welder', 0.1);
INSERT INTO profiles.skill (id, name, code) VALUES ('51000000-0000-4000-8000-000000000001', 'Welding', 'S1');
INSERT INTO profiles.person_skill (person_id, skill_id)
SELECT p.id, '51000000-0000-4000-8000-000000000001' FROM profiles.person p WHERE user_name = 'p1';
INSERT INTO profiles.person_interest (person_id, interest) SELECT id, 'chess' FROM profiles.person
	WHERE user_name = 'p1';
INSERT INTO profiles.person_language (person_id, language) SELECT id, 'de' FROM profiles.person
	WHERE user_name = 'p1';
INSERT INTO profiles.person_hours (person_id, weekday, starts, ends)
SELECT id, 1, '09:00', '12:00' FROM profiles.person WHERE user_name = 'p1';
INSERT INTO profiles.consent (id, person_id, number, attribute, purpose, given, notice_version)
SELECT gen_random_uuid(), id, 1, 'gender', 'matching', true, 1 FROM profiles.person
WHERE user_name IN ('p1', 'p2');
INSERT INTO profiles.declaration (person_id, kind, value)
SELECT id, 'gender', 'woman' FROM profiles.person WHERE user_name IN ('p1', 'p2');
INSERT INTO profiles.person_channel (person_id, channel) SELECT id, 'video' FROM profiles.person
	WHERE user_name = 'p1';
INSERT INTO profiles.person_access_need (person_id, need) SELECT id, 'captions' FROM profiles.person
	WHERE user_name = 'p1';
INSERT INTO profiles.partner (viewer_id, person_id, through)
SELECT gen_random_uuid(), id, gen_random_uuid() FROM profiles.person WHERE user_name = 'p1';
INSERT INTO profiles.listing (id, person_id, kind, skill_id, title, open_until)
SELECT '55000000-0000-4000-8000-000000000001', id, 'teach', '51000000-0000-4000-8000-000000000001', 'Welding',
	'2027-01-01' FROM profiles.person WHERE user_name = 'p1';
INSERT INTO profiles.listing_reply (id, listing_id, person_id)
SELECT gen_random_uuid(), '55000000-0000-4000-8000-000000000001', id FROM profiles.person
	WHERE user_name = 'p2';
INSERT INTO profiles.training_record (id, person_id, topic, title, completed_on, expires_on)
SELECT gen_random_uuid(), id, 'listening', 'Listening', '2026-02-01', '2027-01-01' FROM profiles.person
	WHERE user_name = 'p1';
INSERT INTO profiles.skill_check (id, person_id, instrument, taken_on)
SELECT '56000000-0000-4000-8000-000000000001', id, 'Test', '2026-01-01' FROM profiles.person
	WHERE user_name = 'p1';
INSERT INTO profiles.skill_finding (check_id, skill_id, finding, level)
VALUES ('56000000-0000-4000-8000-000000000001', '51000000-0000-4000-8000-000000000001', 'strength', 4);
INSERT INTO profiles.token_revocation (id, subject) VALUES ('53000000-0000-4000-8000-000000000002', 's');
INSERT INTO profiles.token_revocation (id, person_id)
SELECT '53000000-0000-4000-8000-000000000001', p.id FROM profiles.person p WHERE user_name = 'p1';
INSERT INTO profiles.delegate (id, person_id, assistant_id)
SELECT gen_random_uuid(), a.id, b.id FROM profiles.person a, profiles.person b
WHERE a.user_name = 'p1' AND b.user_name = 'p8';
INSERT INTO profiles.import (id, confirm_deactivations) VALUES ('52000000-0000-4000-8000-000000000001', 1);
UPDATE profiles.import SET step = 'claim';
INSERT INTO profiles.import_mapping (id, name) VALUES ('54000000-0000-4000-8000-000000000001', 'm');
INSERT INTO profiles.import_file (import_id, part, content)
	VALUES ('52000000-0000-4000-8000-000000000001', 0, 'x');
INSERT INTO profiles.import_row (import_id, line, external_id, skip)
VALUES ('52000000-0000-4000-8000-000000000001', 2, 'E-1', false);
INSERT INTO profiles.import_step (import_id, place, line, person_id, action)
VALUES ('52000000-0000-4000-8000-000000000001', 1, 2, gen_random_uuid(), 'create');
INSERT INTO profiles.import_fault (import_id, line, code, message)
VALUES ('52000000-0000-4000-8000-000000000001', 2, 'c', 'm');
INSERT INTO profiles.token_revocation (id, person_id, subject)
SELECT gen_random_uuid(), NULL::uuid, 's' -- before the other, which an update of all comes to later
UNION ALL SELECT gen_random_uuid(), p.id, NULL FROM profiles.person p WHERE user_name = 'p1';
INSERT INTO profiles.person_batch (id, items, asker, worked_until)
VALUES ('52000000-0000-4000-8000-000000000009', '[]', 'somebody', now() + interval '1 minute');
INSERT INTO profiles.person_merge (id, newer_id, earlier_id, dry_run, reports)
SELECT '52000000-0000-4000-8000-000000000008', n.id, e.id, true, 0
FROM profiles.person n, profiles.person e WHERE n.user_name = 'p2' AND e.user_name = 'p1';
INSERT INTO profiles.key_left (name, value, person_id, left_at)
SELECT 'user_name', 'was', p.id, common.real_now() FROM profiles.person p WHERE user_name = 'p1';

INSERT INTO matching.programme (id, title, purpose, starts_on, ends_on)
VALUES ('20000000-0000-4000-8000-000000000003', 'Draft', 'inclusion', '2026-01-01', '2027-01-01');
INSERT INTO matching.coordinator (programme_id, person_id) SELECT id, gen_random_uuid()
	FROM matching.programme;
INSERT INTO matching.policy (programme_id, number, rules) SELECT id, 1, '{}' FROM matching.programme;
UPDATE matching.programme SET line_distance = 3 WHERE id::text LIKE '%2';
INSERT INTO matching.round (id, programme_id, policy_number, what_if)
VALUES ('53000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', 1, false),
	('53000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000001', 1, true);
INSERT INTO matching.shortlist (id, round_id, programme_id, enrolment_id, mentee_id, step, pick_by)
SELECT '54000000-0000-4000-8000-000000000001', '53000000-0000-4000-8000-000000000001', e.programme_id, e.id,
	e.person_id, 'replacement', common.now()
FROM matching.enrolment e JOIN profiles.person p ON p.id = e.person_id
WHERE e.programme_id = '20000000-0000-4000-8000-000000000001' AND e.role = 'mentee' AND p.user_name = 'p3';
INSERT INTO matching.shortlist_entry (shortlist_id, mentor_id, enrolment_id, rank, score)
SELECT '54000000-0000-4000-8000-000000000001', e.person_id, e.id, 1, 1
FROM matching.enrolment e JOIN profiles.person p ON p.id = e.person_id
WHERE e.programme_id = '20000000-0000-4000-8000-000000000001' AND e.role = 'mentor' AND p.user_name = 'p5';
INSERT INTO matching.round_unmatched (round_id, enrolment_id, person_id, reason)
SELECT '53000000-0000-4000-8000-000000000001', enrolment_id, mentee_id, 'no_candidate'
	FROM matching.shortlist;
INSERT INTO matching.round_candidate (round_id, enrolment_id, mentor_enrolment_id, mentor_id, rank, score,
	reasons)
SELECT '53000000-0000-4000-8000-000000000001', s.enrolment_id, x.enrolment_id, x.mentor_id, 1, 1, '{}'
FROM matching.shortlist s, matching.shortlist_entry x;
INSERT INTO matching.round_want (round_id, enrolment_id, place, skill_id, share, allowed, open)
SELECT '53000000-0000-4000-8000-000000000001', s.enrolment_id, 1, k.id, 255, 0, 'nobody_teaches'
FROM matching.shortlist s, (SELECT id FROM profiles.skill ORDER BY id LIMIT 1) k;
INSERT INTO matching.round_mentor (round_id, enrolment_id, person_id, lists, allowed)
SELECT '53000000-0000-4000-8000-000000000001', x.enrolment_id, x.mentor_id, 1, 1
FROM matching.shortlist_entry x;
INSERT INTO matching.repair (id, round_id, dry_run, examined)
VALUES ('56000000-0000-4000-8000-000000000001', '53000000-0000-4000-8000-000000000001', true, 1);
INSERT INTO matching.repair_change (repair_id, shortlist_id, mentor_id)
SELECT '56000000-0000-4000-8000-000000000001', x.shortlist_id, x.mentor_id FROM matching.shortlist_entry x;
INSERT INTO matching.declined (programme_id, mentee_id, mentor_id, reason)
SELECT id, gen_random_uuid(), gen_random_uuid(), 'declined' FROM matching.programme;
INSERT INTO matching.exclusion (id, author_id, other_id)
SELECT gen_random_uuid(), a.id, b.id FROM profiles.person a, profiles.person b
WHERE a.user_name = 'p1' AND b.user_name = 'p8';

INSERT INTO matching.invitation (id, programme_id, role, message, found, invited)
VALUES ('56000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', 'mentor', 'm', 1, 1);
INSERT INTO matching.cohort (id, programme_id, number, title, level_min)
VALUES ('56000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000001', 1, 'Pilot', 9);
INSERT INTO matching.cohort_person (cohort_id, person_id)
SELECT '56000000-0000-4000-8000-000000000002', id FROM profiles.person WHERE user_name = 'p1';
INSERT INTO matching.sponsor (id, programme_id, person_id)
SELECT gen_random_uuid(), g.id, p.id FROM matching.programme g, profiles.person p
WHERE p.user_name = 'p1' LIMIT 1;
INSERT INTO matching.person_past (person_id, level, department)
SELECT id, 2, 'Elsewhere' FROM profiles.person WHERE user_name = 'p1';
INSERT INTO matching.held_session (session_id, pair_id)
VALUES ('56000000-0000-4000-8000-000000000003', '30000000-0000-4000-8000-000000000002');
INSERT INTO matching.resource (id, programme_id, title, text, place)
VALUES ('56000000-0000-4000-8000-000000000004', '20000000-0000-4000-8000-000000000001', 'Guide', 't', 1);
INSERT INTO matching.form (id, programme_id, role, number, questions)
VALUES ('57000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', 'mentor', 1, '[]');
INSERT INTO matching.review (id, pair_id, author_id, outcome)
SELECT '58000000-0000-4000-8000-000000000001', id, mentor_id, 'go_on' FROM matching.pair
WHERE id = '30000000-0000-4000-8000-000000000002';
INSERT INTO matching.coordinator_act (programme_id, enrolment_id, person_id, act, note)
SELECT e.programme_id, e.id, e.person_id, 'pause', 'n' FROM matching.enrolment e LIMIT 1;
INSERT INTO matching.wish (id, programme_id, enrolment_id, author_id, role, named_id, place)
SELECT gen_random_uuid(), e.programme_id, e.id, e.person_id, e.role, gen_random_uuid(), 1
FROM matching.enrolment e LIMIT 1;
INSERT INTO matching.enrolment_batch (id, programme_id, items)
SELECT gen_random_uuid(), g.id, '[]' FROM matching.programme g LIMIT 1;
INSERT INTO matching.programme_exclusion (id, programme_id, person_id, reason)
SELECT gen_random_uuid(), g.id, gen_random_uuid(), 'r' FROM matching.programme g LIMIT 1;
INSERT INTO matching.objection (id, enrolment_id, programme_id, person_id)
SELECT gen_random_uuid(), e.id, e.programme_id, e.person_id FROM matching.enrolment e LIMIT 1;
INSERT INTO matching.safe_exit (id, pair_id, author_id)
SELECT '59000000-0000-4000-8000-000000000001', id, mentor_id FROM matching.pair
WHERE id = '30000000-0000-4000-8000-000000000002';

INSERT INTO scheduling.session (id, pair_id, starts_at, ends_at, time_zone) VALUES
	('55000000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000002',
	'2026-06-01 10:00Z', '2026-06-01 11:00Z', 'UTC');
INSERT INTO scheduling.session (id, pair_id, kind, starts_at, ends_at, time_zone) VALUES
	('55000000-0000-4000-8000-000000000002', '30000000-0000-4000-8000-000000000002', 'get_to_know',
	'2026-05-01 10:00Z', '2026-05-01 10:30Z', 'UTC');
INSERT INTO scheduling.agreement (id, pair_id, number, cadence, duration_minutes, channels,
	touchpoint_cadence,
	touchpoint_channel, time_zone, starts_on, mentor_signed_at, mentee_signed_at)
VALUES ('56000000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000002', 1, 'six_weeks', 45,
	'{video}',
	'weekly', 'chat', 'UTC', '2026-06-01', common.now(), common.now());
UPDATE scheduling.agreement SET step = 'conclusion';
INSERT INTO scheduling.agreement (id, pair_id, number, cadence, duration_minutes, channels,
	touchpoint_cadence,
	touchpoint_channel, time_zone, starts_on, mentor_signed_at, mentee_signed_at, signed_at)
SELECT '56000000-0000-4000-8000-000000000002', pair_id, 2, cadence, duration_minutes, channels,
	touchpoint_cadence, touchpoint_channel, time_zone, starts_on, mentor_signed_at, mentee_signed_at,
	signed_at
FROM scheduling.agreement;
UPDATE scheduling.plan SET session_id = '55000000-0000-4000-8000-000000000001' WHERE number = 1;
INSERT INTO scheduling.exception (id, person_id, kind, starts_on, ends_on, starts, ends, note)
SELECT gen_random_uuid(), id, 'extra', '2026-06-01', '2026-06-01', '09:00', '10:00', 'n' FROM profiles.person
	WHERE user_name = 'p1';
INSERT INTO scheduling.touchpoint (id, pair_id, due_on, channel)
VALUES (gen_random_uuid(), '30000000-0000-4000-8000-000000000002', '2026-06-04', 'chat');
INSERT INTO scheduling.gathering (id, programme_id, kind, title, starts_at, ends_at, time_zone, series_id,
	number)
SELECT g, '20000000-0000-4000-8000-000000000002', 'mentor_circle', 't', common.now() + interval '1 day',
	common.now() + interval '2 days', 'UTC', g, 1 FROM gen_random_uuid() g;
INSERT INTO scheduling.registration (id, gathering_id, person_id, number)
SELECT gen_random_uuid(), g.id, p.id, 1 FROM scheduling.gathering g, profiles.person p
WHERE p.user_name = 'p1';
INSERT INTO scheduling.outcome (id, gathering_id, title, author_id)
SELECT gen_random_uuid(), g.id, 't', gen_random_uuid() FROM scheduling.gathering g;
INSERT INTO matching.team_request (gathering_id, programme_id, people, team_size, asked_at)
SELECT g.id, g.programme_id, ARRAY[p.id], 4, common.now()
FROM scheduling.gathering g, profiles.person p WHERE p.user_name = 'p1';
INSERT INTO matching.team_member (gathering_id, person_id, team)
SELECT r.gathering_id, r.people[1], 1 FROM matching.team_request r;
INSERT INTO scheduling.issue_theme (programme_id, quarter, theme)
VALUES ('20000000-0000-4000-8000-000000000002', '2026-07-01', 'time');
INSERT INTO scheduling.issue_author (programme_id, quarter, person_id)
SELECT '20000000-0000-4000-8000-000000000002', '2026-07-01', p.id FROM profiles.person p
WHERE p.user_name = 'p1';
INSERT INTO scheduling.takeaway (id, session_id, author_id, learned, visibility)
SELECT gen_random_uuid(), s.id, gen_random_uuid(), 'l', 'private' FROM scheduling.session s LIMIT 1;
INSERT INTO scheduling.session_reminder (session_id, person_id, remind_at)
SELECT s.id, gen_random_uuid(), '2027-01-01 09:00Z' FROM scheduling.session s LIMIT 1;
INSERT INTO scheduling.busy_calendar (id, person_id, kind, name)
SELECT gen_random_uuid(), id, 'upload', 'n' FROM profiles.person WHERE user_name = 'p1';
INSERT INTO scheduling.busy_window (calendar_id, person_id, during)
SELECT c.id, c.person_id, '[2026-06-02 09:00Z,2026-06-02 10:00Z)' FROM scheduling.busy_calendar c;
INSERT INTO scheduling.holiday (place, day, name) VALUES ('DE', '2026-10-03', 'Day of unity');
INSERT INTO scheduling.message (id, programme_id, about, shortlist_id, found, reminded)
VALUES (gen_random_uuid(), '20000000-0000-4000-8000-000000000001', 'pick', gen_random_uuid(), 1, 1);
INSERT INTO scheduling.channel (channel) VALUES ('mail');
INSERT INTO scheduling.chat (id, person_id, channel, url)
SELECT gen_random_uuid(), id, 'slack', 'https://hooks.example/s' FROM profiles.person WHERE user_name = 'p1';
INSERT INTO scheduling.chat (id, programme_id, channel, url)
VALUES (gen_random_uuid(), '20000000-0000-4000-8000-000000000001', 'teams', 'https://hooks.example/t');
INSERT INTO scheduling.preference (person_id, quiet_starts, quiet_ends)
SELECT id, '20:00', '07:00' FROM profiles.person WHERE user_name = 'p1';
INSERT INTO scheduling.delivery (person_id, channel, content, session_id, next_attempt_at)
SELECT p.id, 'mail', v.content, v.session_id, '2026-06-02 09:00Z'
FROM profiles.person p, (VALUES ('notification', NULL), ('digest', NULL), ('invitation', gen_random_uuid()))
	v (content, session_id)
WHERE p.user_name = 'p1';
INSERT INTO scheduling.held_mailbox (person_id, address, status, held_at)
SELECT id, 'p1@example.org', '5.1.1', '2026-06-02 09:00Z' FROM profiles.person WHERE user_name = 'p1';
INSERT INTO scheduling.notification (id, person_id, kind, subject, subject_id, cause)
SELECT gen_random_uuid(), id, 'pair_ended', 'pair', gen_random_uuid(), 'c' FROM profiles.person
	WHERE user_name = 'p1';
INSERT INTO scheduling.calendar_feed (id, person_id, token_hash)
SELECT gen_random_uuid(), id, 'h' FROM profiles.person WHERE user_name = 'p1';

INSERT INTO evaluation.feedback (id, pair_id, programme_id, author_id, subject_id, visibility, rating)
VALUES (gen_random_uuid(), '30000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000001',
	gen_random_uuid(), gen_random_uuid(), 'private', 3);
INSERT INTO evaluation.goal (id, pair_id, specific, unit, baseline, target, due_on, proposed_by)
VALUES ('5a000000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000002', 's', 'u', 0, 4,
	'2026-06-01',
	gen_random_uuid());
INSERT INTO evaluation.progress (id, goal_id, author_id, value)
VALUES (gen_random_uuid(), '5a000000-0000-4000-8000-000000000001', gen_random_uuid(), 1);
INSERT INTO evaluation.asked (subject_id, person_id, what)
	VALUES (gen_random_uuid(), gen_random_uuid(), 'goal');
INSERT INTO evaluation.release (programme_id, wave)
	VALUES ('20000000-0000-4000-8000-000000000002', 'midpoint');
INSERT INTO evaluation.survey (id, programme_id, kind, side, title, opens_on, closes_on)
VALUES ('5c000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000002', 'attitude', 'mentor',
	't', '2026-06-01', '2026-07-01');
INSERT INTO evaluation.survey_revision (survey_id, number, questions, translations)
VALUES ('5c000000-0000-4000-8000-000000000001', 1, '[]', '[]');
INSERT INTO evaluation.survey_release (survey_id, batch, asked)
VALUES ('5c000000-0000-4000-8000-000000000001', 'after', 5);
INSERT INTO evaluation.response (id, survey_id, programme_id, wave, batch, person_id, revision)
VALUES (gen_random_uuid(), '5c000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000002',
	'before', 'before', gen_random_uuid(), 1);
INSERT INTO evaluation.help_request (id, pair_id, programme_id, author_id, topic, message)
VALUES (gen_random_uuid(), '30000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000002',
	gen_random_uuid(), 'other', 'm');
SELECT set_config('app.actor', '20000000-0000-4000-8000-0000000000ff', false);
INSERT INTO evaluation.disclosure (id, what, pair_id, programme_id, author_id, partner_id, reason,
	requested_by)
VALUES (gen_random_uuid(), 'feedback', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
	gen_random_uuid(), 'r', '20000000-0000-4000-8000-0000000000ff');
SELECT set_config('app.actor', '', false);
SET session_replication_role = replica;
INSERT INTO evaluation.story (id, programme_id, pair_id, kind, title, body, in_feed, written_by, consented_by,
	status, published_at)
VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'success', 't', 'b', true,
	gen_random_uuid(), gen_random_uuid(), 'published', '2026-06-02');
SET session_replication_role = origin;
INSERT INTO evaluation.certificate (id, person_id, pair_id, programme_id, facts, signature)
VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '{}', repeat('A', 86));
INSERT INTO evaluation.flag_threshold (programme_id, missed_twice)
VALUES ('20000000-0000-4000-8000-000000000002', 3);
INSERT INTO evaluation.snapshot (id, programme_id, number, programme_status)
VALUES ('5d000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000002', 1, 'active');
INSERT INTO evaluation.snapshot_report (snapshot_id, name, body, rows)
VALUES ('5d000000-0000-4000-8000-000000000001', 'gain', '{}', '[]');
INSERT INTO evaluation.programme_cost (programme_id, currency, budget, hour_cost)
VALUES ('20000000-0000-4000-8000-000000000002', 'EUR', 100, 10);
INSERT INTO evaluation.departure (person_id, left_on) VALUES (gen_random_uuid(), '2026-06-01');
INSERT INTO evaluation.improvement (id, programme_id, title, insight, suggested_by)
VALUES (gen_random_uuid(), '20000000-0000-4000-8000-000000000002', 't', 'i', gen_random_uuid());
INSERT INTO evaluation.flag_case (id, pair_id, programme_id, rule, since, numbers, action, intervened_at,
	outcome, resolved_at, handled_by)
VALUES (gen_random_uuid(), '30000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000002',
	'unreported', '2026-06-01', '{}', 'talk', '2026-06-02', 'solved', '2026-06-09', gen_random_uuid());
INSERT INTO evaluation.assessment (id, programme_id, skill_id, title, items, opens_on, closes_on)
VALUES ('5b000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000002',
	'51000000-0000-4000-8000-000000000001', 't', '[]', '2026-06-01', '2026-07-01');
INSERT INTO evaluation.attempt (id, assessment_id, person_id, phase)
VALUES (gen_random_uuid(), '5b000000-0000-4000-8000-000000000001', gen_random_uuid(), 'pre');
