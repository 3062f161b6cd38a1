#include "auth/token.h"

#include <jwt.h>
#include <stdatomic.h>
#include <string.h>
#include <strings.h>
#include "auth/cache.h"
#include "auth/claims.h"
#include "auth/ring.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/str.h"

#define SCHEME       "Bearer "
#define CACHE_MOST   65536
#define CACHE_LIFE_S 60
#define SECOND_US    UINT64_C(1000000)

static const jwt_alg_t library_algs[KEY_ALGS] = {
	[KEY_RS256] = JWT_ALG_RS256,
	[KEY_RS384] = JWT_ALG_RS384,
	[KEY_RS512] = JWT_ALG_RS512,
	[KEY_ES256] = JWT_ALG_ES256,
	[KEY_ES384] = JWT_ALG_ES384,
	[KEY_ES512] = JWT_ALG_ES512,
};

struct token_cache {
	struct cache *facts; /* by the token's digest under the key */
	unsigned char key[SIPHASH_BYTES];
	_Atomic uint64_t generation; /* of the ring, when the cache was emptied last */
};

/* An identity without the room its texts do not use: what the cache keeps. */
struct packed {
	int64_t expires_at;
	unsigned roles;
	unsigned short issuer, subject, person_key, key_kind; /* bytes with the NUL */
	char texts[sizeof(struct identity)];
};

struct token_cache *token_cache_new(void)
{
	struct token_cache *cache = calloc(1, sizeof *cache);
	if (cache)
		cache->facts = cache_new(CACHE_MOST);
	if (cache && !cache->facts) {
		free(cache);
		return NULL;
	}
	if (cache)
		random_bytes(cache->key, sizeof cache->key);
	return cache;
}

void token_cache_free(struct token_cache *cache)
{
	if (cache)
		cache_free(cache->facts);
	free(cache);
}

static unsigned short pack_text(char **to, const char *text)
{
	size_t length = strlen(text) + 1;
	memcpy(*to, text, length);
	*to += length;
	return (unsigned short)length;
}

/* Returns how many bytes of *ret are in use. */
static size_t pack(const struct identity *identity, struct packed *ret)
{
	char *end = ret->texts;
	ret->expires_at = identity->expires_at;
	ret->roles = identity->roles;
	ret->issuer = pack_text(&end, identity->issuer);
	ret->subject = pack_text(&end, identity->subject);
	ret->person_key = pack_text(&end, identity->person_key);
	ret->key_kind = pack_text(&end, identity->key_kind);
	return (size_t)(end - (char *)ret);
}

static void unpack(const struct packed *packed, struct identity *ret)
{
	const char *at = packed->texts;
	ret->expires_at = packed->expires_at;
	ret->roles = packed->roles;
	memcpy(ret->issuer, at, packed->issuer);
	memcpy(ret->subject, at += packed->issuer, packed->subject);
	memcpy(ret->person_key, at += packed->subject, packed->person_key);
	memcpy(ret->key_kind, at + packed->person_key, packed->key_kind);
}

static bool recall(struct token_cache *cache, const struct key_ring *keys, const void *digest,
	struct identity *ret_identity)
{
	struct packed packed;
	if (!cache_get(cache->facts, digest, SIPHASH_BYTES, key_ring_generation(keys),
		    clock_monotonic_us(), &packed, sizeof packed))
		return false;
	if (clock_seconds() >= packed.expires_at)
		return false;
	unpack(&packed, ret_identity);
	return true;
}

static void remember(struct token_cache *cache, const void *digest, uint64_t generation,
	const struct identity *identity)
{
	int64_t life = identity->expires_at - clock_seconds();
	if (life <= 0) /* within the leeway: verified each time */
		return;
	if (life > CACHE_LIFE_S)
		life = CACHE_LIFE_S;
	struct packed packed;
	size_t length = pack(identity, &packed);
	uint64_t now = clock_monotonic_us();
	cache_put(cache->facts, digest, SIPHASH_BYTES, generation, now,
		now + (uint64_t)life * SECOND_US, &packed, length);
}

