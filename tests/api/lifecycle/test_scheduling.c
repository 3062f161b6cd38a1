/* Every state, step and caller of scheduling's nouns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "ways.h"
#include "world.h"

static const struct noun *const nouns[] = { &noun_agreement, &noun_session };
#define NOUNS (sizeof nouns / sizeof *nouns)

static void a_step_is_taken_by_whom_it_is_open_to_and_by_nobody_else(void **state)
{
	lifecycle_try(*state);
}

static void every_noun_is_tried(void **state)
{
	(void)state;
	const char *name;
	json_t *life;
	json_object_foreach(lifecycle_of(NULL), name, life)
	{
		bool known = strcmp(json_string_value(json_object_get(life, "service")),
				     "scheduling") != 0;
		for (size_t i = 0; i < NOUNS; i++)
			known |= strcmp(nouns[i]->name, name) == 0;
		if (!known)
			fail_msg("%s has a life cycle and no ways into its states", name);
	}
}

int main(void)
{
	struct CMUnitTest tests[NOUNS + 1] = { cmocka_unit_test(every_noun_is_tried) };
	for (size_t i = 0; i < NOUNS; i++)
		tests[i + 1] = (struct CMUnitTest){ .name = nouns[i]->name,
			.test_func = a_step_is_taken_by_whom_it_is_open_to_and_by_nobody_else,
			.initial_state = (void *)nouns[i] };
	return cmocka_run_group_tests_name("life cycles", tests, world_build, api_release);
}
