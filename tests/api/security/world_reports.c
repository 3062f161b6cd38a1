#include <string.h>

#include "support/story.h"
#include "world.h"

void world_reports(struct world *world)
{
	api_sql("superuser",
		"INSERT INTO evaluation.programme_cost (programme_id, currency, budget, hour_cost) "
		"VALUES "
		"('%s', 'EUR', 1, 1)",
		world->programme);
	world->snapshot = story_snapshot(world->programme);
}

/* What the mentor asked for was read by somebody, and the mentor knows. */
void world_disclosure(struct world *w)
{
	struct api *asks = api_as("auditor", WORLD_STRANGER);
	struct api_reply *made = api_expect(
		api_post(asks, "/api/v1/disclosures",
			"{\"pair_id\": \"%s\", \"author\": \"mentor\", \"what\": "
			"\"help_request\", \"reason\": \"Somebody has complained.\"}",
			w->pair),
		201);
	const char *self = api_text(made, "links.self");
	w->disclosure = api_text(made, "id");
	api_expect(
		api_post(api_as("admin", WORLD_COORDINATOR), api_path("%s/approval", self), NULL),
		200);
	api_expect(
		api_post(api_as("auditor", WORLD_OTHER), api_path("%s/approval", self), NULL), 200);
	api_expect(api_post(asks, api_path("%s/closure", self), NULL), 200);
}

/* What the mentor has written, the mentee agreed to and the coordinator published; and what the mentor's pair of
 * another year, since forgotten, has brought the mentor. */
void world_recognition(struct world *w)
{
	struct api *mentor = world_as(w->mentor_user);
	struct api_reply *made = api_expect(
		api_post(mentor, "/api/v1/stories",
			"{\"pair_id\": \"%s\", \"title\": \"A dashboard\", \"text\": \"We built "
			"one.\", \"in_feed\": true}",
			w->pair),
		201);
	const char *self = api_text(made, "links.self"),
		   *old = "0f000000-0000-4000-8000-0000000000c1";
	w->story = api_text(made, "id");
	api_expect(api_post(world_as(WORLD_MENTEE), api_path("%s/consent", self), NULL), 200);
	api_expect(api_post(api_as("programme_admin", WORLD_COORDINATOR),
			   api_path("%s/publication", self), NULL),
		200);
	api_sql("superuser",
		"SET session_replication_role = replica; INSERT INTO matching.pair SELECT (p).* "
		"FROM (SELECT "
		"json_populate_record(NULL::matching.pair, (to_jsonb(x) || '{\"id\": \"%s\", "
		"\"status\": "
		"\"completed\"}')::json) AS p FROM matching.pair x WHERE x.id = '%s') y",
		old, w->pair);
	made = api_expect(
		api_post(mentor, "/api/v1/certificates", "{\"pair_id\": \"%s\"}", old), 201);
	w->certificate = api_text(made, "id");
	w->certificate_code = strrchr(api_text(made, "links.page"), '/') + 1;
	api_sql("superuser",
		"SET session_replication_role = replica; DELETE FROM matching.pair WHERE id = '%s'",
		old);
}
