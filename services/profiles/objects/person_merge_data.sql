-- What somebody has said under the newer of two records follows them to the earlier one. Of a choice, the
-- later one holds, and that is the newer record's: the earlier one belongs to somebody who had left. Facts
-- of both count.

-- Consents, declarations, access needs: shown to nobody, so nothing tells that they moved. The last decision
-- about an attribute and a purpose holds, whichever record it was made in; a declaration follows only under a
-- consent that holds then. The ledger of the newer record stays as evidence.
CREATE OR REPLACE FUNCTION profiles.merge_confidential(newer uuid, earlier uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH said AS (SELECT DISTINCT ON (c.attribute, c.purpose) c.* FROM profiles.consent c
			WHERE c.person_id = newer ORDER BY c.attribute, c.purpose, c.number DESC),
		later AS (SELECT s.*, row_number() OVER (ORDER BY s.decided_at, s.number) AS place FROM said s
			WHERE NOT EXISTS (SELECT FROM profiles.consent e WHERE e.person_id = earlier
				AND e.attribute = s.attribute AND e.purpose = s.purpose AND e.decided_at > s.decided_at))
	INSERT INTO profiles.consent (id, person_id, number, attribute, purpose, given, notice_version,
		decided_at)
	SELECT gen_random_uuid(), earlier, l.place
			+ (SELECT coalesce(max(c.number), 0) FROM profiles.consent c WHERE c.person_id = earlier),
		l.attribute, l.purpose, l.given, l.notice_version, l.decided_at
	FROM later l;
	INSERT INTO profiles.declaration (person_id, kind, value)
	SELECT earlier, d.kind, d.value FROM profiles.declaration d
	WHERE d.person_id = newer AND (profiles.consents(earlier, d.kind, 'matching')
		OR profiles.consents(earlier, d.kind, 'aggregate_reporting'))
	ON CONFLICT (person_id, kind) DO UPDATE SET value = excluded.value;
	DELETE FROM profiles.declaration d WHERE d.person_id = newer;
	INSERT INTO profiles.person_access_need (person_id, need)
	SELECT earlier, n.need FROM profiles.person_access_need n WHERE n.person_id = newer
	ON CONFLICT DO NOTHING;
	DELETE FROM profiles.person_access_need n WHERE n.person_id = newer;
END;

-- Channels, weekly hours and how they describe themselves: those of the newer record, where it has any.
CREATE OR REPLACE FUNCTION profiles.merge_choices(newer profiles.person, earlier uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	DELETE FROM profiles.person_channel c WHERE c.person_id = earlier
		AND EXISTS (SELECT FROM profiles.person_channel n WHERE n.person_id = newer.id);
	INSERT INTO profiles.person_channel (person_id, channel)
	SELECT earlier, c.channel FROM profiles.person_channel c WHERE c.person_id = newer.id;
	DELETE FROM profiles.person_hours h WHERE h.person_id = earlier
		AND EXISTS (SELECT FROM profiles.person_hours n WHERE n.person_id = newer.id);
	INSERT INTO profiles.person_hours (person_id, weekday, starts, ends)
	SELECT earlier, h.weekday, h.starts, h.ends FROM profiles.person_hours h WHERE h.person_id = newer.id;
	UPDATE profiles.person p SET bio = coalesce(newer.bio, p.bio),
		pronouns = coalesce(newer.pronouns, p.pronouns), photo_url = coalesce(newer.photo_url, p.photo_url),
		time_zone_override = coalesce(newer.time_zone_override, p.time_zone_override),
		holiday_place = coalesce(newer.holiday_place, p.holiday_place),
		preferred_cadence = coalesce(newer.preferred_cadence, p.preferred_cadence),
		visibility = p.visibility || newer.visibility,
		own_sets = ARRAY(SELECT DISTINCT s FROM unnest(p.own_sets || newer.own_sets) s ORDER BY s)
	WHERE p.id = earlier;
END;

-- Delegates: those whom the newer record names, and those who name it, as far as there is room; a person is
-- not their own. (Delegations of the earlier record ended when it left, and stay ended.)
CREATE OR REPLACE FUNCTION profiles.merge_delegates(newer uuid, earlier uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH named AS (SELECT d.*, row_number() OVER (ORDER BY d.id) AS place FROM profiles.delegate d
			WHERE d.person_id = newer AND d.assistant_id <> earlier
				AND NOT EXISTS (SELECT FROM profiles.delegate e
					WHERE e.person_id = earlier AND e.assistant_id = d.assistant_id))
	UPDATE profiles.delegate d SET person_id = earlier, version = d.version + 1 FROM named n
	WHERE d.id = n.id AND n.place
		+ (SELECT count(*) FROM profiles.delegate e WHERE e.person_id = earlier) <= 10;
	UPDATE profiles.delegate d SET assistant_id = earlier, version = d.version + 1
	WHERE d.assistant_id = newer AND d.person_id <> earlier AND NOT EXISTS (SELECT FROM profiles.delegate e
		WHERE e.person_id = d.person_id AND e.assistant_id = earlier);
END;

-- Listings and replies to others', training, skill checks. What both records have once, counts once.
CREATE OR REPLACE FUNCTION profiles.merge_records(newer uuid, earlier uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH moved AS (UPDATE profiles.listing l SET person_id = earlier, version = l.version + 1,
				updated_at = common.now() WHERE l.person_id = newer RETURNING l.id)
	INSERT INTO common.outbox (type, subject_id) SELECT 'listing.updated', m.id FROM moved m;
	DELETE FROM profiles.listing_reply r USING profiles.listing l
	WHERE r.person_id IN (newer, earlier) AND l.id = r.listing_id AND l.person_id = earlier;
	UPDATE profiles.listing_reply r SET person_id = earlier
	WHERE r.person_id = newer AND NOT EXISTS (SELECT FROM profiles.listing_reply e
		WHERE e.listing_id = r.listing_id AND e.person_id = earlier);
	UPDATE profiles.training_record t SET person_id = earlier
	WHERE t.person_id = newer AND NOT EXISTS (SELECT FROM profiles.training_record e
		WHERE e.person_id = earlier AND e.topic = t.topic AND e.title = t.title
			AND e.completed_on = t.completed_on);
	UPDATE profiles.skill_check c SET person_id = earlier WHERE c.person_id = newer;
END;

GRANT EXECUTE ON FUNCTION profiles.merge_confidential(uuid, uuid),
	profiles.merge_choices(profiles.person, uuid), profiles.merge_delegates(uuid, uuid),
	profiles.merge_records(uuid, uuid) TO upward_profiles;
