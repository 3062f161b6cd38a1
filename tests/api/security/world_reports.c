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
