/* Sealed texts: they come back whole, and nothing else does. */
#include <string.h>

#include "base/seal.h"
#include "support/unit/unit.h"

static const unsigned char key[SEAL_KEY] = "0123456789abcdef0123456789abcde";

static void what_was_sealed_comes_back(void **state)
{
	(void)state;
	unsigned char sealed[64 + SEAL_MORE], again[64 + SEAL_MORE];
	char text[64], back[64];
	for (size_t len = 1; len <= sizeof text; len++) {
		memset(text, (int)len, len);
		seal_text(key, "tests", text, len, sealed);
		seal_text(key, "tests", text, len, again);
		assert_memory_equal(sealed, again, len + SEAL_MORE);
		assert_true(seal_open(key, "tests", sealed, len + SEAL_MORE, back));
		assert_memory_equal(back, text, len);
	}
}

static void nothing_of_the_text_is_seen(void **state)
{
	(void)state;
	static const char one[32] = "019a0000-aaaa pick_received.....",
			  two[32] = "019a0000-aaaa pick_received....!";
	unsigned char sealed[2][sizeof one + SEAL_MORE];
	size_t same = 0;
	seal_text(key, "tests", one, sizeof one, sealed[0]);
	seal_text(key, "tests", two, sizeof two, sealed[1]);
	for (size_t i = 0; i < sizeof sealed[0]; i++)
		same += sealed[0][i] == sealed[1][i];
	assert_true(same < 8);
}

static void what_was_changed_is_refused(void **state)
{
	(void)state;
	static const char text[] = "a text";
	unsigned char sealed[sizeof text + SEAL_MORE], other[SEAL_KEY];
	char back[sizeof text];
	seal_text(key, "tests", text, sizeof text, sealed);
	for (size_t i = 0; i < sizeof sealed; i++)
		for (int bit = 1; bit < 256; bit *= 2) {
			sealed[i] ^= (unsigned char)bit;
			assert_false(seal_open(key, "tests", sealed, sizeof sealed, back));
			sealed[i] ^= (unsigned char)bit;
		}
	assert_false(seal_open(key, "test", sealed, sizeof sealed, back));
	assert_false(seal_open(key, "tests", sealed, sizeof sealed - 1, back));
	assert_false(seal_open(key, "tests", sealed, SEAL_MORE, back));
	memcpy(other, key, sizeof other);
	other[0] ^= 1;
	assert_false(seal_open(other, "tests", sealed, sizeof sealed, back));
	assert_true(seal_open(key, "tests", sealed, sizeof sealed, back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_sealed_comes_back),
		cmocka_unit_test(nothing_of_the_text_is_seen),
		cmocka_unit_test(what_was_changed_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
