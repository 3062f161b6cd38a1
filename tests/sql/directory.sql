-- A company of 7,000 for the search: few first names, so that many share one, some that begin with a letter
-- that folds, an apostrophe, initials; and what the search should find, by a look at everybody.
SET session_replication_role = replica;
INSERT INTO profiles.person (id, external_id, user_name, given_name, family_name, title, department, location,
	level, status)
SELECT gen_random_uuid(), 'D-' || n, 'd' || n,
	(ARRAY['Anna', 'anna', 'Annabel', 'Anna Maria', 'Ännchen', 'Wei', 'Sean', 'D''Angelo', 'Émile', 'Łucja',
		'J. P.', '(Nina)', 'Анна'])[1 + floor(13 * random())],
	(ARRAY['Nowak', 'O''Rourke', 'Tan', 'Annan', 'de Vries', 'Keller-Brandt', 'Öz', '', 'Wei', 'Legalis'])
		[1 + floor(10 * random())],
	(ARRAY['Analyst', 'Legal counsel', 'Data analyst', 'A', NULL])[1 + floor(5 * random())],
	(ARRAY['Legal', 'Sales', 'Data', NULL])[1 + floor(4 * random())],
	(ARRAY['Berlin', 'Nairobi', NULL])[1 + floor(3 * random())],
	floor(9 * random() ^ 3), CASE WHEN random() < 0.02 THEN 'inactive' ELSE 'active' END
FROM generate_series(1, 7000) n;
RESET session_replication_role;
ANALYZE profiles.person;

CREATE FUNCTION plainly_found(text text, condition text, after_name text, after_id uuid, size int)
RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT p.id FROM profiles.person p WHERE %s
		AND ($2 IS NULL OR (p.display_name, p.id) > ($2, $3))
		AND NOT EXISTS (SELECT FROM unnest(string_to_array(btrim(common.words($1)), '' '')) w
			WHERE p.find !~ ('' '' || w)
				AND (length(w) < 2 OR p.find !~ ('' '' || left(w, 1) || '' '' || substr(w, 2))))
		ORDER BY p.display_name, p.id LIMIT $4', condition) USING text, after_name, after_id, size;
END $$;

-- Questions at random: words or beginnings of some, what else is asked, from where, how many.
CREATE TABLE question AS
SELECT n, CASE WHEN n % 5 > 0 THEN (SELECT string_agg(left(w, 1 + floor(8 * random())::int), ' ')
		FROM (SELECT w FROM unnest(ARRAY['anna', 'annabel', 'wei', 'nowak', 'orourke', 'rourke', 'dangelo',
				'o''rourke', 'analyst', 'legal', 'data', 'ännchen', 'lucja', 'анна', 'emile', 'vries', 'nina',
				'berlin', 'zz', 'an']) w
			ORDER BY random() + n * 0 LIMIT 1 + n % 3) x) END AS text,
	'p.status <> ''inactive''' || (ARRAY['', '', ' AND p.department = ''Legal''',
		' AND p.location = ''Nairobi'' AND p.level <= 3', ' AND p.level >= 7', ' AND p.executive',
		' AND p.department = ''Legal'' AND p.location = ''Nowhere'''])[1 + floor(7 * random())] AS condition,
	CASE WHEN n % 4 = 0 THEN (SELECT p.id FROM profiles.person p
		WHERE p.external_id = 'D-' || n * 13) END AS after_id,
	(ARRAY[1, 21, 51, NULL])[1 + floor(4 * random())] AS size
FROM generate_series(1, 400) n;

-- The questions whose answers differ.
CREATE FUNCTION otherwise_found() RETURNS SETOF question LANGUAGE plpgsql AS $$
DECLARE
	q question;
	after profiles.person;
	found uuid[];
BEGIN
	FOR q IN SELECT * FROM question ORDER BY n LOOP
		SELECT * INTO after FROM profiles.person p WHERE p.id = q.after_id;
		found := ARRAY(SELECT f.id FROM profiles.people_found(profiles.words_typed(q.text), q.condition,
				'(p.display_name, p.id) > (' || quote_literal(after.display_name) || ', '
					|| quote_literal(after.id) || ')', q.size) f
			ORDER BY f.display_name, f.id LIMIT q.size);
		IF found <> ARRAY(SELECT plainly_found(q.text, q.condition, after.display_name, after.id,
				q.size)) THEN
			RETURN NEXT q;
		END IF;
	END LOOP;
END $$;
