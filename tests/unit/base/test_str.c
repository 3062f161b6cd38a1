/* Exact conversions: what is taken, what is refused, and that a refusal leaves the result alone. */
#include "base/base64url.h"
#include "base/country.h"
#include "base/str.h"
#include "base/zone.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

/* Runs every text of a NULL-terminated list. */
static void expect(bool (*is)(const char *), bool good, const char *const *texts)
{
	for (; *texts; texts++) {
		if (is(*texts) != good)
			fail_msg("'%s' is %s", *texts, good ? "refused" : "taken");
	}
}
#define GOOD(is, ...) expect(is, true, (const char *const[]){ __VA_ARGS__, NULL })
#define BAD(is, ...)  expect(is, false, (const char *const[]){ __VA_ARGS__, NULL })

static bool is_i64(const char *text)
{
	int64_t value = 42;
	bool good = str_to_i64(text, &value);
	if (!good)
		assert_int_equal(value, 42);
	return good;
}

static void str_reads_integers(void **state)
{
	struct prng p = { 64 };
	int64_t value;
	(void)state;
	GOOD(is_i64, "0", "-0", "7", "-7", "9223372036854775807", "-9223372036854775808");
	BAD(is_i64, "", "-", "+1", " 1", "1 ", "01", "-01", "00", "1.0", "1e3", "0x10", "--1",
		"9223372036854775808", "-9223372036854775809", "99999999999999999999", "1\n", "a");
	for (int i = 0; i < 100000; i++) {
		int64_t number = (int64_t)(prng_next(&p) >> prng_below(&p, 64));
		char text[32];
		number = prng_below(&p, 2) ? number : -number;
		snprintf(text, sizeof text, "%" PRId64, number);
		assert_true(str_to_i64(text, &value));
		assert_true(value == number);
	}
}

static void str_reads_booleans(void **state)
{
	bool value = false;
	(void)state;
	assert_true(str_to_bool("true", &value) && value);
	assert_true(str_to_bool("false", &value) && !value);
	assert_false(str_to_bool("True", &value) || str_to_bool("1", &value) ||
		     str_to_bool("", &value) || str_to_bool("truex", &value));
}

static void str_knows_uuids(void **state)
{
	(void)state;
	GOOD(str_is_uuid, "0190b6f0-1111-7abc-8def-0123456789ab",
		"00000000-0000-0000-0000-000000000000");
	BAD(str_is_uuid, "", "0190B6F0-1111-7abc-8def-0123456789ab",
		"0190b6f0-1111-7abc-8def-0123456789a", "0190b6f0-1111-7abc-8def-0123456789abc",
		"0190b6f011117abc8def0123456789ab", "{190b6f0-1111-7abc-8def-0123456789ab}",
		"0190b6f0-1111-7abc-8def-0123456789ag", "0190b6f0-1111-7abc-8def_0123456789ab",
		"0190b6f0-1111-7abc-8def-0123456789-b");
}

static void str_knows_mail_addresses(void **state)
{
	char longest[300];
	(void)state;
	GOOD(str_is_email, "a@b.de", "first.last+tag@sub.example.com", "o'neil@x-y.org",
		"x@1.2.example");
	BAD(str_is_email, "", "a", "a@b", "@b.de", "a@", "a@.de", "a@b.", "a@b..de", ".a@b.de",
		"a.@b.de", "a..b@c.de", "a b@c.de", "a@b c.de", "a@b.de\n", "a@-b.de", "a@b-.de",
		"a@b@c.de", "\"a\"@b.de", "a@[127.0.0.1]", "a,b@c.de", "<a@b.de>", "\xc3\xa4@b.de");
	memset(longest, 'a', sizeof longest);
	snprintf(longest + 64, sizeof longest - 64, "@b.de");
	assert_true(str_is_email(longest));
	memset(longest, 'a', sizeof longest);
	snprintf(longest + 65, sizeof longest - 65, "@b.de");
	assert_false(str_is_email(longest));
	memset(longest, 'a', sizeof longest);
	snprintf(longest, sizeof longest, "a@%064d.de", 1);
	assert_false(str_is_email(longest));
}

