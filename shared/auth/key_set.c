#include "auth/key_set.h"

#include <pthread.h>
#include <rhonabwy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"
#include "json/field.h"

#define RSA_BITS_LEAST 2048
#define RSA_BITS_MOST  8192

static const char *const alg_names[KEY_ALGS] = { "RS256", "RS384", "RS512", "PS256", "PS384",
	"PS512", "ES256", "ES384", "ES512", "EdDSA" };

static const struct {
	const char *kty, *name;
	enum key_alg alg;
} curves[] = {
	{ "EC", "P-256", KEY_ES256 },
	{ "EC", "P-384", KEY_ES384 },
	{ "EC", "P-521", KEY_ES512 },
	{ "OKP", "Ed25519", KEY_EDDSA },
	{ "OKP", "Ed448", KEY_EDDSA },
};

/* What is done with a key of a set. */
enum verdict { KEY_TAKEN, KEY_LEFT_OUT, KEY_SPOILS };

static pthread_once_t library = PTHREAD_ONCE_INIT;
static bool library_ready;

static void library_init(void)
{
	library_ready = r_global_init() == RHN_OK;
}

bool key_alg_find(const char *name, enum key_alg *ret_alg)
{
	for (int alg = 0; alg < KEY_ALGS; alg++) {
		if (str_equal(alg_names[alg], name)) {
			*ret_alg = (enum key_alg)alg;
			return true;
		}
	}
	return false;
}

bool key_serves(const struct key *key, enum key_alg alg)
{
	return key->alg == alg || (key->pss_too && alg == KEY_PS256);
}

static const char *member(const json_t *jwk, const char *name)
{
	return json_string_value(json_object_get(jwk, name));
}

/* Determines the algorithm of a key; false if we support none for it. */
static bool key_binding(const json_t *jwk, struct key *key)
{
	const char *kty = member(jwk, "kty"), *crv = member(jwk, "crv");
	enum key_alg own = KEY_ALGS;
	if (str_equal(kty, "RSA"))
		own = KEY_RS256;
	for (size_t i = 0; crv && i < COUNT(curves); i++)
		if (str_equal(curves[i].kty, kty) && str_equal(curves[i].name, crv))
			own = curves[i].alg;
	if (own == KEY_ALGS)
		return false;
	key->alg = own;
	if (!json_object_get(jwk, "alg")) {
		key->pss_too = own == KEY_RS256;
		return true;
	}
	const char *name = member(jwk, "alg");
	enum key_alg said;
	if (!name || !key_alg_find(name, &said))
		return false;
	/* an RSA key may use any of the six, a curve only its own (RFC 7518 section 3.4) */
	if (own == KEY_RS256 ? said > KEY_PS512 : said != own)
		return false;
	key->alg = said;
	return true;
}

static bool for_signatures(const json_t *jwk)
{
	const json_t *use = json_object_get(jwk, "use"), *ops = json_object_get(jwk, "key_ops");
	if (use && (!json_is_string(use) || !str_equal(json_string_value(use), "sig")))
		return false;
	if (!ops)
		return true;
	size_t i;
	json_t *op;
	json_array_foreach(ops, i, op) if (json_is_string(op) &&
					   str_equal(json_string_value(op), "verify")) return true;
	return false;
}

/* Only the public numbers: certificates and addresses next to them must not be used. */
static json_t *public_part(const json_t *jwk, enum key_alg alg)
{
	if (alg <= KEY_PS512)
		return json_pack("{ss, sO, sO}", "kty", "RSA", "n", json_object_get(jwk, "n"), "e",
			json_object_get(jwk, "e"));
	if (alg == KEY_EDDSA)
		return json_pack("{ss, sO, sO}", "kty", "OKP", "crv", json_object_get(jwk, "crv"),
			"x", json_object_get(jwk, "x"));
	return json_pack("{ss, sO, sO, sO}", "kty", "EC", "crv", json_object_get(jwk, "crv"), "x",
		json_object_get(jwk, "x"), "y", json_object_get(jwk, "y"));
}

