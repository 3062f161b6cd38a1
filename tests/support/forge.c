#include "support/forge.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/base64url.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"

struct forge_key {
	enum forge_kind kind;
	gnutls_privkey_t pair;
};

static const struct {
	const char *alg;
	gnutls_sign_algorithm_t sign;
	size_t width; /* bytes of r and of s, 0 for RSA */
} algs[] = {
	{ "RS256", GNUTLS_SIGN_RSA_SHA256, 0 },
	{ "RS384", GNUTLS_SIGN_RSA_SHA384, 0 },
	{ "RS512", GNUTLS_SIGN_RSA_SHA512, 0 },
	{ "PS256", GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, 0 },
	{ "PS384", GNUTLS_SIGN_RSA_PSS_RSAE_SHA384, 0 },
	{ "PS512", GNUTLS_SIGN_RSA_PSS_RSAE_SHA512, 0 },
	{ "EdDSA", GNUTLS_SIGN_EDDSA_ED25519, 0 },
	{ "ES256", GNUTLS_SIGN_ECDSA_SHA256, 32 },
	{ "ES384", GNUTLS_SIGN_ECDSA_SHA384, 48 },
	{ "ES512", GNUTLS_SIGN_ECDSA_SHA512, 66 },
};

static const struct {
	const char *crv;
	gnutls_ecc_curve_t curve;
	size_t width;
} curves[] = {
	[FORGE_P256] = { "P-256", GNUTLS_ECC_CURVE_SECP256R1, 32 },
	[FORGE_P384] = { "P-384", GNUTLS_ECC_CURVE_SECP384R1, 48 },
	[FORGE_P521] = { "P-521", GNUTLS_ECC_CURVE_SECP521R1, 66 },
	[FORGE_ED25519] = { "Ed25519", GNUTLS_ECC_CURVE_ED25519, 32 },
	[FORGE_ED448] = { "Ed448", GNUTLS_ECC_CURVE_ED448, 57 },
};

static void must(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "forge: %s failed\n", what);
	abort();
}

struct forge_key *forge_key_new(enum forge_kind kind)
{
	struct forge_key *key = calloc(1, sizeof *key);
	must(key && gnutls_privkey_init(&key->pair) == 0, "init");
	key->kind = kind;
	static const gnutls_pk_algorithm_t kinds[] = { GNUTLS_PK_RSA, GNUTLS_PK_ECDSA,
		GNUTLS_PK_ECDSA, GNUTLS_PK_ECDSA, GNUTLS_PK_EDDSA_ED25519, GNUTLS_PK_EDDSA_ED448 };
	gnutls_pk_algorithm_t pk = kinds[kind];
	unsigned bits = kind == FORGE_RSA ? 2048 : GNUTLS_CURVE_TO_BITS(curves[kind].curve);
	must(gnutls_privkey_generate(key->pair, pk, bits, 0) == 0, "generate");
	return key;
}

void forge_key_free(struct forge_key *key)
{
	if (key)
		gnutls_privkey_deinit(key->pair);
	free(key);
}

/* A number at its fixed width; width 0: without leading zeros. Frees it. */
static char *number_text(gnutls_datum_t *number, size_t width)
{
	unsigned char wide[1024] = { 0 };
	unsigned char *at = number->data;
	size_t length = number->size;
	for (; length && !*at; at++)
		length--;
	width = width ? width : length;
	must(length <= width && width <= sizeof wide, "width");
	memcpy(wide + width - length, at, length);
	gnutls_free(number->data);
	char *text = str_base64url(wide, width);
	must(text != NULL, "memory");
	return text;
}

static char *jwk_of_string(const struct forge_key *key, const char *kid, const char *more)
{
	gnutls_datum_t x = { 0 };
	struct buf out = BUF_INIT(16384);
	must(gnutls_privkey_export_ecc_raw2(key->pair, NULL, &x, NULL, NULL, 0) == 0, "export");
	owned_text char *text = str_base64url(x.data, x.size);
	gnutls_free(x.data);
	buf_print(&out, "{\"kty\":\"OKP\",\"crv\":\"%s\",\"x\":\"%s\",\"kid\":\"%s\"%s}",
		curves[key->kind].crv, text, kid, more);
	return buf_take(&out);
}

