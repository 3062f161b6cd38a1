#include "base/seal.h"

#include <nettle/siv-cmac.h>
#include <string.h>

#include "base/hash.h"

#define KEY_PURPOSE "seal " /* no other use of the key signs a text that begins like this */

/* nettle asks for a nonce; the purpose takes its place, which nobody can leave out. */
static void set_key(
	const unsigned char key[SEAL_KEY], const char *purpose, struct siv_cmac_aes128_ctx *context)
{
	unsigned char own[HASH_BYTES];
	_Static_assert(HASH_BYTES == SIV_CMAC_AES128_KEY_SIZE, "one hash is one key");
	_Static_assert(SEAL_MORE == SIV_DIGEST_SIZE, "what sealing adds");
	hash_hmac_two(
		key, SEAL_KEY, KEY_PURPOSE, sizeof KEY_PURPOSE - 1, purpose, strlen(purpose), own);
	siv_cmac_aes128_set_key(context, own);
	hash_wipe(own, sizeof own);
}

void seal_text(const unsigned char key[SEAL_KEY], const char *purpose, const void *text, size_t len,
	unsigned char *ret_sealed)
{
	struct siv_cmac_aes128_ctx context;
	set_key(key, purpose, &context);
	siv_cmac_aes128_encrypt_message(&context, strlen(purpose), (const uint8_t *)purpose, 0,
		NULL, len + SEAL_MORE, ret_sealed, text);
	hash_wipe(&context, sizeof context);
}

bool seal_open(const unsigned char key[SEAL_KEY], const char *purpose, const void *sealed,
	size_t len, void *ret_text)
{
	struct siv_cmac_aes128_ctx context;
	if (len <= SEAL_MORE)
		return false;
	set_key(key, purpose, &context);
	int good = siv_cmac_aes128_decrypt_message(&context, strlen(purpose),
		(const uint8_t *)purpose, 0, NULL, len - SEAL_MORE, ret_text, sealed);
	hash_wipe(&context, sizeof context);
	return good == 1;
}