static void str_knows_languages_and_countries(void **state)
{
	(void)state;
	GOOD(str_is_language, "de", "pt-BR", "zh-Hans", "zh-Hans-CN", "es-419", "gsw", "sl-rozaj",
		"de-1996", "de-CH-1901");
	BAD(str_is_language, "", "d", "german", "DE", "de-", "de-br", "de_DE", "de-DEU", "de--DE",
		"-de", "de-DE-", "de-abc", "x-private", "de-DE-abcdefghi", "de DE", "de-12");
	GOOD(str_is_country, "DE", "BR", "GB");
	BAD(str_is_country, "", "D", "de", "DEU", "D1", "D ", "UK", "XX", "ZZ");
	GOOD(str_is_place, "DE", "DE-BY", "FR-75", "GB-ENG");
	BAD(str_is_place, "", "D", "UK", "UK-ENG", "DE-", "DE-by", "DE-ABCD", "DE BY", "DE-B Y");
}

static void str_knows_addresses(void **state)
{
	(void)state;
	GOOD(str_is_uri, "https://example.com", "http://127.0.0.1:8080/a/b?c=d&e=%20#f",
		"https://a-b.example/", "https://host/~x/(1)");
	BAD(str_is_uri, "", "https://", "ftp://example.com", "javascript:alert(1)", "//example.com",
		"https://user@example.com/", "https://example.com:/", "https://example.com:123456/",
		"https://exa mple.com", "https://example.com/ä", "https://example.com/%2",
		"https://example.com/%zz", "https://example.com/a b", "https://example.com/#a#b",
		"https://example.com/\n", "HTTPS://example.com", "https://-a.de/", "https://a..de/",
		"https://example.com/<x>", "https://example.com\\x");
}

static void str_knows_visible_ascii(void **state)
{
	(void)state;
	assert_true(str_is_visible_ascii("!~abc", 5));
	assert_false(str_is_visible_ascii("!~abc", 4));
	assert_false(str_is_visible_ascii("", 5));
	assert_false(str_is_visible_ascii("a b", 5));
	assert_false(str_is_visible_ascii("a\x7f", 5));
	assert_false(str_is_visible_ascii("\xc3\xa4", 5));
}

static void str_knows_time_zones(void **state)
{
	(void)state;
	GOOD(zone_exists, "Europe/Berlin", "UTC", "Asia/Kathmandu", "America/Sao_Paulo");
	BAD(zone_exists, "", "CEST", "Europe", "../../etc/passwd", "+02:00", "europe/berlin");
}

static void base64url_round_trips_and_is_canonical(void **state)
{
	struct prng p = { 4648 };
	(void)state;
	for (int i = 0; i < 20000; i++) {
		unsigned char bytes[64], *back = NULL;
		size_t len = prng_below(&p, sizeof bytes + 1), back_len = 0;
		for (size_t k = 0; k < len; k++)
			bytes[k] = (unsigned char)prng_next(&p);
		char *text = str_base64url(bytes, len);
		assert_non_null(text);
		assert_int_equal(strlen(text), (len * 8 + 5) / 6);
		assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					      "0123456789-_"),
			strlen(text));
		assert_true(str_from_base64url(text, &back, &back_len));
		assert_int_equal(back_len, len);
		assert_memory_equal(back, bytes, len);
		assert_int_equal(back[len], 0);
		free(back);
		free(text);
	}
}

static void base64url_follows_the_rfc(void **state)
{
	static const char *const plain[] = { "", "f", "fo", "foo", "foob", "fooba", "foobar" };
	static const char *const coded[] = { "", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE",
		"Zm9vYmFy" };
	static const char *const bad[] = { "Z", "Zg==", "Zh", "Zm+v", "Zm/v", "Zm9v ", "Zm 9v",
		"Zm9vY", "\xc3\xa4" };
	unsigned char *bytes = NULL;
	size_t len = 77;
	(void)state;
	for (size_t i = 0; i < COUNT(plain); i++) {
		char *text = str_base64url(plain[i], strlen(plain[i]));
		assert_string_equal(text, coded[i]);
		free(text);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (str_from_base64url(bad[i], &bytes, &len))
			fail_msg("'%s' is taken", bad[i]);
	}
	assert_null(bytes);
	assert_int_equal(len, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(str_reads_integers),
		cmocka_unit_test(str_reads_booleans),
		cmocka_unit_test(str_knows_uuids),
		cmocka_unit_test(str_knows_mail_addresses),
		cmocka_unit_test(str_knows_languages_and_countries),
		cmocka_unit_test(str_knows_addresses),
		cmocka_unit_test(str_knows_visible_ascii),
		cmocka_unit_test(str_knows_time_zones),
		cmocka_unit_test(base64url_round_trips_and_is_canonical),
		cmocka_unit_test(base64url_follows_the_rfc),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