char *forge_jwk(const struct forge_key *key, const char *kid, const char *more)
{
	if (key->kind >= FORGE_ED25519)
		return jwk_of_string(key, kid, more);
	gnutls_datum_t a = { 0 }, b = { 0 };
	struct buf out = BUF_INIT(16384);
	size_t width = 0;
	if (key->kind == FORGE_RSA) {
		must(gnutls_privkey_export_rsa_raw2(
			     key->pair, &a, &b, NULL, NULL, NULL, NULL, NULL, NULL, 0) == 0,
			"export");
	} else {
		width = curves[key->kind].width;
		must(gnutls_privkey_export_ecc_raw2(key->pair, NULL, &a, &b, NULL, 0) == 0,
			"export");
	}
	char *first = number_text(&a, width), *second = number_text(&b, width);
	if (key->kind == FORGE_RSA)
		buf_print(&out, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"", first, second);
	else
		buf_print(&out, "{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"",
			curves[key->kind].crv, first, second);
	buf_print(&out, ",\"kid\":\"%s\"%s}", kid, more);
	free(first);
	free(second);
	return buf_take(&out);
}

char *forge_public_pem(const struct forge_key *key)
{
	gnutls_pubkey_t half;
	gnutls_datum_t pem;
	must(gnutls_pubkey_init(&half) == 0 &&
			gnutls_pubkey_import_privkey(half, key->pair, 0, 0) == 0 &&
			gnutls_pubkey_export2(half, GNUTLS_X509_FMT_PEM, &pem) == 0,
		"public half");
	char *text = str_copy((const char *)pem.data);
	gnutls_free(pem.data);
	gnutls_pubkey_deinit(half);
	return text;
}

char *forge_token_plain(const char *header, const char *claims, const char *signature)
{
	struct buf out = BUF_INIT(262144);
	owned_text char *head = str_base64url(header, strlen(header));
	owned_text char *body = str_base64url(claims, strlen(claims));
	buf_print(&out, "%s.%s.%s", head, body, signature);
	return buf_take(&out);
}

/* The part that is signed: the token up to the second dot. The signature is appended later. */
static char *signed_text(const char *header, const char *claims)
{
	char *text = forge_token_plain(header, claims, "");
	text[strlen(text) - 1] = 0;
	return text;
}

static char *with_signature(char *text, const void *bytes, size_t length)
{
	struct buf out = BUF_INIT(262144);
	owned_text char *signature = str_base64url(bytes, length);
	buf_print(&out, "%s.%s", text, signature);
	free(text);
	return buf_take(&out);
}

static size_t raw_signature(const gnutls_datum_t *der, size_t width, unsigned char *ret_bytes)
{
	gnutls_datum_t r, s;
	unsigned char *pieces[] = { NULL, NULL };
	size_t lengths[2];
	must(gnutls_decode_rs_value(der, &r, &s) == 0, "signature");
	char *texts[] = { number_text(&r, width), number_text(&s, width) };
	for (int i = 0; i < 2; i++) {
		must(str_from_base64url(texts[i], &pieces[i], &lengths[i]), "signature");
		memcpy(ret_bytes + (size_t)i * width, pieces[i], width);
		free(pieces[i]);
		free(texts[i]);
	}
	return 2 * width;
}

static char *sign(const struct forge_key *key, size_t alg, bool der_form, const char *header,
	const char *claims)
{
	char *text = signed_text(header, claims);
	gnutls_datum_t data = { (unsigned char *)text, (unsigned)strlen(text) }, made;
	unsigned char raw[256];
	gnutls_sign_algorithm_t how = key->kind == FORGE_ED448 ? GNUTLS_SIGN_EDDSA_ED448
							       : algs[alg].sign;
	must(gnutls_privkey_sign_data2(key->pair, how, 0, &data, &made) == 0, "sign");
	char *token;
	if (algs[alg].width && !der_form)
		token = with_signature(text, raw, raw_signature(&made, algs[alg].width, raw));
	else
		token = with_signature(text, made.data, made.size);
	gnutls_free(made.data);
	return token;
}

char *forge_token(
	const struct forge_key *key, const char *alg, const char *header, const char *claims)
{
	size_t i = 0;
	while (i < COUNT(algs) && !str_equal(algs[i].alg, alg))
		i++;
	must(i < COUNT(algs), "alg");
	return sign(key, i, false, header, claims);
}

char *forge_token_der(const struct forge_key *key, const char *header, const char *claims)
{
	size_t i = COUNT(algs) - 3 + (size_t)(key->kind - FORGE_P256);
	return sign(key, i, true, header, claims);
}

char *forge_token_hs256(const char *secret, const char *header, const char *claims)
{
	unsigned char code[HASH_BYTES];
	char *text = signed_text(header, claims);
	hash_hmac(secret, strlen(secret), text, strlen(text), code);
	return with_signature(text, code, sizeof code);
}
