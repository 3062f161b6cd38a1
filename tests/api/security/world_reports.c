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
