/*
 * updated_since on every list of the contract, as everybody who may read it: what is older shows
 * everything, what is to come shows nothing, both say as of when; what is no time is refused. The
 * lists that do not take it refuse it, as the contract says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"

#define BEFORE  "2000-01-01T00:00:00Z"
#define TO_COME "2199-01-01T00:00:00Z"
#define A_WHILE 30.0

static struct world world;

static int build(void **state)
{
	(void)state;
	world_build(&world);
	(void)api_sql("superuser",
		"INSERT INTO matching.coordinator_act (programme_id, enrolment_id, person_id, act, "
		"note)"
		" VALUES ('%s', '%s', '%s', 'pause', 'N')",
		world.programme, world.enrolment, world.mentor);
	return 0;
}

static bool takes_it(const struct operation_row *row)
{
	json_t *parameter;
	for (size_t i = 0; (parameter = contract_parameter(row, i)); i++)
		if (strcmp(json_string_value(json_object_get(parameter, "name")),
			    "updated_since") == 0)
			return true;
	return false;
}

/* The list's path with the world's ids, and what else it asks for. */
static const char *path_of(const struct operation_row *row)
{
	const char *path = api_path("%s?limit=200", contract_path(row, &world, false));
	json_t *parameter;
	for (size_t i = 0; (parameter = contract_parameter(row, i)); i++)
		if (json_is_true(json_object_get(parameter, "required")) &&
			strcmp(json_string_value(json_object_get(parameter, "in")), "query") == 0) {
			const char *name = json_string_value(json_object_get(parameter, "name"));
			path = api_path("%s&%s=%s", path, name, contract_id(&world, name));
		}
	return path;
}

static json_t *items(const struct api_reply *page)
{
	json_t *found = api_member(page, "items");
	assert_non_null(found);
	return found;
}

/* An old time shows what the list shows; the two are read again if something has changed between. */
static bool shows_the_same(struct api *who, const char *path)
{
	struct api_reply *all = api_expect(api_get(who, "%s", path), 200);
	struct api_reply *since = api_expect(api_get(who, "%s&updated_since=" BEFORE, path), 200);
	assert_null(api_member(all, "as_of"));
	assert_non_null(api_text(since, "as_of"));
	return json_equal(items(all), items(since));
}

/* Whether this caller may read the list; *has counts the items. */
static bool read_as(const struct operation_row *row, struct api *who, size_t *has)
{
	const char *path = path_of(row);
	struct api_reply *all = api_get(who, "%s", path);
	if (all->status != 200)
		return false;
	*has += json_array_size(items(all));
	if (!takes_it(row)) {
		api_expect_fault(api_expect_problem(api_get(who, "%s&updated_since=" BEFORE, path),
					 400, "unknown_parameter"),
			"updated_since");
		return true;
	}
	api_wait_until(A_WHILE, shows_the_same(who, path));
	struct api_reply *none = api_expect(api_get(who, "%s&updated_since=" TO_COME, path), 200);
	assert_int_equal(json_array_size(items(none)), 0);
	assert_true(json_is_null(api_member(none, "next_cursor")));
	assert_non_null(api_text(none, "as_of"));
	api_expect_fault(api_expect_problem(api_get(who, "%s&updated_since=yesterday", path), 400,
				 "invalid_parameter"),
		"updated_since");
	return true;
}

static void every_list_says_what_has_changed_or_why_not(void **state)
{
	(void)state;
	const struct operation_row *rows;
	size_t count = contract_operations(&rows), lists = 0, empty = 0;
	for (size_t i = 0; i < count; i++) {
		size_t readers = 0, has = 0;
		if (!contract_is_list(&rows[i]))
			continue;
		lists++;
		assert_true(
			takes_it(&rows[i]) == !json_object_get(rows[i].spec, "x-updated-since"));
		for (int caller = CALLER_STRANGER; caller < CALLERS; caller++)
			readers += read_as(
				&rows[i], world_caller(&world, (enum caller)caller), &has);
		if (readers == 0)
			fail_msg("%s: nobody may read it", rows[i].id);
		if (has == 0 && takes_it(&rows[i])) {
			print_message("%s shows nothing in this world\n", rows[i].id);
			empty++;
		}
	}
	print_message("%zu lists\n", lists);
	assert_true(lists > 70);
	assert_int_equal(empty, 0);
}

static size_t sponsors_since(const char *as_of)
{
	return api_count(api_expect(api_get(world_caller(&world, CALLER_COORDINATOR),
					    "/api/v1/programmes/%s/sponsors?updated_since=%s",
					    world.programme, as_of),
				 200),
		"items");
}

/* Of a list whose rows change: whoever asks again with as_of gets those, and only those. */
static void what_has_changed_comes_again(void **state)
{
	(void)state;
	const char *as_of = NULL;
	api_wait_until(A_WHILE,
		(as_of = api_text(api_expect(api_get(world_caller(&world, CALLER_COORDINATOR),
						     "/api/v1/programmes/%s/sponsors"
						     "?updated_since=" TO_COME,
						     world.programme),
					  200),
			 "as_of")) &&
			sponsors_since(as_of) == 0);
	api_expect(api_post(world_caller(&world, CALLER_MENTOR),
			   api_path("/api/v1/programmes/%s/sponsors/%s/refusal", world.programme,
				   world.sponsor),
			   NULL),
		200);
	assert_int_equal(sponsors_since(as_of), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_says_what_has_changed_or_why_not),
		cmocka_unit_test(what_has_changed_comes_again),
	};
	return cmocka_run_group_tests(tests, build, api_release);
}
