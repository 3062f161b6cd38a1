/*
 * Many read people at once, and the service answers several of them by one statement: each gets the
 * person asked for, sees the HR record of nobody but oneself, and 404 for whom there is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/unit/prng.h"

#define READERS 64
#define READS   10000
#define PEOPLE  17

static const char *const names[] = { "chief", "sales.lead", "it.team", "dev", "ann", "bob" };
static char ids[PEOPLE][64];
static atomic_int asked, right, wrong;

static int set_up(void **state)
{
	(void)state;
	company_import();
	struct api_reply *page = api_expect(
		api_get(api_as("hris", NULL), "/api/v1/people?limit=%d", PEOPLE), 200);
	json_t *items = json_object_get(page->body, "items"), *one;
	size_t i;
	assert_int_equal(json_array_size(items), PEOPLE);
	json_array_foreach(items, i, one) snprintf(
		ids[i], sizeof ids[i], "%s", json_string_value(json_object_get(one, "id")));
	return 0;
}

static void judge(const struct api_reply *reply, const char *id, bool there, bool own)
{
	const char *shown = json_string_value(json_object_get(reply->body, "id"));
	bool hr = json_is_object(json_object_get(reply->body, "hr"));
	bool good = there ? reply->status == 200 && shown && strcmp(shown, id) == 0 && hr == own
			  : reply->status == 404;
	if (!good && atomic_fetch_add(&wrong, 1) < 10)
		fprintf(stderr, "%s: %d %.120s\n", reply->asked, reply->status, reply->text);
	atomic_fetch_add(&right, good);
}

/* One person reads on and on: oneself, others, and nobody. */
static void *read_people(void *context)
{
	size_t number = (size_t)(uintptr_t)context;
	struct prng p = { number };
	struct api *reader = api_direct(
		api_new("participant", names[number % (sizeof names / sizeof *names)]), "profiles");
	char own[64];
	snprintf(own, sizeof own, "%s",
		json_string_value(
			json_object_get(api_get(reader, "/api/v1/people/me")->body, "id")));
	while (atomic_fetch_add(&asked, 1) < READS) {
		char id[64];
		unsigned kind = (unsigned)prng_below(&p, 4);
		snprintf(id, sizeof id, "%s", kind ? ids[prng_below(&p, PEOPLE)] : own);
		if (kind == 1)
			memset(id, 'f', 8); /* the same but for its beginning: nobody's */
		judge(api_get(reader, "/api/v1/people/%s", id), id, kind != 1,
			strcmp(id, own) == 0);
	}
	api_free(reader);
	return NULL;
}

static void each_gets_what_was_asked_for(void **state)
{
	(void)state;
	pthread_t threads[READERS];
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, read_people, (void *)(uintptr_t)i), 0);
	for (size_t i = 0; i < READERS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&wrong), 0);
	assert_int_equal(atomic_load(&right), READS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_gets_what_was_asked_for),
	};
	return cmocka_run_group_tests(tests, set_up, api_release);
}
