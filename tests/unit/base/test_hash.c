/* Hashes against the vectors of FIPS 180-4, RFC 4231 and the CRC catalogue. */
#include "base/hash.h"
#include "base/random.h"
#include "support/unit/unit.h"

static void expect_hex(const unsigned char *hash, const char *hex)
{
	char text[HASH_TEXT];
	hash_hex(hash, HASH_BYTES, text);
	assert_string_equal(text, hex);
}

static void hash_sha256_gives_the_vectors(void **state)
{
	unsigned char hash[HASH_BYTES];
	(void)state;
	hash_sha256("", 0, hash);
	expect_hex(hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hash_sha256("abc", 3, hash);
	expect_hex(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hash_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hash);
	expect_hex(hash, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void hash_hmac_gives_the_vectors(void **state)
{
	unsigned char hash[HASH_BYTES], key[131];
	(void)state;
	hash_hmac("Jefe", 4, "what do ya want for nothing?", 28, hash);
	expect_hex(hash, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof key);
	hash_hmac(key, sizeof key, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
		hash);
	expect_hex(hash, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void hash_crc32_gives_the_check_value(void **state)
{
	(void)state;
	assert_int_equal(hash_crc32("123456789", 9), 0xcbf43926);
	assert_int_equal(hash_crc32("", 0), 0);
}

static void hash_equal_sees_every_byte(void **state)
{
	unsigned char a[33], b[33];
	(void)state;
	random_bytes(a, sizeof a);
	memcpy(b, a, sizeof a);
	assert_true(hash_equal(a, b, sizeof a));
	assert_true(hash_equal(a, "", 0));
	for (size_t i = 0; i < sizeof a; i++) {
		for (int bit = 0; bit < 8; bit++) {
			b[i] ^= (unsigned char)(1 << bit);
			assert_false(hash_equal(a, b, sizeof a));
			b[i] = a[i];
		}
	}
	hash_wipe(b, sizeof b);
	for (size_t i = 0; i < sizeof b; i++)
		assert_int_equal(b[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_sha256_gives_the_vectors),
		cmocka_unit_test(hash_hmac_gives_the_vectors),
		cmocka_unit_test(hash_crc32_gives_the_check_value),
		cmocka_unit_test(hash_equal_sees_every_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