static enum verdict key_to_pem(const json_t *jwk, struct key *key)
{
	json_t *numbers = public_part(jwk, key->alg);
	jwk_t *parsed = NULL;
	enum verdict verdict = KEY_LEFT_OUT;
	unsigned bits = 0;
	size_t length = sizeof key->pem;
	if (!numbers || r_jwk_init(&parsed) != RHN_OK)
		goto out;
	if (r_jwk_import_from_json_t(parsed, numbers) != RHN_OK)
		goto out;
	int kind = r_jwk_key_type(parsed, &bits, R_FLAG_IGNORE_REMOTE);
	if (!(kind & R_KEY_TYPE_PUBLIC) || kind & (R_KEY_TYPE_PRIVATE | R_KEY_TYPE_SYMMETRIC))
		goto out;
	if (kind & R_KEY_TYPE_RSA && (bits < RSA_BITS_LEAST || bits > RSA_BITS_MOST))
		goto out;
	if (r_jwk_export_to_pem_der(
		    parsed, R_FORMAT_PEM, key->pem, &length, R_FLAG_IGNORE_REMOTE) != RHN_OK)
		goto out;
	key->pem_length = length;
	verdict = KEY_TAKEN;
out:
	r_jwk_free(parsed);
	json_decref(numbers);
	return verdict;
}

static enum verdict key_read(const json_t *jwk, struct key *key, const char **ret_reason)
{
	const char *kty = member(jwk, "kty"), *kid = member(jwk, "kid");
	if (!kty)
		return KEY_LEFT_OUT;
	/* d: the private number of RSA, EC and OKP keys; k: a shared secret */
	if (json_object_get(jwk, "d") || json_object_get(jwk, "k") || str_equal(kty, "oct")) {
		*ret_reason = "holds a private or symmetric key";
		return KEY_SPOILS;
	}
	if (!kid || !*kid || strlen(kid) >= sizeof key->kid || !for_signatures(jwk) ||
		!key_binding(jwk, key))
		return KEY_LEFT_OUT;
	memcpy(key->kid, kid, strlen(kid) + 1);
	return key_to_pem(jwk, key);
}

static struct key_set *set_read(const json_t *rows, const char **ret_reason)
{
	size_t most = json_array_size(rows), i;
	if (most > KEY_SET_MOST) {
		*ret_reason = "holds too many keys";
		return NULL;
	}
	struct key_set *set = calloc(1, sizeof *set + most * sizeof *set->keys);
	if (!set) {
		*ret_reason = "no memory";
		return NULL;
	}
	json_t *jwk;
	json_array_foreach(rows, i, jwk)
	{
		struct key *key = &set->keys[set->count];
		enum verdict verdict = key_read(jwk, key, ret_reason);
		if (verdict == KEY_LEFT_OUT)
			continue;
		if (verdict == KEY_TAKEN && key_set_find(set, key->kid))
			*ret_reason = "holds one kid twice";
		if (*ret_reason) {
			free(set);
			return NULL;
		}
		set->count++;
	}
	if (!set->count) {
		*ret_reason = "holds no usable key";
		free(set);
		return NULL;
	}
	return set;
}

struct key_set *key_set_parse(const char *text, size_t len, char *ret_reason, size_t reason_size)
{
	const char *reason = NULL;
	struct key_set *set = NULL;
	owned(faults_release) struct faults faults = { 0 };
	pthread_once(&library, library_init);
	json_t *root = library_ready && len <= KEY_SET_BYTES ? field_parse(text, len, &faults)
							     : NULL;
	const json_t *rows = json_object_get(root, "keys");
	if (!library_ready)
		reason = "the key library does not start";
	else if (!json_is_array(rows))
		reason = "is not a JSON Web Key Set";
	else
		set = set_read(rows, &reason);
	json_decref(root);
	if (!set)
		snprintf(ret_reason, reason_size, "%s", reason);
	return set;
}

const struct key *key_set_find(const struct key_set *set, const char *kid)
{
	for (size_t i = 0; i < set->count; i++)
		if (str_equal(set->keys[i].kid, kid))
			return &set->keys[i];
	return NULL;
}
