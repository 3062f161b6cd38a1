/*
 * The conversion between wall-clock time and UTC, against Python's zoneinfo (zone_expectations.py)
 * and by its own laws.
 */
#include <pthread.h>

#include "base/civil.h"
#include "base/zone.h"
#include "base/zone_file.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

#define EXPECTATIONS "tests/unit/base/zone_expectations.csv"

static void check_local(const char *zone, const char *wall, const char *first, const char *second)
{
	int64_t seconds = 0;
	enum zone_outcome outcome = local_to_utc(zone, wall, false, &seconds);
	if (*first == '\0') {
		assert_int_equal(outcome, ZONE_NONEXISTENT);
		assert_int_equal(local_to_utc(zone, wall, true, &seconds), ZONE_NONEXISTENT);
		return;
	}
	assert_int_equal(outcome, ZONE_DONE);
	assert_int_equal(seconds, strtoll(first, NULL, 10));
	assert_int_equal(local_to_utc(zone, wall, true, &seconds), ZONE_DONE);
	assert_int_equal(seconds, strtoll(second, NULL, 10));
}

static void check_utc(const char *zone, const char *instant, const char *wall, const char *offset)
{
	char text[ZONE_LOCAL_TEXT];
	int east;
	assert_int_equal(utc_to_local(zone, strtoll(instant, NULL, 10), text, &east), ZONE_DONE);
	assert_string_equal(text, wall);
	assert_int_equal(east, strtol(offset, NULL, 10));
}

static void zone_agrees_with_the_expectations(void **state)
{
	(void)state;
	char line[200];
	int gaps = 0, overlaps = 0, count = 0;
	FILE *file = fopen(EXPECTATIONS, "r");
	assert_non_null(file);
	for (; fgets(line, sizeof line, file); count++) {
		char *cell[5], *rest = line;
		line[strcspn(line, "\n")] = '\0';
		for (int i = 0; i < 5; i++) {
			cell[i] = strsep(&rest, ",");
			assert_non_null(cell[i]);
		}
		if (strcmp(cell[0], "utc") == 0) {
			check_utc(cell[1], cell[2], cell[3], cell[4]);
			continue;
		}
		check_local(cell[1], cell[2], cell[3], cell[4]);
		gaps += cell[3][0] == '\0';
		overlaps += strcmp(cell[3], cell[4]) != 0;
	}
	fclose(file);
	/* the table must hold what it is for */
	assert_in_range(count, 800, 5000);
	assert_in_range(gaps, 50, 5000);
	assert_in_range(overlaps, 50, 5000);
}

static void zone_knows_lord_howe_by_heart(void **state)
{
	int64_t first, second;
	(void)state;
	/* half an hour: clocks went from 02:00 back to 01:30 on 2024-04-07 */
	assert_int_equal(
		local_to_utc("Australia/Lord_Howe", "2024-04-07T01:45", false, &first), ZONE_DONE);
	assert_int_equal(
		local_to_utc("Australia/Lord_Howe", "2024-04-07T01:45", true, &second), ZONE_DONE);
	assert_int_equal(second - first, 1800);
	assert_int_equal(first, 1712414700); /* 2024-04-06T14:45:00Z */
	/* and from 02:00 to 02:30 on 2024-10-06 */
	assert_int_equal(local_to_utc("Australia/Lord_Howe", "2024-10-06T02:15", false, &first),
		ZONE_NONEXISTENT);
	assert_int_equal(
		local_to_utc("Australia/Lord_Howe", "2024-10-06T02:30", false, &first), ZONE_DONE);
}

/* What is told of an instant must lead back to it, by one of the two folds. */
static void zone_leads_back_to_the_instant(void **state)
{
	static const char *const zones[] = { "Europe/Dublin", "America/Sao_Paulo", "Asia/Kathmandu",
		"Australia/Lord_Howe", "Africa/Casablanca", "America/Nuuk", "Asia/Gaza" };
	struct prng p = { 20240407 };
	(void)state;
	for (int i = 0; i < 70000; i++) {
		const char *zone = zones[i % 7];
		int64_t seconds = (int64_t)prng_below(&p, 6000000000) - 2000000000;
		int64_t first = 0, second = 0;
		char wall[ZONE_LOCAL_TEXT];
		int offset;
		assert_int_equal(utc_to_local(zone, seconds, wall, &offset), ZONE_DONE);
		assert_int_equal(local_to_utc(zone, wall, false, &first), ZONE_DONE);
		assert_int_equal(local_to_utc(zone, wall, true, &second), ZONE_DONE);
		assert_true(seconds == first || seconds == second);
		assert_true(first <= second);
	}
}

static void zone_refuses_what_is_no_zone(void **state)
{
	static const char *const names[] = { "", "Europe", "Europe/", "/Europe/Berlin",
		"../zoneinfo/UTC", "Europe/../UTC", "europe/berlin", "Europe//Berlin", "Mars/Base",
		"posix/UTC", "right/UTC", "localtime", "Factory", "tzdata.zi", "zone.tab", "UTC ",
		"Europe/Berlin\n", "leapseconds",
		"Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaa" };
	int64_t seconds = 7;
	char wall[ZONE_LOCAL_TEXT];
	int offset;
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_false(zone_exists(names[i]));
		assert_int_equal(
			local_to_utc(names[i], "2024-01-01T00:00", false, &seconds), ZONE_UNKNOWN);
		assert_int_equal(utc_to_local(names[i], 0, wall, &offset), ZONE_UNKNOWN);
	}
	assert_int_equal(seconds, 7);
	assert_true(zone_exists("Europe/Berlin"));
	assert_true(zone_exists("America/Argentina/Buenos_Aires"));
	assert_true(zone_exists("Etc/GMT+5"));
}

