/* Entity tags and media types. */
#include "http/etag.h"
#include "http/media.h"
#include "support/unit/unit.h"
#include "unit/http/fixture.h"

static void etag_bears_version_and_crc(void **state)
{
	(void)state;
	char etag[ETAG_TEXT];
	etag_write(12, "123456789", 9, etag);
	assert_string_equal(etag, "\"12.cbf43926\"");
	etag_write(0, "123456789", 9, etag);
	assert_string_equal(etag, "W/\"cbf43926\"");
	etag_write(INT64_MAX, "", 0, etag);
	assert_string_equal(etag, "\"9223372036854775807.00000000\"");
}

static void etag_version_reads_our_own_alone(void **state)
{
	(void)state;
	int64_t version = -5;
	assert_true(etag_version("\"12.cbf43926\"", &version));
	assert_int_equal(version, 12);
	assert_true(etag_version("\"9223372036854775807.00000000\"", &version));
	static const char *const bad[] = { "", "*", "12", "\"12\"", "\"12.\"", "12.cbf43926",
		"\"12.cbf4392\"", "\"12.cbf439266\"", "\"12.CBF43926\"", "\"0.cbf43926\"",
		"\"-1.cbf43926\"", "\"+1.cbf43926\"", "\"01.cbf43926\"", "\" 1.cbf43926\"",
		"\"12.cbf43926", "\"12.cbf43926\" ", "\"12.cbf43926\",\"13.cbf43926\"",
		"W/\"12.cbf43926\"", "\"9223372036854775808.00000000\"",
		"\"123456789012345678901234567890.00000000\"", "\".cbf43926\"", NULL };
	for (size_t i = 0; bad[i]; i++) {
		version = -5;
		assert_false(etag_version(bad[i], &version));
		assert_int_equal(version, -5);
	}
}

static void etag_matches_in_lists(void **state)
{
	(void)state;
	const char *etag = "\"1.00000000\"", *weak = "W/\"00000000\"";
	assert_true(etag_matches("\"1.00000000\"", etag));
	assert_true(etag_matches(" \"x\", \"1.00000000\"", etag));
	assert_true(etag_matches("\"x\",W/\"1.00000000\"", etag));
	assert_true(etag_matches("*", etag));
	assert_true(etag_matches("W/\"00000000\"", weak));
	assert_false(etag_matches("", etag));
	assert_false(etag_matches("\"1.00000001\"", etag));
	assert_false(etag_matches("\"x", etag));
	assert_false(etag_matches("1.00000000", etag));
	assert_false(etag_matches("\"x\" junk \"1.00000000\"", etag));
}

static void media_follows_accept(void **state)
{
	(void)state;
	const struct operation *list = &things[THING_LIST], *read = &things[THING_READ];
	assert_string_equal(media_choose(list, NULL), "application/json");
	assert_string_equal(media_choose(list, ""), "application/json");
	assert_string_equal(media_choose(list, "*/*"), "application/json");
	assert_string_equal(media_choose(list, "text/csv"), MEDIA_CSV);
	assert_string_equal(media_choose(list, "text/*"), MEDIA_CSV);
	assert_string_equal(media_choose(list, "application/json;q=0.5, text/csv"), MEDIA_CSV);
	assert_string_equal(media_choose(list, "text/csv;q=0.5, */*"), "application/json");
	assert_string_equal(media_choose(list, "TEXT/CSV ; q=0.9, application/*;q=0.1"), MEDIA_CSV);
	assert_null(media_choose(read, "text/csv"));
	assert_null(media_choose(read, "text/html, application/xml;q=0.9"));
	assert_null(media_choose(read, "application/json;q=0, */*;q=0.1"));
	assert_null(media_choose(read, "*/*;q=0"));
	assert_string_equal(media_choose(read, "text/html, */*;q=0.001"), "application/json");
	assert_string_equal(
		media_choose(&things[FEED_READ], "text/calendar"), "text/calendar; charset=utf-8");
}

static void media_takes_the_contracts_content_types(void **state)
{
	(void)state;
	const struct operation *create = &things[THING_CREATE], *patch = &things[THING_PATCH];
	assert_true(media_accepts(create, "application/json"));
	assert_true(media_accepts(create, "Application/JSON; charset=UTF-8"));
	assert_true(media_accepts(create, "application/json;charset=\"utf-8\""));
	assert_false(media_accepts(create, "application/json; charset=latin1"));
	assert_false(media_accepts(create, "application/json; charset=utf-80"));
	assert_false(media_accepts(create, "application/jsonx"));
	assert_false(media_accepts(create, "application/merge-patch+json"));
	assert_false(media_accepts(create, "text/plain"));
	assert_false(media_accepts(create, ""));
	assert_false(media_accepts(create, NULL));
	assert_true(media_accepts(patch, "application/merge-patch+json"));
	assert_true(media_accepts(patch, "application/json"));
	assert_true(media_accepts(&things[UPLOAD_CREATE], "text/csv; charset=utf-8"));
	assert_false(media_accepts(&things[UPLOAD_CREATE], "application/json"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(etag_bears_version_and_crc),
		cmocka_unit_test(etag_version_reads_our_own_alone),
		cmocka_unit_test(etag_matches_in_lists),
		cmocka_unit_test(media_follows_accept),
		cmocka_unit_test(media_takes_the_contracts_content_types),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
