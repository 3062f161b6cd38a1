/* Paths to operations. */
#include "base/str.h"
#include "http/router.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"
#include "unit/http/fixture.h"

static struct service_state service;

static int open_all(void **state)
{
	(void)state;
	fixture_open(&service);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	fixture_close(&service);
	return 0;
}

static struct target target;
static char room[TARGET_BYTES_MOST + 1];

static struct route find(const char *method, const char *path)
{
	struct route route;
	assert_int_equal(target_parse(path, room, &target), TARGET_OK);
	router_find(service.router, method, &target, &route);
	return route;
}

static void router_prefers_a_literal(void **state)
{
	(void)state;
	assert_ptr_equal(find("GET", "/api/v1/things/newest").operation, &things[THING_NEWEST]);
	struct route route = find("GET", "/api/v1/things/newish");
	assert_ptr_equal(route.operation, &things[THING_READ]);
	assert_string_equal(route.values[0], "newish");
	/* the literal leads nowhere here, the parameter does */
	route = find("POST", "/api/v1/things/by-label/closure");
	assert_null(route.operation);
	assert_int_equal(route.methods, 1U << HTTP_PUT);
	route = find("POST", "/api/v1/things/newest/closure");
	assert_ptr_equal(route.operation, &things[THING_CLOSURE]);
	assert_string_equal(route.values[0], "newest");
}

static void router_gives_values_by_field(void **state)
{
	(void)state;
	struct route route = find("GET", "/api/v1/people/p%31/things/t%32");
	assert_ptr_equal(route.operation, &things[PERSON_THINGS]);
	assert_string_equal(route.values[0], "p1");
	assert_string_equal(route.values[1], "t2");
}

static void router_finds_a_parameter_inside_a_segment(void **state)
{
	(void)state;
	struct route route = find("GET", "/calendar/abc.def.ics");
	assert_ptr_equal(route.operation, &things[FEED_READ]);
	assert_string_equal(route.values[0], "abc.def");
	assert_int_equal(find("GET", "/calendar/.ics").methods, 0);
	assert_int_equal(find("GET", "/calendar/abc.icsx").methods, 0);
	assert_int_equal(find("GET", "/calendar/abc").methods, 0);
}

static void router_knows_the_methods_of_a_path(void **state)
{
	(void)state;
	char allow[64];
	struct route route = find("PUT", "/api/v1/things/x");
	assert_null(route.operation);
	assert_string_equal(router_allow(route.methods, allow, sizeof allow),
		"DELETE, GET, HEAD, OPTIONS, PATCH");
	route = find("get", "/api/v1/things");
	assert_null(route.operation); /* methods are case-sensitive */
	assert_string_equal(
		router_allow(route.methods, allow, sizeof allow), "GET, HEAD, OPTIONS, POST");
	assert_ptr_equal(find("HEAD", "/api/v1/things").operation, &things[THING_LIST]);
	assert_null(find("HEAD", "/api/v1/uploads").operation);
	assert_int_equal(find("GET", "/api/v1").methods, 0);
	assert_int_equal(find("GET", "/api/v1/things/x/closure/y").methods, 0);
}

static void router_refuses_two_of_one_path(void **state)
{
	(void)state;
	static const struct field a[] = { { .name = "a_id", .type = FIELD_UUID } };
	static const struct field b[] = { { .name = "b_id", .type = FIELD_UUID } };
	struct operation ops[] = {
		{ .id = "a_read",
			.method = HTTP_GET,
			.path = "/x/{a_id}",
			.path_fields = a,
			.path_count = 1 },
		{ .id = "b_read",
			.method = HTTP_GET,
			.path = "/x/{b_id}",
			.path_fields = b,
			.path_count = 1 },
	};
	char reason[128] = "";
	assert_null(router_new(ops, 2, reason, sizeof reason));
	assert_string_equal(reason, "b_read and a_read share one path");
	ops[1].method = HTTP_PUT;
	struct router *router = router_new(ops, 2, reason, sizeof reason);
	assert_non_null(router);
	router_free(router);
}