static void empty_after_reload(struct token_cache *cache, uint64_t generation)
{
	if (atomic_exchange(&cache->generation, generation) != generation)
		cache_clear(cache->facts);
}

/* The three parts of a compact token, each its own text. */
struct parts {
	char room[TOKEN_BYTES_MOST + 1];
	const char *header, *claims, *signature;
};

static bool split(const char *token, size_t length, struct parts *ret)
{
	memcpy(ret->room, token, length + 1);
	char *first = strchr(ret->room, '.');
	char *second = first ? strchr(first + 1, '.') : NULL;
	if (!second || strchr(second + 1, '.'))
		return false;
	*first = *second = 0;
	ret->header = ret->room;
	ret->claims = first + 1;
	ret->signature = second + 1;
	return *ret->header && *ret->claims && *ret->signature;
}

/* libjwt skips what is not of the alphabet: a signature must have one spelling only. */
static bool is_base64url(const char *text)
{
	unsigned char *bytes = NULL;
	size_t length;
	bool good = str_from_base64url(text, &bytes, &length);
	free(bytes);
	return good;
}

/*
 * libjwt takes the algorithm from the token, and when it cannot copy the key it reports success
 * with none. So the algorithm is compared before with that of the key, and afterwards with what
 * libjwt used.
 */
static bool signature_holds(const char *token, const struct key *key)
{
	jwt_t *jwt = NULL;
	if (key->pem_length == 0)
		return false;
	int failed = jwt_decode(&jwt, token, key->pem, (int)key->pem_length);
	bool holds = !failed && jwt && jwt_get_alg(jwt) == library_algs[key->alg];
	jwt_free(jwt);
	return holds;
}

/* Header, key, signature, claims: nothing of the claims but the issuer's name is believed before
 * the signature is. */
static bool verify_parts(struct key_ring *keys, const char *token, const json_t *header,
	const json_t *claims, struct identity *ret_identity, uint64_t *ret_generation)
{
	struct token_header head;
	struct key key;
	if (!header || !claims || !claims_header(header, &head))
		return false;
	const char *name = json_string_value(json_object_get(claims, "iss"));
	const struct issuer *issuer = name ? key_ring_issuer(keys, name) : NULL;
	return issuer && key_ring_find(keys, issuer, head.kid, &key, ret_generation) &&
	       key.alg == head.alg && signature_holds(token, &key) &&
	       claims_read(issuer, claims, clock_seconds(), ret_identity);
}

static bool verify(struct key_ring *keys, const char *token, size_t length,
	struct identity *ret_identity, uint64_t *ret_generation)
{
	struct parts parts;
	if (!split(token, length, &parts) || !is_base64url(parts.signature))
		return false;
	json_t *header = claims_part(parts.header);
	json_t *claims = claims_part(parts.claims);
	bool good = verify_parts(keys, token, header, claims, ret_identity, ret_generation);
	json_decref(header);
	json_decref(claims);
	return good;
}

bool token_verify(struct token_cache *cache, struct key_ring *keys, const char *header,
	struct identity *ret_identity)
{
	unsigned char digest[SIPHASH_BYTES];
	uint64_t generation;
	if (strncasecmp(header, SCHEME, strlen(SCHEME)) != 0)
		return false;
	const char *token = header + strlen(SCHEME);
	size_t length = strnlen(token, TOKEN_BYTES_MOST + 1);
	if (length > TOKEN_BYTES_MOST)
		return false;
	hash_sip(cache->key, token, length, digest);
	if (recall(cache, keys, digest, ret_identity))
		return true;
	if (!verify(keys, token, length, ret_identity, &generation))
		return false;
	empty_after_reload(cache, generation);
	remember(cache, digest, generation, ret_identity);
	return true;
}
