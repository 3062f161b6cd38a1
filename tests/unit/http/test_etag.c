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

static void etag_lists_are_well_formed(void **state)
{
	(void)state;
	static const char *const good[] = { "*", " * ", "\"\"", "\"12.cbf43926\"", "W/\"1\"",
		"\"*\"", "\"a\",\"b\"", "\"a\" , W/\"b\",", ", \"a\"", "\"a,b\"", "\"\xc3\xa9\"",
		NULL };
	static const char *const bad[] = { "", " ", ",", "12", "**", "* *", "*,\"a\"", "\"a\",*",
		"\"", "\"a", "a\"", "W/", "W/12", "w/\"a\"", "W\"a\"", "\"a b\"", "\"a\tb\"",
		"\"a\" \"b\"", "\"a\"b", "'a'", "\"\x7f\"", NULL };
	for (size_t i = 0; good[i]; i++)
		assert_true(etag_is_list(good[i]));
	for (size_t i = 0; bad[i]; i++)
		assert_false(etag_is_list(bad[i]));
	assert_true(etag_is_any("\t*"));
	assert_false(etag_is_any("\"*\""));
}

static void etag_matches_in_lists(void **state)
{
	(void)state;
	const char *etag = "\"1.00000000\"", *weak = "W/\"00000000\"";
	assert_true(etag_matches("\"1.00000000\"", etag));
	assert_true(etag_matches(" \"x\", \"1.00000000\"", etag));
	assert_true(etag_matches("\"x\",W/\"1.00000000\"", etag));
	assert_true(etag_matches("*", etag));
	assert_true(etag_matches("W/\"1.00000000\"", etag));
	assert_false(etag_matches("\"*\"", etag));
	assert_false(etag_matches("\"1.0000000\"", etag));
	assert_false(etag_matches("\"1.000000000\"", etag));
	assert_false(etag_matches("\"1.00000000\\\"", etag));
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

static enum charset charset;

static bool accepts(const struct operation *operation, const char *content_type)
{
	return media_accepts(operation, content_type, &charset);
}

static void media_takes_the_contracts_content_types(void **state)
{
	(void)state;
	const struct operation *create = &things[THING_CREATE], *patch = &things[THING_PATCH];
	assert_true(accepts(create, "application/json"));
	assert_true(accepts(create, "Application/JSON; charset=UTF-8"));
	assert_true(accepts(create, "application/json;charset=\"utf-8\""));
	assert_false(accepts(create, "application/json; charset=latin1"));
	assert_false(accepts(create, "application/json; charset=utf-80"));
	assert_false(accepts(create, "application/jsonx"));
	assert_false(accepts(create, "application/merge-patch+json"));
	assert_false(accepts(create, "text/plain"));
	assert_false(accepts(create, ""));
	assert_false(accepts(create, NULL));
	assert_true(accepts(patch, "application/merge-patch+json"));
	assert_true(accepts(patch, "application/json"));
	assert_true(accepts(&things[UPLOAD_CREATE], "text/csv; charset=utf-8"));
	assert_int_equal(charset, CHARSET_UTF8);
	assert_true(accepts(&things[UPLOAD_CREATE], "text/csv"));
	assert_int_equal(charset, CHARSET_UTF8);
	assert_true(accepts(&things[UPLOAD_CREATE], "text/csv; Charset=Windows-1252"));
	assert_int_equal(charset, CHARSET_WINDOWS_1252);
	assert_true(accepts(create, "application/json; charset=utf-8"));
	assert_int_equal(charset, CHARSET_NONE);
	assert_false(accepts(&things[UPLOAD_CREATE], "application/json"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(etag_bears_version_and_crc),
		cmocka_unit_test(etag_lists_are_well_formed),
		cmocka_unit_test(etag_matches_in_lists),
		cmocka_unit_test(media_follows_accept),
		cmocka_unit_test(media_takes_the_contracts_content_types),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
