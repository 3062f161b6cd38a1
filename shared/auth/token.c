#include "auth/token.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "auth/cache.h"
#include "auth/claims.h"
#include "auth/key_ring.h"
#include "auth/signature.h"
#include "base/base64url.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/siphash.h"
#include "base/str.h"

#define SCHEME       "Bearer "
#define CACHE_MOST   65536
#define CACHE_LIFE_S 60
#define SECOND_US    UINT64_C(1000000)

#define BAD        "Bearer error=\"invalid_token\""
#define TOLD(text) BAD ", error_description=\"" text "\""

const struct token_fault_text token_fault_texts[TOKEN_FAULTS] = {
	[TOKEN_GOOD] = { "", "Bearer" },
	[TOKEN_ABSENT] = { "token_absent", "Bearer" },
	[TOKEN_MALFORMED] = { "token_malformed", BAD },
	[TOKEN_HEADER] = { "token_header", BAD },
	[TOKEN_TYPE] = { "token_type", BAD },
	[TOKEN_ALGORITHM] = { "token_algorithm", BAD },
	[TOKEN_ISSUER] = { "token_issuer_unknown", BAD },
	[TOKEN_KEY] = { "token_key_unknown", BAD },
	[TOKEN_KEY_ALGORITHM] = { "token_algorithm_of_another_key", BAD },
	[TOKEN_SIGNATURE] = { "token_signature", BAD },
	[TOKEN_CLAIMS] = { "token_claims", TOLD("a claim is missing or malformed") },
	[TOKEN_EXPIRED] = { "token_expired", TOLD("the token has expired") },
	[TOKEN_NOT_YET_VALID] = { "token_not_yet_valid", TOLD("the token is not yet valid") },
	[TOKEN_AUDIENCE] = { "token_audience", TOLD("the token is for another audience") },
	[TOKEN_NOT_ISSUED] = { "token_without_iat",
		TOLD("the token does not say when it was issued") },
	[TOKEN_ISSUED_LATE] = { "token_iat_after_exp", TOLD("the token was issued after its end") },
	[TOKEN_LIFE] = { "token_life_too_long", TOLD("the token lives too long") },
	[TOKEN_REVOKED] = { "token_revoked", TOLD("the token has been revoked") },
};

struct token_cache {
	struct cache *facts; /* keyed by the token's digest */
	unsigned char key[SIPHASH_BYTES];
	_Atomic uint64_t generation; /* of the ring, when the cache was last emptied */
	int life_most;               /* seconds */
};

/* An identity without the unused space of its texts, as cached. */
struct packed {
	int64_t issued_at, expires_at;
	unsigned roles;
	unsigned short issuer, subject, person_key, key_kind; /* bytes with the NUL */
	char texts[sizeof(struct identity)];
};

struct token_cache *token_cache_new(int life_most)
{
	struct token_cache *cache = calloc(1, sizeof *cache);
	if (cache)
		cache->facts = cache_new(CACHE_MOST);
	if (cache && !cache->facts) {
		free(cache);
		return NULL;
	}
	if (cache) {
		cache->life_most = life_most;
		random_bytes(cache->key, sizeof cache->key);
	}
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

/* Returns the number of bytes of *ret in use. */
static size_t pack(const struct identity *identity, struct packed *ret)
{
	char *end = ret->texts;
	ret->issued_at = identity->issued_at;
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
	ret->issued_at = packed->issued_at;
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
	if (life <= 0) /* within the leeway: verified every time */
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

/* A compact token taken apart: header and claims as JSON, the signature as bytes. */
struct parts {
	json_t *header, *claims;
	unsigned char *signature;
	size_t signed_length, signature_length; /* of the text up to the second dot; of the bytes */
};

static void parts_release(struct parts *parts)
{
	json_decref(parts->header);
	json_decref(parts->claims);
	free(parts->signature);
}

/* Each part has only one valid spelling, including the signature; otherwise one token could have
 * several forms. */
static bool split(const char *token, struct parts *ret)
{
	const char *first = strchr(token, '.');
	const char *second = first ? strchr(first + 1, '.') : NULL;
	if (!second || strchr(second + 1, '.'))
		return false;
	owned_text char *head = strndup(token, (size_t)(first - token));
	owned_text char *claims = strndup(first + 1, (size_t)(second - first - 1));
	ret->signed_length = (size_t)(second - token);
	ret->header = head ? claims_part(head) : NULL;
	ret->claims = claims ? claims_part(claims) : NULL;
	return ret->header && ret->claims &&
	       str_from_base64url(second + 1, &ret->signature, &ret->signature_length);
}

/* Checks header, key, signature, claims, in this order. Before the signature is verified, only the
 * issuer's name is read from the claims. */
static enum token_fault verify_parts(const struct token_cache *cache, struct key_ring *keys,
	const char *token, const struct parts *parts, struct identity *ret_identity,
	uint64_t *ret_generation)
{
	struct token_header head;
	struct key key;
	enum token_fault fault = claims_header(parts->header, &head);
	if (fault)
		return fault;
	const char *name = json_string_value(json_object_get(parts->claims, "iss"));
	const struct issuer *issuer = name ? key_ring_issuer(keys, name) : NULL;
	if (!issuer)
		return TOKEN_ISSUER;
	if (!key_ring_find(keys, issuer, head.kid, &key, ret_generation))
		return TOKEN_KEY;
	if (!key_serves(&key, head.alg))
		return TOKEN_KEY_ALGORITHM;
	const struct signed_token said = { token, parts->signed_length, parts->signature,
		parts->signature_length, head.plain };
	if (!signature_holds(&key, head.alg, &said))
		return TOKEN_SIGNATURE;
	return claims_read(issuer, parts->claims, clock_seconds(), cache->life_most, ret_identity);
}

static enum token_fault verify(const struct token_cache *cache, struct key_ring *keys,
	const char *token, struct identity *ret_identity, uint64_t *ret_generation)
{
	struct parts parts = { .header = NULL };
	enum token_fault fault = TOKEN_MALFORMED;
	if (split(token, &parts))
		fault = verify_parts(cache, keys, token, &parts, ret_identity, ret_generation);
	parts_release(&parts);
	return fault;
}

enum token_fault token_verify(struct token_cache *cache, struct key_ring *keys, const char *header,
	struct identity *ret_identity)
{
	unsigned char digest[SIPHASH_BYTES];
	uint64_t generation;
	if (strncasecmp(header, SCHEME, strlen(SCHEME)) != 0)
		return TOKEN_ABSENT;
	const char *token = header + strlen(SCHEME);
	size_t length = strnlen(token, TOKEN_BYTES_MOST + 1);
	if (length > TOKEN_BYTES_MOST)
		return TOKEN_MALFORMED;
	hash_sip(cache->key, token, length, digest);
	if (recall(cache, keys, digest, ret_identity))
		return TOKEN_GOOD;
	enum token_fault fault = verify(cache, keys, token, ret_identity, &generation);
	if (fault)
		return fault;
	empty_after_reload(cache, generation);
	remember(cache, digest, generation, ret_identity);
	return TOKEN_GOOD;
}