static void zone_refuses_what_is_no_local_time(void **state)
{
	static const char *const times[] = { "", "2024-01-01", "2024-01-01T", "2024-01-01T9:00",
		"2024-02-30T09:00", "2024-01-01T24:00", "2024-01-01T09:60", "2024-01-01T09:00:60",
		"2024-01-01T09:00Z", "2024-01-01 09:00", "2024-01-01T09:00:00.5",
		"0000-01-01T00:00", "2024-01-01T09:00:0" };
	int64_t seconds;
	(void)state;
	for (size_t i = 0; i < COUNT(times); i++)
		assert_int_equal(local_to_utc("UTC", times[i], false, &seconds), ZONE_MALFORMED);
	assert_int_equal(local_to_utc("UTC", "9999-12-31T23:59:59", false, &seconds), ZONE_DONE);
	assert_int_equal(seconds, INT64_C(253402300799));
}

static void *convert(void *context)
{
	static const char *const zones[] = { "Europe/Rome", "Asia/Tokyo", "America/Lima" };
	uintptr_t good = 0;
	(void)context;
	for (int i = 0; i < 3000; i++) {
		int64_t seconds;
		good += local_to_utc(zones[i % 3], "2024-07-01T12:00", false, &seconds) ==
				ZONE_DONE &&
			seconds % 3600 == 0;
	}
	return (void *)good;
}

static void zone_is_read_once_by_many_threads(void **state)
{
	pthread_t threads[4];
	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, convert, NULL), 0);
	for (int i = 0; i < 4; i++) {
		void *good;
		pthread_join(threads[i], &good);
		assert_int_equal((uintptr_t)good, 3000);
	}
	assert_ptr_equal(zone_find("Asia/Tokyo"), zone_find("Asia/Tokyo"));
}

static size_t read_file(const char *path, unsigned char *bytes, size_t room)
{
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	size_t len = fread(bytes, 1, room, file);
	fclose(file);
	return len;
}

static void zone_parse_survives_every_cut_of_a_file(void **state)
{
	static unsigned char bytes[8192];
	size_t len = read_file("/usr/share/zoneinfo/Europe/Dublin", bytes, sizeof bytes);
	struct zone *whole = zone_parse(bytes, len);
	(void)state;
	assert_non_null(whole);
	zone_free(whole);
	for (size_t cut = 0; cut < len; cut++) {
		unsigned char *copy = malloc(cut + 1); /* so that ASan sees one byte too many */
		memcpy(copy, bytes, cut);
		struct zone *zone = zone_parse(copy, cut);
		free(copy);
		assert_null(zone);
	}
}

/* Writes one zone of a database of its own, with the rules of another. */
static void write_zone(const char *directory, const char *like)
{
	char from[200], path[200];
	unsigned char bytes[8192];
	snprintf(from, sizeof from, "/usr/share/zoneinfo/%s", like);
	snprintf(path, sizeof path, "%s/new", directory);
	size_t len = read_file(from, bytes, sizeof bytes);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
	char zone[200];
	snprintf(zone, sizeof zone, "%s/Nowhere", directory);
	assert_int_equal(rename(path, zone), 0);
}

static void zone_is_read_anew_when_its_file_is_replaced(void **state)
{
	char directory[] = "/tmp/zones.XXXXXX", path[200];
	(void)state;
	assert_non_null(mkdtemp(directory));
	setenv("TZDIR", directory, 1);
	write_zone(directory, "Etc/GMT-1");
	const struct zone *before = zone_find("Nowhere");
	assert_non_null(before);
	assert_false(
		zones_reread()); /* neither has this one changed, nor any that is not in this directory */
	write_zone(directory, "Etc/GMT-2");
	assert_int_equal(zone_offset(zone_find("Nowhere"), 0), 3600);
	assert_true(zones_reread());
	assert_false(zones_reread());
	assert_int_equal(zone_offset(zone_find("Nowhere"), 0), 7200);
	assert_int_equal(zone_offset(before, 0), 3600); /* whoever holds it may go on */
	snprintf(path, sizeof path, "%s/Nowhere", directory);
	assert_int_equal(remove(path), 0);
	assert_false(zones_reread()); /* a zone that is gone keeps its rules */
	assert_int_equal(zone_offset(zone_find("Nowhere"), 0), 7200);
	assert_int_equal(rmdir(directory), 0);
	unsetenv("TZDIR");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zone_agrees_with_the_expectations),
		cmocka_unit_test(zone_knows_lord_howe_by_heart),
		cmocka_unit_test(zone_leads_back_to_the_instant),
		cmocka_unit_test(zone_refuses_what_is_no_zone),
		cmocka_unit_test(zone_refuses_what_is_no_local_time),
		cmocka_unit_test(zone_is_read_once_by_many_threads),
		cmocka_unit_test(zone_parse_survives_every_cut_of_a_file),
		cmocka_unit_test(zone_is_read_anew_when_its_file_is_replaced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
