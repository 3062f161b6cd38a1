/* Hashes against the vectors of FIPS 180-4, RFC 4231, the authors of SipHash and the CRC
 * catalogue. */
#include "base/hash.h"
#include "base/random.h"
#include "base/siphash.h"
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

/* The first, some odd lengths and the last of the reference implementation's 64. */
static void hash_sip_gives_the_vectors(void **state)
{
	static const struct {
		size_t len;
		const char *digest;
	} vectors[] = {
		{ 0, "a3817f04ba25a8e66df67214c7550293" },
		{ 1, "da87c1d86b99af44347659119b22fc45" },
		{ 7, "a1f1ebbed8dbc153c0b84aa61ff08239" },
		{ 8, "3b62a9ba6258f5610f83e264f31497b4" },
		{ 9, "264499060ad9baabc47f8b02bb6d71ed" },
		{ 15, "5493e99933b0a8117e08ec0f97cfc3d9" },
		{ 16, "6ee2a4ca67b054bbfd3315bf85230577" },
		{ 63, "5150d1772f50834a503e069a973fbd7c" },
	};
	unsigned char bytes[64], hash[SIPHASH_BYTES];
	char text[2 * SIPHASH_BYTES + 1];
	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)i;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		hash_sip(bytes, bytes, vectors[i].len, hash);
		hash_hex(hash, sizeof hash, text);
		assert_string_equal(text, vectors[i].digest);
	}
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
		cmocka_unit_test(hash_sip_gives_the_vectors),
		cmocka_unit_test(hash_hmac_gives_the_vectors),
		cmocka_unit_test(hash_crc32_gives_the_check_value),
		cmocka_unit_test(hash_equal_sees_every_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
