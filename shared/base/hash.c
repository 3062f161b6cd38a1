#include "base/hash.h"

#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>
#include <string.h>
#include <zlib.h>

void hash_sha256(const void *bytes, size_t len, unsigned char ret_hash[HASH_BYTES])
{
	struct sha256_ctx context;
	sha256_init(&context);
	sha256_update(&context, len, bytes);
	sha256_digest(&context, HASH_BYTES, ret_hash);
}

void hash_hmac(const void *key, size_t key_len, const void *bytes, size_t len,
	unsigned char ret_hash[HASH_BYTES])
{
	hash_hmac_two(key, key_len, bytes, len, "", 0, ret_hash);
}

void hash_hmac_two(const void *key, size_t key_len, const void *first, size_t first_len,
	const void *second, size_t second_len, unsigned char ret_hash[HASH_BYTES])
{
	struct hmac_sha256_ctx context;
	hmac_sha256_set_key(&context, key_len, key);
	hmac_sha256_update(&context, first_len, first);
	hmac_sha256_update(&context, second_len, second);
	hmac_sha256_digest(&context, HASH_BYTES, ret_hash);
	hash_wipe(&context, sizeof context);
}

void hash_hex(const void *bytes, size_t len, char *ret_text)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *at = bytes;
	for (size_t i = 0; i < len; i++) {
		ret_text[2 * i] = digits[at[i] >> 4];
		ret_text[2 * i + 1] = digits[at[i] & 15];
	}
	ret_text[2 * len] = '\0';
}

uint32_t hash_crc32(const void *bytes, size_t len)
{
	return (uint32_t)crc32_z(crc32_z(0, NULL, 0), bytes, len);
}

bool hash_equal(const void *a, const void *b, size_t len)
{
	return memeql_sec(a, b, len) == 1;
}

void hash_wipe(void *bytes, size_t len)
{
	explicit_bzero(bytes, len);
}
