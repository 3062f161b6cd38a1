-- Who sees what somebody shows to partners: from now on kept by pair_shows and shortlist_shows, here for the
-- pairs and shortlists of today.
INSERT INTO profiles.partner (viewer_id, person_id, through)
SELECT t.viewer_id, t.person_id, p.id
FROM matching.pair p CROSS JOIN LATERAL (VALUES (p.mentor_id, p.mentee_id), (p.mentee_id, p.mentor_id))
	t (viewer_id, person_id)
WHERE p.status IN ('proposed', 'active', 'suspended')
UNION ALL
SELECT s.mentee_id, x.mentor_id, s.id
FROM matching.shortlist s JOIN matching.shortlist_entry x ON x.shortlist_id = s.id
WHERE s.status = 'open';
