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

CREATE OR REPLACE TRIGGER merge_foreseen BEFORE INSERT ON profiles.person_merge
	FOR EACH ROW EXECUTE FUNCTION matching.merge_foreseen();
