-- Enrolments of the crowd (crowd.h) and of others, and the crowd's pairs, take sixty random steps, rather
-- those that have not been taken yet, several at once; a tenth is rolled back. The crowd can always come
-- back. Steps taken go into a table.
DO $$
DECLARE
	s record;
BEGIN
	FOR i IN 1..60 LOOP
		SELECT x.noun, x.name, x.from_status AS at INTO s FROM common.step x
		WHERE x.noun IN ('enrolment', 'pair')
		ORDER BY random() * CASE WHEN x.name IN ('pick', 'acceptance', 'suspension', 'resumption')
			OR x.noun || ' ' || x.name NOT IN (SELECT t.step FROM taken t) THEN 0.2 ELSE 1 END LIMIT 1;
		BEGIN
			IF s.noun = 'enrolment' AND s.at = '' THEN
				INSERT INTO matching.enrolment (id, programme_id, person_id, role, step, ever_invited)
				SELECT gen_random_uuid(), g.id, gen_random_uuid(), r.role, s.name, s.name = 'invitation'
				FROM matching.programme g, unnest(ARRAY['mentor', 'mentee']) r (role);
			ELSIF s.noun = 'enrolment' THEN
				UPDATE matching.enrolment e SET step = s.name
				WHERE e.status = s.at AND random() < 0.2 AND CASE WHEN e.person_id::text LIKE '10000000%'
					THEN s.name IN ('pause', 'departure', 'resumption') ELSE s.at <> 'left_company' END;
			ELSIF s.at = '' THEN
				INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, mentor_enrolment_id,
					mentee_enrolment_id, answer_by, step)
				SELECT gen_random_uuid(), o.programme_id, o.person_id, e.person_id, o.id, e.id,
					common.now() + interval '30 days', s.name
				FROM matching.enrolment o JOIN matching.enrolment e USING (programme_id)
				WHERE o.role = 'mentor' AND e.role = 'mentee' AND o.status = 'enrolled'
					AND e.status = 'enrolled' AND o.taken < o.capacity AND e.taken < e.capacity
					AND o.person_id <> e.person_id AND matching.may_pair(o.person_id, e.person_id, NULL, NULL)
				ORDER BY random() LIMIT 1;
			ELSE
				UPDATE matching.pair p SET step = s.name
				WHERE p.status = s.at AND random() < CASE WHEN i % 2 = 0 THEN 0.6 ELSE 0.2 END;
			END IF;
			IF NOT FOUND OR random() < 0.1 THEN
				RAISE EXCEPTION 'given up';
			END IF;
			INSERT INTO taken VALUES (s.noun || ' ' || s.name);
		EXCEPTION WHEN OTHERS THEN
			NULL;
		END;
	END LOOP;
END $$
