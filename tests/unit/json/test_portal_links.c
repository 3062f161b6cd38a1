/* Templates of the portal's addresses: what is taken, and what is refused with which words. */
#include "base/str.h"
#include "json/portal_links.h"
#include "support/unit/unit.h"

static void addresses_of_known_nouns_are_taken(void **state)
{
	(void)state;
	static const char *const good[] = { "{}",
		"{\"pair\": \"https://portal.example/pairs/{id}\"}",
		"{\"session\": \"http://localhost:3000/?view=session&id={id}#top\","
		" \"goal\": \"https://p.example/#/goals/{id}\"}" };
	for (size_t i = 0; i < COUNT(good); i++) {
		struct buf faults = BUF_INIT(4096);
		assert_true(portal_links_check(good[i], &faults));
		assert_int_equal(faults.len, 0);
		buf_release(&faults);
	}
}

static void expect_fault(const char *text, const char *words)
{
	struct buf faults = BUF_INIT(4096);
	assert_false(portal_links_check(text, &faults));
	if (!strstr(faults.data, words))
		fail_msg("%s: %s", text, faults.data);
	buf_release(&faults);
}

static void everything_else_is_refused_with_a_reason(void **state)
{
	(void)state;
	static const char *const whole = "must be a JSON object";
	expect_fault("", whole);
	expect_fault("[]", whole);
	expect_fault("{\"pair\": \"https://p.example/{id}\"", whole);
	expect_fault("{\"pair\": \"https://p.example/{id}\", \"pair\": \"https://q.example/{id}\"}",
		whole);
	expect_fault("{\"person\": \"https://p.example/{id}\"}", "person is no noun");
	expect_fault("{\"pair\": 7}", "must be a text");
	expect_fault("{\"pair\": \"/pairs/{id}\"}", "must begin with https://");
	expect_fault("{\"pair\": \"javascript:alert({id})\"}", "must begin with https://");
	expect_fault("{\"pair\": \"https:///pairs/{id}\"}", "must name a host");
	expect_fault("{\"pair\": \"https://{id}.example/\"}", "must name a host");
	expect_fault("{\"pair\": \"https://user@p.example/{id}\"}", "must name a host");
	expect_fault("{\"pair\": \"https://p.example/pairs\"}", "must hold {id} behind");
	expect_fault("{\"pair\": \"https://p.example/{id}/{id}\"}", "must hold {id} once");
	expect_fault("{\"pair\": \"https://p.example/{noun}/{id}\"}", "must hold {id} once");
	expect_fault("{\"pair\": \"https://p.example/a b/{id}\"}", "no address may hold");
	expect_fault("{\"pair\": \"https://p.example/\\u00e4/{id}\"}", "no address may hold");
	expect_fault("{\"pair\": \"https://p.example/<{id}>\"}", "no address may hold");
}

static void all_faults_are_told_at_once(void **state)
{
	(void)state;
	struct buf faults = BUF_INIT(4096);
	assert_false(portal_links_check("{\"pair\": 1, \"goal\": \"x\"}", &faults));
	assert_non_null(strstr(faults.data, "pair must be a text\n"));
	assert_non_null(strstr(faults.data, "goal must begin"));
	buf_release(&faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_of_known_nouns_are_taken),
		cmocka_unit_test(everything_else_is_refused_with_a_reason),
		cmocka_unit_test(all_faults_are_told_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
