/* Ids: form, order over threads, no repetition. */
#include <pthread.h>
#include <time.h>

#include "base/id.h"
#include "base/str.h"
#include "support/unit/unit.h"

#define THREADS 4
#define EACH    20000

static struct id made[THREADS * EACH];

static void *make(void *slot)
{
	struct id *ids = slot;
	for (int i = 0; i < EACH; i++)
		ids[i] = id_v7();
	return NULL;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct id *)a)->text, ((const struct id *)b)->text);
}

static void id_v7_rises_in_every_thread_and_repeats_in_none(void **state)
{
	pthread_t threads[THREADS];
	(void)state;
	for (int t = 0; t < THREADS; t++)
		assert_int_equal(pthread_create(&threads[t], NULL, make, made + t * EACH), 0);
	for (int t = 0; t < THREADS; t++)
		pthread_join(threads[t], NULL);
	for (int t = 0; t < THREADS; t++) {
		const struct id *ids = made + t * EACH;
		for (int i = 1; i < EACH; i++)
			assert_true(strcmp(ids[i - 1].text, ids[i].text) < 0);
	}
	qsort(made, THREADS * EACH, sizeof(struct id), by_text);
	for (int i = 1; i < THREADS * EACH; i++) {
		/* the 60 bits of time alone already differ */
		assert_int_not_equal(strncmp(made[i - 1].text, made[i].text, 18), 0);
	}
}

static void id_v7_tells_its_time(void **state)
{
	struct timespec before, after;
	char digits[13];
	(void)state;
	clock_gettime(CLOCK_REALTIME, &before);
	struct id id = id_v7();
	clock_gettime(CLOCK_REALTIME, &after);
	snprintf(digits, sizeof digits, "%.8s%.4s", id.text, id.text + 9);
	int64_t ms = strtoll(digits, NULL, 16);
	assert_true(ms >= (int64_t)before.tv_sec * 1000 + before.tv_nsec / 1000000);
	/* ids made in haste before may have run ahead of the clock, by less than a second */
	assert_true(ms <= (int64_t)after.tv_sec * 1000 + after.tv_nsec / 1000000 + 1000);
}

static void id_has_the_form_of_its_version(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct id seven = id_v7(), four = id_v4();
		assert_true(str_is_uuid(seven.text));
		assert_true(str_is_uuid(four.text));
		assert_int_equal(seven.text[14], '7');
		assert_int_equal(four.text[14], '4');
		assert_non_null(strchr("89ab", seven.text[19]));
		assert_non_null(strchr("89ab", four.text[19]));
	}
}

/* Every free bit of a version 4 takes both values about equally often: 2,000 throws of a coin lie
 * outside 1000 +- 180 (8 sigma) once in 10^15. */
static void id_v4_is_random_in_every_bit(void **state)
{
	static const char digits[] = "0123456789abcdef";
	int ones[36][4] = { 0 };
	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct id id = id_v4();
		for (int k = 0; k < 36; k++) {
			const char *digit = strchr(digits, id.text[k]);
			for (int bit = 0; digit && bit < 4; bit++)
				ones[k][bit] += (digit - digits) >> bit & 1;
		}
	}
	for (int k = 0; k < 36; k++) {
		if (k == 8 || k == 13 || k == 14 || k == 18 || k == 23)
			continue;
		for (int bit = 0; bit < (k == 19 ? 2 : 4); bit++)
			assert_in_range(ones[k][bit], 820, 1180);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(id_v7_rises_in_every_thread_and_repeats_in_none),
		cmocka_unit_test(id_v7_tells_its_time),
		cmocka_unit_test(id_has_the_form_of_its_version),
		cmocka_unit_test(id_v4_is_random_in_every_bit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
