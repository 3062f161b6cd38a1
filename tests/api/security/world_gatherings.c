/* Gatherings of the world: an information session, and a mentor circle; and the mentor's chat channel. */
#include "world.h"

/* What the coordinator plans for more than two. */
static struct api_reply *plan(const char *programme, const char *kind)
{
	return api_expect(
		api_post(api_as("programme_admin", WORLD_COORDINATOR), "/api/v1/gatherings",
			"{\"programme_id\": \"%s\", \"kind\": \"%s\", \"title\": \"Locks for "
			"all\", "
			"\"starts_at\": \"2027-02-10T12:00\", \"time_zone\": \"UTC\", "
			"\"duration_minutes\": 60}",
			programme, kind),
		201);
}

void world_gatherings(struct world *w)
{
	w->chat = api_text(
		api_expect(api_post(world_as(w->mentor_user), "/api/v1/notifications/chats",
				   "{\"channel\": \"slack\", \"url\": "
				   "\"https://chat.example/1\"}"),
			201),
		"id");
	struct api_reply *session = plan(w->programme, "information_session");
	w->gathering = api_text(session, "id");
	w->registration = api_text(
		api_expect(api_post(world_as(w->mentor_user),
				   api_path("%s/registrations", api_text(session, "links.self")),
				   "{}"),
			201),
		"id");
	/* so many that a time for them is told */
	(void)api_sql("superuser",
		"INSERT INTO scheduling.registration (id, gathering_id, person_id, number) SELECT "
		"gen_random_uuid(), '%s', p.id, 1 + row_number() OVER (ORDER BY p.id) FROM (SELECT id "
		"FROM profiles.person WHERE status = 'active' AND user_name <> '%s' ORDER BY id LIMIT "
		"4) p",
		w->gathering, w->mentor_user);
	/* of no innovation day: everybody may read it there */
	w->outcome = api_sql("superuser",
		"INSERT INTO scheduling.outcome (id, gathering_id, title, author_id) SELECT "
		"gen_random_uuid(), '%s', 'Locks', id FROM profiles.person WHERE user_name = '%s' "
		"RETURNING id",
		w->gathering, w->mentor_user);
	/* in a programme of its own, in which the mentor stays a mentor */
	const char *other = world_programme(WORLD_COORDINATOR, "Among mentors");
	world_enrol(w->mentor_user, other, "mentor");
	w->circle = api_text(plan(other, "mentor_circle"), "id");
}
