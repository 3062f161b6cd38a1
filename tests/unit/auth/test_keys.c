/* LINK: -Wl,--wrap=clock_monotonic_us */
/* Where key sets come from, and how they change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "auth/key_ring.h"
#include "base/clock.h"
#include "unit/auth/fixture.h"
#include "unit/auth/tokens.h"
#include "unit/auth/web.h"

static _Atomic uint64_t later_us; /* the monotonic clock runs ahead by as much */
static struct web *web;
static struct forge_key *first, *second;

uint64_t __real_clock_monotonic_us(void);
uint64_t __wrap_clock_monotonic_us(void);

uint64_t __wrap_clock_monotonic_us(void)
{
	return __real_clock_monotonic_us() + atomic_load(&later_us);
}

static void pass_seconds(uint64_t seconds)
{
	atomic_fetch_add(&later_us, seconds * 1000000);
}

static char reason[FIXTURE_REASON];

static struct key_ring *open_ring(const char *issuers)
{
	reason[0] = 0;
	return key_ring_open(fixture_write("issuers.json", issuers), reason, sizeof reason);
}

#define FILE_ISSUER                                                                                \
	"[{\"issuer\":\"" ISSUER "\",\"audience\":\"upward\",\"jwks_file\":\"keys.json\"}]"

static void publish(const char *name, struct forge_key *a, const char *kid_a, struct forge_key *b,
	const char *kid_b)
{
	char *text = fixture_jwks(forge_jwk(a, kid_a, ""), b ? forge_jwk(b, kid_b, "") : NULL);
	fixture_write(name, text);
	free(text);
}

static void issuers_at_fault_do_not_start(void **state)
{
	(void)state;
	publish("keys.json", first, "a", NULL, NULL);
	static const char *const rows[] = { "", "[]", "{}", "[7]", "[{}]",
		"[{\"issuer\":\"i\",\"audience\":\"a\"}]",
		"[{\"issuer\":\"i\",\"jwks_file\":\"keys.json\"}]",
		"[{\"audience\":\"a\",\"jwks_file\":\"keys.json\"}]",
		"[{\"issuer\":\"i\",\"audience\":\"a\",\"jwks_file\":\"missing.json\"}]",
		"[{\"issuer\":\"i\",\"audience\":\"a\",\"jwks_file\":\"keys.json\",\"discovery\":"
		"true}]",
		"[{\"issuer\":\"i\",\"audience\":\"a\",\"jwks_file\":\"keys.json\",\"surprise\":1}"
		"]",
		"[{\"issuer\":\"i\",\"audience\":\"a\",\"jwks_file\":\"keys.json\",\"person_key\":"
		"\"id\"}]",
		"[{\"issuer\":\"i\",\"audience\":\"a\",\"jwks_file\":\"keys.json\",\"roles\":{"
		"\"x\":\"root\"}}]",
		"[{\"issuer\":\"i\",\"audience\":\"a\",\"jwks_file\":\"keys.json\",\"roles\":{"
		"\"x\":[\"admin\",\"root\"]}}]",
		"[{\"issuer\":\"i\",\"audience\":\"a\",\"jwks_file\":\"keys.json\",\"roles\":{"
		"\"x\":[]}}]",
		"[{\"issuer\":\"i\",\"audience\":\"a\",\"jwks_file\":\"keys.json\","
		"\"refresh_seconds\":0}]",
		"[{\"issuer\":\"i\",\"audience\":\"a\",\"jwks_url\":\"ftp://id.example/keys\"}]",
		"[{\"issuer\":\"i\",\"audience\":\"a\",\"jwks_url\":\"https://u:p@id.example/"
		"keys\"}]",
		"[{\"issuer\":\"i\",\"audience\":\"a\",\"jwks_url\":\"http://192.0.2.1/keys\"}]",
		"[{\"issuer\":\"i\",\"audience\":\"a\",\"jwks_file\":\"keys.json\"},"
		"{\"issuer\":\"i\",\"audience\":\"b\",\"jwks_file\":\"keys.json\"}]" };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct key_ring *ring = open_ring(rows[i]);
		if (ring)
			fail_msg("opened: %s", rows[i]);
		assert_string_not_equal(reason, "");
	}
	assert_null(key_ring_open(fixture_path("nowhere.json"), reason, sizeof reason));
}

static void a_set_without_keys_does_not_start(void **state)
{
	(void)state;
	fixture_write("keys.json", "{\"keys\":[]}");
	assert_null(open_ring(FILE_ISSUER));
	assert_non_null(strstr(reason, "holds no usable key"));
}

