#include "auth/signature.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <jwt.h>
#include "base/str.h"

static const jwt_alg_t library_algs[KEY_ALGS] = {
	[KEY_RS256] = JWT_ALG_RS256,
	[KEY_RS384] = JWT_ALG_RS384,
	[KEY_RS512] = JWT_ALG_RS512,
	[KEY_ES256] = JWT_ALG_ES256,
	[KEY_ES384] = JWT_ALG_ES384,
	[KEY_ES512] = JWT_ALG_ES512,
};

/*
 * libjwt takes the algorithm from the token and, if it cannot copy the key, reports success with no
 * algorithm. So the algorithm is compared with the key's before, and with what libjwt used after.
 */
static bool library_holds(const struct key *key, enum key_alg alg, const char *token)
{
	jwt_t *jwt = NULL;
	int failed = jwt_decode(&jwt, token, key->pem, (int)key->pem_length);
	bool holds = !failed && jwt && jwt_get_alg(jwt) == library_algs[alg];
	jwt_free(jwt);
	return holds;
}

static const struct {
	gnutls_pk_algorithm_t kind;
	gnutls_sign_algorithm_t sign;
	size_t width; /* bytes of r and of s; 0: the signature is one number or one string */
} algs[KEY_ALGS] = {
	[KEY_RS256] = { GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA256, 0 },
	[KEY_RS384] = { GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA384, 0 },
	[KEY_RS512] = { GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA512, 0 },
	/* the salt is as long as the hash (RFC 7518 section 3.5), as GnuTLS expects */
	[KEY_PS256] = { GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, 0 },
	[KEY_PS384] = { GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA384, 0 },
	[KEY_PS512] = { GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA512, 0 },
	[KEY_ES256] = { GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA256, 32 },
	[KEY_ES384] = { GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA384, 48 },
	[KEY_ES512] = { GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA512, 66 },
	[KEY_EDDSA] = { GNUTLS_PK_EDDSA_ED25519, GNUTLS_SIGN_EDDSA_ED25519, 0 },
};

/* A positive number without leading zeros. */
static gnutls_datum_t number(const unsigned char *bytes, size_t width)
{
	while (width > 1 && !*bytes) {
		bytes++;
		width--;
	}
	return (gnutls_datum_t){ (unsigned char *)bytes, (unsigned)width };
}

static bool verify(gnutls_pubkey_t key, enum key_alg alg, const gnutls_datum_t *text,
	const gnutls_datum_t *signature)
{
	int kind = gnutls_pubkey_get_pk_algorithm(key, NULL);
	gnutls_sign_algorithm_t sign = algs[alg].sign;
	size_t width = algs[alg].width;
	gnutls_datum_t der;
	if (alg == KEY_EDDSA && kind == GNUTLS_PK_EDDSA_ED448)
		sign = GNUTLS_SIGN_EDDSA_ED448;
	else if (kind != (int)algs[alg].kind)
		return false;
	if (!width)
		return gnutls_pubkey_verify_data2(key, sign, 0, text, signature) >= 0;
	/* convert r and s, side by side, to the DER that GnuTLS reads */
	if (signature->size != 2 * width)
		return false;
	gnutls_datum_t r = number(signature->data, width);
	gnutls_datum_t s = number(signature->data + width, width);
	if (gnutls_encode_rs_value(&der, &r, &s) < 0)
		return false;
	bool holds = gnutls_pubkey_verify_data2(key, sign, 0, text, &der) >= 0;
	gnutls_free(der.data);
	return holds;
}

static bool gnutls_holds(const struct key *key, enum key_alg alg, const struct signed_token *token)
{
	gnutls_datum_t pem = { (unsigned char *)key->pem, (unsigned)key->pem_length };
	gnutls_datum_t data = { (unsigned char *)token->text, (unsigned)token->signed_length };
	gnutls_datum_t said = { (unsigned char *)token->signature,
		(unsigned)token->signature_length };
	gnutls_pubkey_t half;
	if (gnutls_pubkey_init(&half) < 0)
		return false;
	bool holds = gnutls_pubkey_import(half, &pem, GNUTLS_X509_FMT_PEM) >= 0 &&
		     verify(half, alg, &data, &said);
	gnutls_pubkey_deinit(half);
	return holds;
}

bool signature_holds(const struct key *key, enum key_alg alg, const struct signed_token *token)
{
	if (!key_serves(key, alg) || !key->pem_length || !token->signature_length)
		return false;
	if (token->plain && library_algs[alg] != JWT_ALG_NONE)
		return library_holds(key, alg, token->text);
	return gnutls_holds(key, alg, token);
}
