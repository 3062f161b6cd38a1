/* The cache behind tokens and people: bounded, stamped, mortal, safe among threads. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "auth/cache.h"

static struct cache *cache;

static int make(void **state)
{
	(void)state;
	cache = cache_new(640);
	return cache ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	cache_free(cache);
	return 0;
}

static void put(const char *key, uint64_t stamp, uint64_t now, uint64_t expires, const char *fact)
{
	cache_put(cache, key, strlen(key), stamp, now, expires, fact, strlen(fact) + 1);
}

static const char *get(const char *key, uint64_t stamp, uint64_t now)
{
	static char fact[64];
	memset(fact, 0, sizeof fact);
	return cache_get(cache, key, strlen(key), stamp, now, fact, sizeof fact) ? fact : NULL;
}

static void what_was_put_is_found_until_it_expires(void **state)
{
	(void)state;
	put("a", 1, 100, 200, "one");
	assert_string_equal(get("a", 1, 199), "one");
	assert_null(get("a", 1, 200));
	assert_null(get("b", 1, 100));
	assert_null(get("", 1, 100));
}

static void another_stamp_finds_nothing(void **state)
{
	(void)state;
	put("a", 1, 100, 200, "one");
	assert_null(get("a", 2, 100));
	put("a", 2, 100, 200, "two");
	assert_string_equal(get("a", 2, 100), "two");
	assert_null(get("a", 1, 100));
	assert_int_equal(cache_count(cache), 1);
}

static void a_later_fact_takes_the_place_of_an_older_one(void **state)
{
	(void)state;
	put("a", 1, 100, 200, "one");
	put("a", 1, 110, 300, "another, longer");
	assert_string_equal(get("a", 1, 250), "another, longer");
	assert_int_equal(cache_count(cache), 1);
}

static void keys_that_begin_alike_differ(void **state)
{
	(void)state;
	put("user_name", 1, 0, 9, "one");
	put("user_name2", 1, 0, 9, "two");
	put("user_nam", 1, 0, 9, "three");
	assert_string_equal(get("user_name", 1, 1), "one");
	assert_string_equal(get("user_name2", 1, 1), "two");
	assert_string_equal(get("user_nam", 1, 1), "three");
}

static void only_the_room_given_is_written(void **state)
{
	(void)state;
	char fact[8] = "xxxxxxx";
	put("a", 1, 0, 9, "longer than that");
	assert_true(cache_get(cache, "a", 1, 1, 1, fact, 4));
	assert_memory_equal(fact, "longxxx", 8);
}

static void it_never_holds_more_than_its_most(void **state)
{
	(void)state;
	char key[32];
	for (int i = 0; i < 20000; i++) {
		snprintf(key, sizeof key, "key %d", i);
		put(key, 1, 0, 1000, "fact");
	}
	assert_in_range(cache_count(cache), 320, 640);
	assert_string_equal(get(key, 1, 1), "fact");
	assert_null(get("key 0", 1, 1)); /* the oldest made room */
}

static void the_expired_go_also_where_there_is_room(void **state)
{
	(void)state;
	char key[32];
	cache_free(cache);
	cache = cache_new(64000);
	for (int i = 0; i < 2000; i++) {
		snprintf(key, sizeof key, "old %d", i);
		put(key, 1, 0, 10, "fact");
	}
	assert_int_equal(cache_count(cache), 2000);
	for (int i = 0; i < 2000; i++) { /* every part of the cache meets some */
		snprintf(key, sizeof key, "new %d", i);
		put(key, 1, 20, 100, "fact");
	}
	assert_int_equal(cache_count(cache), 2000);
}

static void clearing_leaves_nothing(void **state)
{
	(void)state;
	put("a", 1, 0, 100, "one");
	put("b", 1, 0, 100, "two");
	cache_clear(cache);
	assert_int_equal(cache_count(cache), 0);
	assert_null(get("a", 1, 1));
	put("a", 1, 0, 100, "again");
	assert_string_equal(get("a", 1, 1), "again");
}

/* Each thread writes facts that say their key, and reads everyone's. */
static void *churn(void *wrong)
{
	char key[32], fact[32];
	for (int i = 0; i < 20000; i++) {
		snprintf(key, sizeof key, "key %d", i * 7 % 997);
		if (i % 3 == 0)
			cache_put(cache, key, strlen(key), 1, 0, 100, key, sizeof key);
		else if (cache_get(cache, key, strlen(key), 1, 1, fact, sizeof fact) &&
			 strcmp(key, fact) != 0)
			++*(int *)wrong;
		if (i % 5000 == 4999)
			cache_clear(cache);
	}
	return NULL;
}

static void threads_read_whole_facts(void **state)
{
	(void)state;
	pthread_t threads[4];
	int wrong[4] = { 0 };
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, &wrong[i]), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 4; i++)
		assert_int_equal(wrong[i], 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_put_is_found_until_it_expires),
		TEST(another_stamp_finds_nothing),
		TEST(a_later_fact_takes_the_place_of_an_older_one),
		TEST(keys_that_begin_alike_differ),
		TEST(only_the_room_given_is_written),
		TEST(it_never_holds_more_than_its_most),
		TEST(the_expired_go_also_where_there_is_room),
		TEST(clearing_leaves_nothing),
		TEST(threads_read_whole_facts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