static bool verifies(struct key_ring *ring, struct forge_key *key, const char *kid, const char *iss)
{
	char header[128], claims[256];
	struct identity who;
	long long now = (long long)clock_seconds();
	snprintf(header, sizeof header, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", kid);
	snprintf(claims, sizeof claims,
		"{\"iss\":\"%s\"," C_SUB "," C_AUD ",\"exp\":%lld,\"iat\":%lld}", iss, now + 600,
		now);
	struct token_cache *cache = token_cache_new(86400);
	char *token = forge_token(key, "ES256", header, claims);
	bool good = token_verify(cache, ring, fixture_bearer(token), &who) == TOKEN_GOOD;
	token_cache_free(cache);
	return good;
}

struct moving {
	struct key_ring *ring;
	uint64_t from;
};

static bool generation_moved(void *argument)
{
	const struct moving *at = argument;
	return key_ring_generation(at->ring) != at->from;
}

/* Each look comes a minute after the one before. */
static bool moved_within_minutes(void *argument)
{
	pass_seconds(61);
	return generation_moved(argument);
}

static bool wait_generation(struct key_ring *ring, uint64_t from)
{
	struct moving at = { ring, from };
	return fixture_wait(generation_moved, &at);
}

static void a_file_is_read_again_when_it_changes(void **state)
{
	(void)state;
	publish("keys.json", first, "a", NULL, NULL);
	struct key_ring *ring = open_ring(FILE_ISSUER);
	assert_non_null(ring);
	uint64_t generation = key_ring_generation(ring);
	assert_true(verifies(ring, first, "a", ISSUER));
	publish("keys.json", first, "a", second, "b");
	assert_true(verifies(ring, second, "b", ISSUER)); /* an unknown kid has it read at once */
	assert_true(key_ring_generation(ring) > generation);
	generation = key_ring_generation(ring);
	publish("keys.json", second, "b", NULL, NULL);
	assert_true(wait_generation(ring, generation)); /* nobody asks: it is seen all the same */
	assert_false(verifies(ring, first, "a", ISSUER));
	assert_true(verifies(ring, second, "b", ISSUER));
	key_ring_close(ring);
}

static void the_last_good_set_is_kept(void **state)
{
	(void)state;
	publish("keys.json", first, "a", NULL, NULL);
	struct key_ring *ring = open_ring(FILE_ISSUER);
	assert_non_null(ring);
	uint64_t generation = key_ring_generation(ring);
	static const char *const bad[] = { "", "{\"keys\":[]}", "{\"keys\":[{\"kty\":\"oct\"}]}",
		"{" };
	for (size_t i = 0; i < COUNT(bad); i++) {
		fixture_write("keys.json", bad[i]);
		assert_false(verifies(ring, second, "unknown", ISSUER)); /* has it read */
		assert_true(verifies(ring, first, "a", ISSUER));
	}
	assert_int_equal(remove(fixture_path("keys.json")), 0);
	assert_false(verifies(ring, second, "b", ISSUER));
	assert_true(verifies(ring, first, "a", ISSUER));
	assert_int_equal(key_ring_generation(ring), generation);
	publish("keys.json", second, "b", NULL, NULL);
	assert_true(verifies(ring, second, "b", ISSUER));
	key_ring_close(ring);
}

static const char *url_issuers(const char *rest)
{
	static char text[512];
	snprintf(text, sizeof text,
		"[{\"issuer\":\"http://127.0.0.1:%d\",\"audience\":\"upward\",%s}]", web_port(web),
		rest);
	return text;
}

static const char *web_issuer(void)
{
	static char name[64];
	snprintf(name, sizeof name, "http://127.0.0.1:%d", web_port(web));
	return name;
}

static void serve(const char *path, struct forge_key *key, const char *kid)
{
	char *text = fixture_jwks(forge_jwk(key, kid, ""), NULL);
	web_set(web, path, 200, text);
	free(text);
}

struct hits {
	const char *path;
	int least;
};

static bool hits_reached(void *argument)
{
	const struct hits *wanted = argument;
	return web_hits(web, wanted->path) >= wanted->least;
}

static bool wait_hits(const char *path, int least)
{
	struct hits wanted = { path, least };
	return fixture_wait(hits_reached, &wanted);
}

static struct key_ring *open_url_ring(void)
{
	char rest[128];
	snprintf(rest, sizeof rest, "\"jwks_url\":\"%s/jwks\"", web_issuer());
	serve("/jwks", first, "a");
	return open_ring(url_issuers(rest));
}

static void an_unknown_kid_has_the_address_fetched_once_a_minute(void **state)
{
	(void)state;
	struct key_ring *ring = open_url_ring();
	assert_non_null(ring);
	assert_int_equal(web_hits(web, "/jwks"), 1);
	uint64_t generation = key_ring_generation(ring);
	serve("/jwks", second, "b");
	for (int i = 0; i < 20; i++)
		assert_false(verifies(ring, second, "b", web_issuer())); /* fetched a moment ago */
	pass_seconds(59);
	assert_false(verifies(ring, second, "b", web_issuer()));
	pass_seconds(2);
	assert_false(verifies(ring, second, "b", web_issuer())); /* asks, does not wait */
	assert_true(wait_generation(ring, generation));
	assert_true(verifies(ring, second, "b", web_issuer()));
	assert_false(verifies(ring, first, "a", web_issuer()));
	for (int i = 0; i < 20; i++)
		assert_false(verifies(ring, first, "c", web_issuer()));
	pass_seconds(61);
	assert_false(verifies(ring, first, "c", web_issuer()));
	assert_true(wait_hits("/jwks", 3));
	assert_int_equal(web_hits(web, "/jwks"), 3); /* one for each minute, none for each token */
	key_ring_close(ring);
}

static void an_address_is_fetched_hourly_and_sooner_after_a_failure(void **state)
{
	(void)state;
	struct key_ring *ring = open_url_ring();
	assert_non_null(ring);
	uint64_t generation = key_ring_generation(ring);
	web_set(web, "/jwks", 500, "down");
	pass_seconds(3601);
	assert_true(wait_hits("/jwks", 2));
	assert_true(verifies(ring, first, "a", web_issuer()));
	serve("/jwks", second, "b");
	struct moving at = { ring, generation };
	assert_true(fixture_wait(moved_within_minutes, &at));
	assert_true(verifies(ring, second, "b", web_issuer()));
	key_ring_close(ring);
}

static void an_address_is_fetched_as_often_as_its_issuer_says(void **state)
{
	(void)state;
	char rest[160];
	serve("/jwks", first, "a");
	snprintf(rest, sizeof rest, "\"jwks_url\":\"%s/jwks\",\"refresh_seconds\":4", web_issuer());
	struct key_ring *ring = open_ring(url_issuers(rest));
	assert_non_null(ring);
	uint64_t generation = key_ring_generation(ring);
	serve("/jwks", second, "b");
	pass_seconds(5);
	assert_true(
		wait_generation(ring, generation)); /* a key that was withdrawn holds no longer */
	assert_false(verifies(ring, first, "a", web_issuer()));
	web_set(web, "/jwks", 500, "down");
	int hits = web_hits(web, "/jwks");
	pass_seconds(5);
	assert_true(wait_hits("/jwks", hits + 1)); /* a failure waits no longer */
	pass_seconds(5);
	assert_true(wait_hits("/jwks", hits + 2));
	assert_true(verifies(ring, second, "b", web_issuer()));
	key_ring_close(ring);
}

static void what_an_issuer_comes_to_is_printed(void **state)
{
	(void)state;
	struct issuer_list list;
	struct buf text = BUF_INIT(1 << 16);
	const char *path = fixture_write("printed.json",
		"[{\"issuer\":\"https://id.example\",\"audience\":\"upward\",\"discovery\":true,"
		"\"role_claims\":[\"groups\",\"realm_access.roles\"],"
		"\"roles\":{\"HR admins\":[\"hris\",\"admin\"]}}]");
	assert_true(issuer_list_read(path, &list, reason, sizeof reason));
	issuer_list_print(&list, &text);
	assert_true(buf_ok(&text));
	static const char *const lines[] = { "# Row 1: https://id.example\n",
		"#   audience  upward\n", "#   person    sub = user_name\n",
		"address https://id.example/.well-known/openid-configuration, fetched every 3600 "
		"s\n",
		"from groups, realm_access.roles\n", "HR admins -> hris admin\n" };
	for (size_t i = 0; i < COUNT(lines); i++)
		if (!strstr(text.data, lines[i]))
			fail_msg("no %s in %s", lines[i], text.data);
	buf_release(&text);
	issuer_list_release(&list);
}

static void a_slow_issuer_keeps_no_request_waiting(void **state)
{
	(void)state;
	struct key_ring *ring = open_url_ring();
	assert_non_null(ring);
	web_hold(web, true);
	pass_seconds(61);
	assert_false(verifies(ring, second, "b", web_issuer()));
	assert_true(wait_hits("/jwks", 2)); /* the fetch is under way, and gets no answer */
	for (int i = 0; i < 50; i++) {
		assert_true(verifies(ring, first, "a", web_issuer()));
		assert_false(verifies(ring, second, "b", web_issuer()));
	}
	assert_int_equal(web_hits(web, "/jwks"), 2);
	web_hold(web, false);
	key_ring_close(ring);
}

static void discovery_finds_the_keys_of_the_issuer_it_names(void **state)
{
	(void)state;
	char text[256];
	serve("/certs", first, "a");
	snprintf(text, sizeof text, "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/certs\",\"more\":[1]}",
		web_issuer(), web_issuer());
	web_set(web, "/.well-known/openid-configuration", 200, text);
	struct key_ring *ring = open_ring(url_issuers("\"discovery\":true"));
	assert_non_null(ring);
	assert_true(verifies(ring, first, "a", web_issuer()));
	key_ring_close(ring);

	snprintf(text, sizeof text, "{\"issuer\":\"%s/\",\"jwks_uri\":\"%s/certs\"}", web_issuer(),
		web_issuer());
	web_set(web, "/.well-known/openid-configuration", 200, text);
	assert_null(open_ring(url_issuers("\"discovery\":true")));
	snprintf(text, sizeof text, "{\"issuer\":\"%s\",\"jwks_uri\":\"file:///etc/passwd\"}",
		web_issuer());
	web_set(web, "/.well-known/openid-configuration", 200, text);
	assert_null(open_ring(url_issuers("\"discovery\":true")));
}

static void redirects_and_endless_answers_are_not_followed(void **state)
{
	(void)state;
	char rest[128], *large = malloc(300000);
	snprintf(rest, sizeof rest, "\"jwks_url\":\"%s/moved\"", web_issuer());
	serve("/jwks", first, "a");
	web_set(web, "/moved", 302, "/jwks");
	assert_null(open_ring(url_issuers(rest)));
	assert_int_equal(web_hits(web, "/moved"), 1);
	assert_int_equal(web_hits(web, "/jwks"), 0);
	memset(large, ' ', 299999);
	large[299999] = 0;
	web_set(web, "/moved", 200, large);
	assert_null(open_ring(url_issuers(rest)));
	free(large);
	assert_non_null(strstr(reason, "cannot be read"));
}

static void plain_http_is_for_development_on_loopback_alone(void **state)
{
	(void)state;
	char rest[128];
	snprintf(rest, sizeof rest, "\"jwks_url\":\"%s/jwks\"", web_issuer());
	serve("/jwks", first, "a");
	setenv("APP_ENV", "production", 1);
	assert_null(open_ring(url_issuers(rest)));
	unsetenv("APP_ENV");
	assert_null(open_ring(url_issuers(rest)));
	assert_int_equal(web_hits(web, "/jwks"), 0);
}

static int enter(void **state)
{
	(void)state;
	fixture_enter();
	first = forge_key_new(FORGE_P256);
	second = forge_key_new(FORGE_P256);
	return 0;
}

static int leave(void **state)
{
	(void)state;
	forge_key_free(first);
	forge_key_free(second);
	fixture_bearer(NULL);
	fixture_leave();
	return 0;
}

static int open_web(void **state)
{
	(void)state;
	setenv("APP_ENV", "development", 1);
	web = web_open();
	return 0;
}

static int close_web(void **state)
{
	(void)state;
	unsetenv("APP_ENV");
	web_close(web);
	return 0;
}

#define WEB(name) cmocka_unit_test_setup_teardown(name, open_web, close_web)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(issuers_at_fault_do_not_start),
		cmocka_unit_test(a_set_without_keys_does_not_start),
		cmocka_unit_test(a_file_is_read_again_when_it_changes),
		cmocka_unit_test(the_last_good_set_is_kept),
		WEB(an_unknown_kid_has_the_address_fetched_once_a_minute),
		WEB(an_address_is_fetched_hourly_and_sooner_after_a_failure),
		WEB(an_address_is_fetched_as_often_as_its_issuer_says),
		cmocka_unit_test(what_an_issuer_comes_to_is_printed),
		WEB(a_slow_issuer_keeps_no_request_waiting),
		WEB(discovery_finds_the_keys_of_the_issuer_it_names),
		WEB(redirects_and_endless_answers_are_not_followed),
		WEB(plain_http_is_for_development_on_loopback_alone),
	};
	return cmocka_run_group_tests(tests, enter, leave);
}
