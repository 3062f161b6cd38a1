-- What merging two records of a person means for pairs and enrolments: those of the newer one end, as when
-- somebody leaves; those of the earlier one stay.
CREATE OR REPLACE FUNCTION matching.merge_foreseen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	SELECT count(*) FILTER (WHERE new.newer_id IN (p.mentor_id, p.mentee_id)),
		count(*) FILTER (WHERE new.earlier_id IN (p.mentor_id, p.mentee_id))
	INTO new.pairs_ending, new.pairs_staying
	FROM matching.pair p
	WHERE p.status IN ('proposed', 'active', 'suspended')
		AND (p.mentor_id IN (new.newer_id, new.earlier_id) OR p.mentee_id IN (new.newer_id, new.earlier_id));
	SELECT count(*) FILTER (WHERE e.person_id = new.newer_id),
		count(*) FILTER (WHERE e.person_id = new.earlier_id)
	INTO new.enrolments_ending, new.enrolments_staying
	FROM matching.enrolment e
	WHERE e.person_id IN (new.newer_id, new.earlier_id)
		AND e.status IN ('invited', 'interested', 'enrolled', 'waitlisted', 'paused');
	RETURN new;
END $$;

-- Whom the person never wants to be paired with, and who never wants to be paired with them: the wishes
-- follow to the earlier record, and hold at once.
CREATE OR REPLACE FUNCTION matching.merge_exclusions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	WITH was AS (DELETE FROM matching.exclusion e WHERE new.newer_id IN (e.author_id, e.other_id)
			RETURNING e.*),
		wish AS (SELECT CASE w.author_id WHEN new.newer_id THEN new.earlier_id ELSE w.author_id END
				AS author_id,
				CASE w.other_id WHEN new.newer_id THEN new.earlier_id ELSE w.other_id END AS other_id, w.note
			FROM was w)
	INSERT INTO matching.exclusion (id, author_id, other_id, note)
	SELECT gen_random_uuid(), w.author_id, w.other_id, w.note FROM wish w WHERE w.author_id <> w.other_id
	ON CONFLICT (author_id, other_id) DO NOTHING;
	RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER merge_exclusions AFTER INSERT ON profiles.person_merge
	FOR EACH ROW WHEN (NOT new.dry_run) EXECUTE FUNCTION matching.merge_exclusions();
CREATE OR REPLACE TRIGGER merge_foreseen BEFORE INSERT ON profiles.person_merge
	FOR EACH ROW EXECUTE FUNCTION matching.merge_foreseen();
