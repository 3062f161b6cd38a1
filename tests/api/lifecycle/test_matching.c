/* Every state, step and caller of matching's nouns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "ways.h"
#include "staff.h"

/* The contract is changed in memory: each change must be noticed, or this test could not fail. */
static void a_changed_life_cycle_is_noticed(void **state)
{
	(void)state;
	static const char *const changes[] = {
		"{\"rollback\": {\"by\": []}}", /* done by whom it is not open to */
		"{\"discard\": {\"from\": [\"ready\", \"published\"]}}", /* not where it is open */
		"{\"rollback\": {\"to\": [\"cancelled\"]}}",             /* leads elsewhere */
		"{\"rollback\": {\"event\": \"round.undone\"}}", /* tells of something else */
		"{\"publication\": {\"refusal\": \"in_use\"}}",  /* refused for another reason */
	};
	struct way ways[2] = { 0 };
	struct noun changed = noun_round;
	json_t *life = lifecycle_of("round");
	for (const struct way *way = noun_round.ways; !ways[0].state; way++)
		if (strcmp(way->state, "published") == 0)
			ways[0] = *way;
	changed.ways = ways;
	json_object_set_new(life, "states", json_pack("{s:s}", "published", "The only one."));
	assert_int_equal(lifecycle_faults(&changed), 0);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		json_t *as_it_was = json_deep_copy(json_object_get(life, "steps"));
		json_t *change = json_loads(changes[i], 0, NULL);
		assert_int_equal(
			json_object_update_recursive(json_object_get(life, "steps"), change), 0);
		print_message("%s\n", changes[i]);
		assert_true(lifecycle_faults(&changed) > 0);
		json_object_set_new(life, "steps", as_it_was);
		json_decref(change);
	}
	json_object_set_new(
		json_object_get(life, "states"), "forgotten", json_string("A new state."));
	assert_int_equal(lifecycle_faults(&changed), 1);
}

int main(void)
{
	static const struct noun *const nouns[] = { &noun_shortlist, &noun_round, &noun_programme,
		&noun_enrolment, &noun_pair, NULL };
	const struct CMUnitTest more = cmocka_unit_test(a_changed_life_cycle_is_noticed);
	return lifecycle_main("matching", nouns, staff_build, &more);
}