static void router_refuses_bad_paths(void **state)
{
	(void)state;
	static const struct field a[] = { { .name = "a_id", .type = FIELD_UUID } };
	static const char *const bad[] = { "/x/{b_id}", "/x/{a_id", "/x/a_id}", "/x//{a_id}",
		"/x/{a_id}{a_id}", "/x/{a_id}/", NULL };
	for (size_t i = 0; bad[i]; i++) {
		struct operation op = {
			.id = "a_read", .path = bad[i], .path_fields = a, .path_count = 1
		};
		char reason[128] = "";
		assert_null(router_new(&op, 1, reason, sizeof reason));
		assert_true(strlen(reason) > 0);
	}
}

/* ---- property: the tree finds what comparing every template finds ---- */

#define PATHS 24

/* How well a template fits a path: -1 not at all, else one digit a segment, 0 literal, 1 param. */
static int fit(const char *template, const char *path)
{
	int rank = 0;
	while (*template && *path) {
		template ++, path++;
		size_t t = strcspn(template, "/"), p = strcspn(path, "/");
		bool parameter = *template == '{';
		if (!parameter && (t != p || memcmp(template, path, t) != 0))
			return -1;
		rank = rank * 2 + parameter;
		template += t, path += p;
	}
	return *template || *path ? -1 : rank;
}

static const char *const words[] = { "a", "b", "c", "{p}" };
static const struct field p_field[] = { { .name = "p", .type = FIELD_STRING } };
static char paths[PATHS][32], ids[PATHS][32];
static struct operation ops[PATHS];

static void add_segment(char path[32], const char *segment)
{
	size_t used = strlen(path);
	snprintf(path + used, 32 - used, "/%s", segment);
}

/* Fills ops with distinct random templates; returns how many. */
static size_t make_templates(struct prng *prng)
{
	size_t count = 0;
	for (int i = 0; i < PATHS; i++) {
		char path[32] = "";
		size_t parameters = 0;
		for (uint64_t n = 1 + prng_below(prng, 3); n > 0; n--) {
			size_t word = prng_below(prng, parameters ? 3 : 4);
			parameters += word == 3;
			add_segment(path, words[word]);
		}
		bool twice = false;
		for (size_t k = 0; k < count; k++)
			twice = twice || str_equal(paths[k], path);
		if (twice)
			continue;
		memcpy(paths[count], path, sizeof path);
		snprintf(ids[count], sizeof ids[count], "op_%zu", count);
		ops[count] = (struct operation){ .id = ids[count],
			.path = paths[count],
			.path_fields = parameters ? p_field : NULL,
			.path_count = parameters };
		count++;
	}
	return count;
}

static const struct operation *best_of(size_t count, const char *path)
{
	const struct operation *best = NULL;
	int rank = 1 << 20;
	for (size_t k = 0; k < count; k++) {
		int fits = fit(paths[k], path);
		if (fits >= 0 && fits < rank) {
			rank = fits;
			best = &ops[k];
		}
	}
	return best;
}

static void router_agrees_with_comparing_every_template(void **state)
{
	(void)state;
	struct prng prng = { 7 };
	int found = 0;
	for (int round = 0; round < 300; round++) {
		char reason[128] = "";
		size_t count = make_templates(&prng);
		struct router *router = router_new(ops, count, reason, sizeof reason);
		assert_non_null(router);
		for (int i = 0; i < 40; i++) {
			char path[32] = "";
			struct route route;
			for (uint64_t n = 1 + prng_below(&prng, 3); n > 0; n--)
				add_segment(
					path, (char[]){ (char)('a' + prng_below(&prng, 4)), 0 });
			assert_int_equal(target_parse(path, room, &target), TARGET_OK);
			router_find(router, "GET", &target, &route);
			assert_ptr_equal(route.operation, best_of(count, path));
			found += route.operation != NULL;
		}
		router_free(router);
	}
	assert_true(found > 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(router_prefers_a_literal),
		cmocka_unit_test(router_gives_values_by_field),
		cmocka_unit_test(router_finds_a_parameter_inside_a_segment),
		cmocka_unit_test(router_knows_the_methods_of_a_path),
		cmocka_unit_test(router_refuses_two_of_one_path),
		cmocka_unit_test(router_refuses_bad_paths),
		cmocka_unit_test(router_agrees_with_comparing_every_template),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}
