#include "auth/signer_key.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include "base/base64url.h"
#include "base/hash.h"
#include "base/str.h"

#define NUMBER_BYTES 32 /* of a P-256 coordinate, and of r and s */

bool signer_key_new(gnutls_privkey_t *ret_key)
{
	gnutls_privkey_t key;
	if (gnutls_privkey_init(&key) < 0)
		return false;
	if (gnutls_privkey_generate(key, GNUTLS_PK_ECDSA,
		    GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) < 0) {
		gnutls_privkey_deinit(key);
		return false;
	}
	*ret_key = key;
	return true;
}

bool signer_key_from_pem(const char *pem, size_t len, gnutls_privkey_t *ret_key)
{
	gnutls_privkey_t key;
	gnutls_datum_t text = { (unsigned char *)pem, (unsigned)len };
	if (gnutls_privkey_init(&key) < 0)
		return false;
	if (gnutls_privkey_import_x509_raw(key, &text, GNUTLS_X509_FMT_PEM, NULL, 0) < 0) {
		gnutls_privkey_deinit(key);
		return false;
	}
	*ret_key = key;
	return true;
}

char *signer_key_pem(gnutls_privkey_t key)
{
	gnutls_x509_privkey_t whole;
	gnutls_datum_t text = { 0 };
	char *pem = NULL;
	if (gnutls_privkey_export_x509(key, &whole) < 0)
		return NULL;
	if (gnutls_x509_privkey_export2_pkcs8(
		    whole, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &text) == 0) {
		pem = str_copy((const char *)text.data);
		hash_wipe(text.data, text.size);
		gnutls_free(text.data);
	}
	gnutls_x509_privkey_deinit(whole);
	return pem;
}

/* Converts a DER integer to its fixed width: removes or adds leading zeros. */
static bool fixed_width(const gnutls_datum_t *number, unsigned char ret_bytes[NUMBER_BYTES])
{
	const unsigned char *bytes = number->data;
	size_t length = number->size;
	for (; length && !*bytes; bytes++)
		length--;
	if (length > NUMBER_BYTES)
		return false;
	memset(ret_bytes, 0, NUMBER_BYTES);
	memcpy(ret_bytes + NUMBER_BYTES - length, bytes, length);
	return true;
}

bool signer_key_jwk(gnutls_privkey_t key, const char *kid, struct buf *out)
{
	gnutls_datum_t x = { 0 }, y = { 0 };
	unsigned char wide[NUMBER_BYTES];
	char *x_text = NULL, *y_text = NULL;
	if (gnutls_privkey_export_ecc_raw2(key, NULL, &x, &y, NULL, 0) < 0)
		return false;
	if (fixed_width(&x, wide))
		x_text = str_base64url(wide, sizeof wide);
	if (fixed_width(&y, wide))
		y_text = str_base64url(wide, sizeof wide);
	bool good = x_text && y_text;
	if (good)
		buf_print(out,
			"{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"use\":\"sig\","
			"\"kid\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}",
			kid, x_text, y_text);
	free(x_text);
	free(y_text);
	gnutls_free(x.data);
	gnutls_free(y.data);
	return good;
}

static char *signature_of(gnutls_privkey_t key, const struct buf *signed_text)
{
	gnutls_datum_t data = { (unsigned char *)signed_text->data, (unsigned)signed_text->len };
	gnutls_datum_t der = { 0 }, r = { 0 }, s = { 0 };
	unsigned char raw[2 * NUMBER_BYTES];
	char *text = NULL;
	if (gnutls_privkey_sign_data2(key, GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &der) < 0)
		return NULL;
	if (gnutls_decode_rs_value(&der, &r, &s) == 0 && fixed_width(&r, raw) &&
		fixed_width(&s, raw + NUMBER_BYTES))
		text = str_base64url(raw, sizeof raw);
	gnutls_free(der.data);
	gnutls_free(r.data);
	gnutls_free(s.data);
	return text;
}

char *signer_key_token(gnutls_privkey_t key, const char *header, const char *claims)
{
	struct buf token = BUF_INIT(65536);
	owned_text char *head = str_base64url(header, strlen(header));
	owned_text char *body = str_base64url(claims, strlen(claims));
	if (!head || !body)
		return NULL;
	buf_print(&token, "%s.%s", head, body);
	owned_text char *signature = buf_ok(&token) ? signature_of(key, &token) : NULL;
	if (signature)
		buf_print(&token, ".%s", signature);
	char *made = signature ? buf_take(&token) : NULL;
	buf_release(&token);
	return made;
}
