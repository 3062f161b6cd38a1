-- The learning culture: who offers and wants skills, and how many.

-- The figures of the whole company, department null, and of each department, in multiples of five; those that
-- fewer than five people stand behind are null. offers and requests count skills, the others people.
CREATE OR REPLACE FUNCTION evaluation.learning_cells()
RETURNS TABLE (department text, people bigint, offering bigint, wanting bigint, listing bigint, offers bigint,
	requests bigint) LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH cell AS (SELECT l.department, count(*) AS people, count(*) FILTER (WHERE l.offers > 0) AS offering,
			count(*) FILTER (WHERE l.requests > 0) AS wanting,
			count(*) FILTER (WHERE l.listings > 0) AS listing,
			sum(l.offers)::bigint AS offers, sum(l.requests)::bigint AS requests
		FROM profiles.learning l GROUP BY GROUPING SETS ((l.department), ()))
	SELECT c.department, nullif(common.fives(c.people), 0), nullif(common.fives(c.offering), 0),
		nullif(common.fives(c.wanting), 0), nullif(common.fives(c.listing), 0),
		CASE WHEN common.enough(c.offering) THEN common.fives(c.offers) END,
		CASE WHEN common.enough(c.wanting) THEN common.fives(c.requests) END
	FROM cell c;
END;

CREATE OR REPLACE FUNCTION evaluation.learning_figures(people bigint, offering bigint, wanting bigint,
	listing bigint, offers bigint, requests bigint) RETURNS json LANGUAGE sql IMMUTABLE
RETURN json_build_object('people', people, 'offering', offering, 'wanting', wanting, 'listing', listing,
	'offers_per_person', round(offers::numeric / people, 1),
	'requests_per_person', round(requests::numeric / people, 1));

GRANT EXECUTE ON FUNCTION evaluation.learning_cells(),
	evaluation.learning_figures(bigint, bigint, bigint, bigint, bigint, bigint) TO upward_evaluation;
