/*
 * The conversion between wall-clock time and UTC, against Python's zoneinfo (zone_expectations.py), in
 * every zone of this machine against the C library's, and by its own laws.
 */
#include <ftw.h>
#include <pthread.h>
#include <time.h>

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

/* What has been seen so far in all zones, 2024 to 2030. */
static struct {
	int zones, gaps, overlaps, doubled;
} seen;

/* The C library's offset east of Greenwich, in the zone of the environment. */
static int library_offset(int64_t seconds)
{
	const time_t at = seconds;
	struct tm tm;
	assert_non_null(localtime_r(&at, &tm));
	return (int)tm.tm_gmtoff;
}

/* The instants at which a wall clock around a change shows `local`, by the C library alone. */
static void check_wall(const char *name, int64_t local, int before, int after)
{
	const int64_t early = local - (before > after ? before : after);
	const int64_t late = local - (before > after ? after : before);
	const bool is_early = early + library_offset(early) == local;
	const bool is_late = late + library_offset(late) == local;
	const struct civil c = civil_from_seconds(local);
	char wall[80];
	int64_t first = 0, second = 0;
	snprintf(wall, sizeof wall, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour,
		c.minute, c.second);
	const enum zone_outcome outcome = is_early || is_late ? ZONE_DONE : ZONE_NONEXISTENT;
	if (local_to_utc(name, wall, false, &first) != outcome ||
		local_to_utc(name, wall, true, &second) != outcome ||
		(outcome == ZONE_DONE &&
			(first != (is_early ? early : late) || second != (is_late ? late : early))))
		fail_msg("%s in %s: %" PRId64 " and %" PRId64, wall, name, first, second);
	seen.doubled += is_early && is_late && early != late;
}

/* Every minute's edge of the hours that a change skips or repeats, and the seconds around both ends. */
static void check_change(const char *name, int64_t change)
{
	const int before = library_offset(change - 1), after = library_offset(change);
	const int64_t low = change + (before < after ? before : after);
	const int64_t high = change + (before < after ? after : before);
	seen.gaps += after > before;
	seen.overlaps += after < before;
	assert_int_equal(zone_offset(zone_find(name), change - 1), before);
	assert_int_equal(zone_offset(zone_find(name), change), after);
	for (int64_t local = low - 3; local <= high + 3; local++)
		if (local <= low + 1 || local >= high - 1 || local % 60 == 0)
			check_wall(name, local, before, after);
}

static int check_zone(const char *path, const struct stat *facts, int kind, struct FTW *walk)
{
	static const char root[] = "/usr/share/zoneinfo/";
	const int64_t end = INT64_C(1924992000); /* 2031-01-01 */
	const char *name = path + sizeof root - 1;
	(void)facts;
	(void)walk;
	if (kind != FTW_F || strlen(path) < sizeof root || !zone_exists(name))
		return 0;
	seen.zones++;
	setenv("TZ", name, 1);
	tzset();
	int offset = library_offset(INT64_C(1704067200));
	for (int64_t at = INT64_C(1704067200); at < end; at += DAY_SECONDS) {
		int64_t low = at, high = at + DAY_SECONDS;
		const int next = library_offset(high);
		while (next != offset && high - low > 1) {
			const int64_t middle = low + (high - low) / 2;
			if (library_offset(middle) == offset)
				low = middle;
			else
				high = middle;
		}
		if (next != offset)
			check_change(name, high);
		offset = next;
	}
	return 0;
}

static void every_zone_of_this_machine_agrees_with_the_c_library(void **state)
{
	(void)state;
	assert_int_equal(nftw("/usr/share/zoneinfo", check_zone, 16, 0), 0);
	unsetenv("TZ");
	tzset();
	/* tzdata has some 360 names, or 600 with the old ones; every third changes its clocks twice a year */
	assert_in_range(seen.zones, 300, 1000);
	assert_in_range(seen.gaps, 500, 10000);
	assert_in_range(seen.overlaps, 500, 10000);
	assert_true(seen.doubled > seen.overlaps);
	print_message("%d zones, %d gaps, %d overlaps\n", seen.zones, seen.gaps, seen.overlaps);
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
		cmocka_unit_test(every_zone_of_this_machine_agrees_with_the_c_library),
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
