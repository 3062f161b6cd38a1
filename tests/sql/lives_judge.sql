-- What exports and erasures of the people of lives.sql must come to, said without the catalogue's own
-- conditions.

-- Whose rows are whose, otherwise than in the catalogue; $1 is the person.
CREATE TABLE lives.belongs (name text, rows text);
INSERT INTO lives.belongs VALUES ('profiles.person', 'id = $1');
INSERT INTO lives.belongs VALUES ('profiles.person_skill', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('profiles.person_interest', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('profiles.person_language', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('profiles.person_hours', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('profiles.token_revocation', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('profiles.delegate', '$1 IN (person_id, assistant_id)');
INSERT INTO lives.belongs VALUES ('profiles.person_channel', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('profiles.person_access_need', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('profiles.consent', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('profiles.declaration', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('profiles.import_row',
	'external_id = (SELECT p.external_id FROM profiles.person p WHERE p.id = $1)');
INSERT INTO lives.belongs VALUES ('profiles.listing', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('profiles.listing_reply', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('profiles.training_record', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('profiles.skill_check', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('profiles.skill_finding',
	'EXISTS (SELECT FROM profiles.skill_check c WHERE c.id = check_id
		AND c.person_id = $1)');
INSERT INTO lives.belongs VALUES ('matching.coordinator', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('matching.coordinator_act', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('matching.wish', 'author_id = $1');
INSERT INTO lives.belongs VALUES ('matching.enrolment', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('matching.round_unmatched', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('matching.round_want',
	'EXISTS (SELECT FROM matching.enrolment e WHERE e.id = enrolment_id AND e.person_id = $1)');
INSERT INTO lives.belongs VALUES ('matching.shortlist', 'mentee_id = $1 AND status = ''expired''');
INSERT INTO lives.belongs VALUES ('matching.shortlist_entry',
	'EXISTS (SELECT FROM matching.shortlist s WHERE s.id = shortlist_id
		AND s.mentee_id = $1 AND s.status = ''expired'')');
INSERT INTO lives.belongs VALUES ('matching.pair', '$1 IN (mentor_id, mentee_id)');
INSERT INTO lives.belongs VALUES ('matching.pair_history',
	'EXISTS (SELECT FROM matching.pair p WHERE p.id = pair_id AND $1 IN (p.mentor_id, p.mentee_id))');
INSERT INTO lives.belongs VALUES ('matching.cohort_person', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('matching.sponsor', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('matching.person_past', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('matching.held_session',
	'EXISTS (SELECT FROM matching.pair p WHERE p.id = pair_id AND $1 IN (p.mentor_id, p.mentee_id))');
INSERT INTO lives.belongs VALUES ('matching.exclusion', 'author_id = $1');
INSERT INTO lives.belongs VALUES ('matching.objection', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('matching.review', 'author_id = $1');
INSERT INTO lives.belongs VALUES ('matching.safe_exit', 'author_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.session',
	'id IN (SELECT b.session_id FROM scheduling.participant b
		WHERE b.person_id = $1)');
INSERT INTO lives.belongs VALUES ('scheduling.participant', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.session_reminder', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.session_history',
	'session_id IN (SELECT b.session_id FROM scheduling.participant b WHERE b.person_id = $1)');
INSERT INTO lives.belongs VALUES ('scheduling.calendar_feed', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.exception', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.busy_calendar', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.takeaway', 'author_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.busy_window', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.registration', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.outcome', 'author_id = $1');
INSERT INTO lives.belongs VALUES ('matching.team_member', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.issue_author', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.notification', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.delivery', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.held_mailbox', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.chat', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.preference', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('scheduling.agreement',
	'EXISTS (SELECT FROM matching.pair p WHERE p.id = pair_id AND $1 IN (p.mentor_id, p.mentee_id))');
INSERT INTO lives.belongs VALUES ('scheduling.touchpoint',
	'EXISTS (SELECT FROM matching.pair p WHERE p.id = pair_id AND $1 IN (p.mentor_id, p.mentee_id))');
INSERT INTO lives.belongs VALUES ('scheduling.plan',
	'EXISTS (SELECT FROM matching.pair p JOIN scheduling.agreement a ON a.pair_id = p.id
		WHERE a.id = agreement_id AND $1 IN (p.mentor_id, p.mentee_id))');
INSERT INTO lives.belongs VALUES ('evaluation.goal',
	'EXISTS (SELECT FROM matching.pair p WHERE p.id = pair_id AND $1 IN (p.mentor_id, p.mentee_id))');
INSERT INTO lives.belongs VALUES ('evaluation.progress', 'author_id = $1');
INSERT INTO lives.belongs VALUES ('evaluation.feedback', 'author_id = $1');
INSERT INTO lives.belongs VALUES ('evaluation.attempt', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('evaluation.response', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('evaluation.help_request', 'author_id = $1');
INSERT INTO lives.belongs VALUES ('evaluation.disclosure',
	'author_id = $1 AND status = ''closed'' OR requested_by = $1');
INSERT INTO lives.belongs VALUES ('evaluation.story',
	'EXISTS (SELECT FROM matching.pair p WHERE p.id = pair_id AND $1 IN (p.mentor_id, p.mentee_id))');
INSERT INTO lives.belongs VALUES ('evaluation.certificate', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('evaluation.departure', 'person_id = $1');
INSERT INTO lives.belongs VALUES ('evaluation.improvement', 'suggested_by = $1');
INSERT INTO lives.belongs VALUES ('evaluation.flag_case', 'handled_by = $1');
INSERT INTO lives.belongs VALUES ('evaluation.asked', 'person_id = $1');

-- All four exports as one object: {"profiles.person": [...], ...}.
CREATE FUNCTION lives.export(person uuid) RETURNS jsonb LANGUAGE sql VOLATILE
RETURN (SELECT jsonb_object_agg(s.name || '.' || e.key, e.value)
	FROM (VALUES ('profiles', profiles.export_person(person)), ('matching', matching.export_person(person)),
		('scheduling', scheduling.export_person(person)),
		('evaluation', evaluation.export_person(person))) s (name, held), json_each(s.held) e);

-- What is wrong with the export of person n, a sentence each: somebody else's words but on cards, a table too
-- many or too few, a column whose values are not those of the person's rows.
CREATE FUNCTION lives.export_faults(n int) RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	who uuid := lives.id(1, n);
	given jsonb := lives.export(lives.id(1, n));
	one record;
	wanted jsonb;
	shown jsonb;
BEGIN
	RETURN QUERY SELECT 'shows ' || m[1]
	FROM regexp_matches(given::text, 'mark(\d+\.[a-z_]+\.[a-z_]+)', 'g') m
	WHERE m[1] !~ ('^' || n || '\.')
		AND m[1] !~ '^\d+\.person\.(given_name|family_name|title|department|location|photo_url)$';
	RETURN QUERY SELECT 'has ' || coalesce(t.key, b.name) || ' on one side alone'
	FROM jsonb_object_keys(given) t (key) FULL JOIN lives.belongs b ON b.name = t.key
	WHERE t.key IS NULL OR b.name IS NULL;
	FOR one IN SELECT b.name, b.rows, c.column_name, c.export, c.export LIKE 'profiles.card\_json%' AS card
		FROM lives.belongs b JOIN common.catalogue c ON c.schema_name || '.' || c.table_name = b.name
	LOOP
		SELECT coalesce(jsonb_agg(x.v ORDER BY x.v::text), '[]') INTO shown
		FROM jsonb_array_elements(given -> one.name) r, LATERAL (SELECT CASE WHEN one.card
			THEN r -> one.column_name -> 'id' ELSE r -> one.column_name END AS v) x
		WHERE x.v NOT IN ('null', '"(erased)"');
		EXECUTE format('SELECT coalesce(jsonb_agg(v ORDER BY v::text), ''[]'') FROM (SELECT to_jsonb(%I) AS v
			FROM %s WHERE %s) x WHERE v NOT IN (''null'', ''"(erased)"'')
				AND (v::text !~ ''mark'' OR v::text ~ %L)',
			one.column_name, one.name, one.rows, 'mark' || n || '\.') INTO wanted USING who;
		IF EXISTS (SELECT FROM jsonb_array_elements(given -> one.name) r
				WHERE (r ? one.column_name) <> (one.export IS NOT NULL))
				OR one.export IS NOT NULL AND one.name || '.' || one.column_name <> 'matching.pair.reasons'
					AND wanted <> shown THEN
			RETURN NEXT format('%s.%s: %s instead of %s', one.name, one.column_name, left(shown::text, 200),
				left(wanted::text, 200));
		END IF;
	END LOOP;
END $$;

-- What an erasure has left of person n, a sentence each: words in any column, the id where it may not stay.
-- In a file that waits the person is still somebody's manager, by key.
CREATE FUNCTION lives.erasure_faults(n int) RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	one record;
	many bigint;
BEGIN
	FOR one IN SELECT a.attrelid::regclass::text AS name, a.attname, c.stays,
			a.atttypid::regtype::text LIKE 'uuid%' AS ids
		FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
			LEFT JOIN common.catalogue c ON c.schema_name = t.relnamespace::regnamespace::text
				AND c.table_name = t.relname AND c.column_name = a.attname
		WHERE t.relkind = 'r' AND t.relnamespace::regnamespace::text IN
				('profiles', 'matching', 'scheduling', 'evaluation')
			AND a.atttypid::regtype::text IN ('text', 'text[]', 'json', 'jsonb', 'uuid', 'uuid[]')
	LOOP
		EXECUTE format('SELECT count(*) FROM %s WHERE strpos(%I::text, $1) > 0', one.name,
			one.attname) INTO many
		USING CASE WHEN one.ids THEN lives.id(1, n)::text ELSE 'mark' || n || '.' END;
		IF many > 0 AND NOT (one.stays AND (one.ids OR one.attname = 'manager_external_id')) THEN
			RETURN NEXT format('%s.%s keeps %s', one.name, one.attname, many);
		END IF;
	END LOOP;
	RETURN QUERY SELECT 'a former colleague is ' || k.card FROM profiles.card k
	WHERE k.person_id = lives.id(1, n) AND (k.display_name, k.status) <> ('Former colleague', 'inactive');
END $$;

-- How many words of everybody but person n there are, by column; left out is what two say at once.
CREATE FUNCTION lives.words_of_others(n int) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	one record;
	many bigint;
	made text := '';
BEGIN
	FOR one IN SELECT a.name, c.attname FROM lives.author a
			JOIN pg_attribute c ON c.attrelid = a.name::regclass AND c.attnum > 0 AND c.attgenerated = ''
				AND c.atttypid::regtype::text IN ('text', 'json', 'jsonb')
		WHERE a.name <> ALL ('{matching.exclusion,matching.pair,matching.round_candidate,
			matching.shortlist_entry}')
		ORDER BY 1, 2
	LOOP
		EXECUTE format('SELECT count(*) FROM %1$s WHERE %2$I::text ~ ''mark'' AND %2$I::text !~ %3$L',
			one.name,
			one.attname, 'mark' || n || '\.') INTO many;
		made := made || format('%s.%s %s; ', one.name, one.attname, many);
	END LOOP;
	RETURN made;
END $$;
