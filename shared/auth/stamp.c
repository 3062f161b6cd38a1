#include "auth/stamp.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <stdio.h>
#include <string.h>
#include "base/base64url.h"
#include "base/hash.h"
#include "base/str.h"

#define SEED_BYTES 32

/* What precedes the seed in PKCS #8 (RFC 8410 section 7). */
static const unsigned char frame[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b,
	0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };

static bool make_key(const unsigned char secret[32], const char *purpose, gnutls_privkey_t *ret_key)
{
	unsigned char der[sizeof frame + SEED_BYTES];
	const gnutls_datum_t whole = { der, sizeof der };
	gnutls_privkey_t key;
	memcpy(der, frame, sizeof frame);
	hash_hmac(secret, 32, purpose, strlen(purpose), der + sizeof frame);
	bool good = gnutls_privkey_init(&key) >= 0;
	if (good && gnutls_privkey_import_x509_raw(key, &whole, GNUTLS_X509_FMT_DER, NULL, 0) < 0) {
		gnutls_privkey_deinit(key);
		good = false;
	}
	hash_wipe(der, sizeof der);
	if (good)
		*ret_key = key;
	return good;
}

/* Bytes as base64url into room for exactly them. */
static bool put_text(const gnutls_datum_t *bytes, char *ret_text, size_t room)
{
	owned_text char *text = str_base64url(bytes->data, bytes->size);
	if (!text || strlen(text) + 1 != room)
		return false;
	memcpy(ret_text, text, room);
	return true;
}

bool stamp_sign(const unsigned char secret[32], const char *purpose, const char *text,
	char ret_signature[STAMP_TEXT])
{
	const gnutls_datum_t data = { (unsigned char *)text, (unsigned)strlen(text) };
	gnutls_datum_t made = { 0 };
	gnutls_privkey_t key;
	if (!make_key(secret, purpose, &key))
		return false;
	bool good = gnutls_privkey_sign_data2(key, GNUTLS_SIGN_EDDSA_ED25519, 0, &data, &made) >=
			    0 &&
		    put_text(&made, ret_signature, STAMP_TEXT);
	gnutls_free(made.data);
	gnutls_privkey_deinit(key);
	return good;
}

bool stamp_key(const unsigned char secret[32], const char *purpose, char ret_key[STAMP_KEY])
{
	gnutls_datum_t x = { 0 };
	gnutls_privkey_t key;
	if (!make_key(secret, purpose, &key))
		return false;
	bool good = gnutls_privkey_export_ecc_raw2(key, NULL, &x, NULL, NULL, 0) >= 0 &&
		    put_text(&x, ret_key, STAMP_KEY);
	gnutls_free(x.data);
	gnutls_privkey_deinit(key);
	return good;
}

bool stamp_holds(const unsigned char secret[32], const char *purpose, const char *text,
	const char *signature)
{
	char real[STAMP_TEXT];
	return strlen(signature) == STAMP_TEXT - 1 && stamp_sign(secret, purpose, text, real) &&
	       hash_equal(real, signature, STAMP_TEXT - 1);
}
