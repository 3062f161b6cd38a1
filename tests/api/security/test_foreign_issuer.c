/* Tokens of an identity provider that shares no code with the services (support/issuer.mjs). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keyring.h"
#include "world.h"

#define SERVICES 4

static const char *const pages[SERVICES] = { "/api/v1/me", "/api/v1/enrolments", "/api/v1/sessions",
	"/api/v1/feedback" };
static struct keyring keys;
static json_t *made; /* what the provider printed */

static int open_keys(void **state)
{
	(void)state;
	static const char *const argv[] = { "node", "tests/support/issuer.mjs", "urn:upward:local",
		"upward", "max.mentor", NULL };
	assert_string_equal(api_text(api_import(world_people, NULL), "status"), "done");
	made = json_loads(api_run(argv), 0, NULL);
	assert_non_null(made);
	keyring_open(&keys);
	keyring_add(&keys, json_object_get(made, "keys"));
	return 0;
}

static int close_keys(void **state)
{
	keyring_close(&keys);
	json_decref(made);
	return api_release(state);
}

static void tokens_of_every_algorithm_are_accepted(void **state)
{
	(void)state;
	const char *kid;
	json_t *token;
	assert_true(json_object_size(json_object_get(made, "tokens")) >= 11);
	json_object_foreach(json_object_get(made, "tokens"), kid, token)
	{
		struct api *caller = api_with_token(
			api_path("Bearer %s", json_string_value(token)));
		for (int i = 0; i < SERVICES; i++) {
			struct api_reply *reply = api_get(caller, "%s", pages[i]);
			if (reply->status != 200)
				fail_msg("%s: %s %d %s", kid, pages[i], reply->status,
					api_header_of(reply, "www-authenticate"));
		}
	}
}

/* The same with one bit of the signature changed, or under the key of another. */
static void changed_tokens_of_every_algorithm_are_refused(void **state)
{
	(void)state;
	const char *kid;
	json_t *token;
	json_object_foreach(json_object_get(made, "tokens"), kid, token)
	{
		char *changed = strdup(json_string_value(token));
		char *at = strrchr(changed, '.') + 20;
		*at = *at == 'A' ? 'B' : 'A';
		struct api_reply *reply = api_get(
			api_with_token(api_path("Bearer %s", changed)), "/api/v1/me");
		api_expect_problem(reply, 401, "unauthenticated");
		assert_string_equal(
			api_header_of(reply, "www-authenticate"), "Bearer error=\"invalid_token\"");
		free(changed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_of_every_algorithm_are_accepted),
		cmocka_unit_test(changed_tokens_of_every_algorithm_are_refused),
	};
	return cmocka_run_group_tests(tests, open_keys, close_keys);
}
