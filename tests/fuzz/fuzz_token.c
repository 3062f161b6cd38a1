/*
 * A token's bytes, from the Authorization header down to key sets. The first byte chooses the part.
 * Laws: nobody holds the private key, so no header is taken whose header and claims are not those
 * that were signed once; what the tables take is whole, in time, and of this issuer; a key set has
 * distinct public keys or none.
 */
#include "auth/claims.h"
#include "auth/token.h"
#include "auth/key_ring.h"
#include "base/clock.h"
#include "base/str.h"
#include "fuzz/fuzz.h"
#include "json/field.h"
#include "ops/log.h"

#define NOW    1800000000
#define LIFE   86400
#define ISSUER "https://id.example"

static const char jwks[] = "{\"keys\":["
			   "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
			   "\"tQuD_wEkh4tqMATLESJ0Ome9-LEHf5s-an1ot5z7CkQ\",\"y\":"
			   "\"G3bP-RM6qYe-EFxy-RT76eIpt-D7_4eJI-cPomboNss\",\"kid\":\"k\"}"
			   "]}";
static const char issuers[] = "[{\"issuer\":\"" ISSUER "\",\"audience\":\"upward\","
			      "\"jwks_file\":\"jwks.json\",\"role_claims\":[\"roles\",\"a.b\"],"
			      "\"roles\":{\"a\":\"admin\",\"h\":\"hris\"}}]";
/* header.claims that the key has signed, and the signature: taken, or nothing here means much */
static const char signed_once[] =
	"eyJhbGciOiJFUzI1NiIsImtpZCI6ImsiLCJ0eXAiOiJhdCtqd3QifQ.eyJpc3MiOiJodHRwczovL"
	"2lkLmV4YW1wbGUiLCJzdWIiOiJtaXJhIiwiYXVkIjoidXB3YXJkIiwiaWF0IjoxNzk5OTk5MDAwL"
	"jI1LCJleHAiOjE4MDAwMDkwMDAsInJvbGVzIjpbImEiXX0";
static const char signature[] =
	"nefAwiwvqxgqUHcnXMvgO9-1LoOn3NvuEVjGJ26XvfmehXFxgq2G0puK7Kc0fXaozLdcr9uvbhbw0lvIYr8tnA";

static struct key_ring *ring;
static struct token_cache *cache;

static void put(const char *dir, const char *name, const char *text, char ret_path[256])
{
	snprintf(ret_path, 256, "%s/%s", dir, name);
	FILE *f = fopen(ret_path, "w");
	LAW(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void check_identity(const struct identity *who)
{
	LAW(str_equal(who->issuer, ISSUER));
	LAW(who->subject[0] && strlen(who->subject) < sizeof who->subject);
	LAW(str_equal(who->person_key, who->subject));
	LAW(str_equal(who->key_kind, "user_name"));
	LAW(who->expires_at > NOW - CLAIMS_LEEWAY);
	LAW((who->roles & ~(unsigned)(ROLE_ADMIN | ROLE_HRIS)) == 0);
}

static void open_once(void)
{
	char dir[] = "/tmp/upward-fuzz-XXXXXX", keys[256], list[256], reason[256];
	char good[sizeof signed_once + sizeof signature + 16];
	struct identity who;
	if (ring)
		return;
	clock_set_for_test(NOW);
	log_open("fuzz", LOG_LEVEL_ERROR);
	LAW(mkdtemp(dir));
	put(dir, "jwks.json", jwks, keys);
	put(dir, "issuers.json", issuers, list);
	ring = key_ring_open(list, reason, sizeof reason);
	cache = token_cache_new(LIFE);
	LAW(ring && cache);
	snprintf(good, sizeof good, "Bearer %s.%s", signed_once, signature);
	LAW(token_verify(cache, ring, good, &who) == TOKEN_GOOD);
	check_identity(&who);
	unlink(keys);
	unlink(list);
	rmdir(dir);
}

static void try_header(const char *text)
{
	struct identity who;
	if (token_verify(cache, ring, text, &who) != TOKEN_GOOD)
		return;
	check_identity(&who);
	LAW(strncmp(text + strlen("Bearer "), signed_once, strlen(signed_once)) == 0);
}

static void try_protected_header(const json_t *header)
{
	struct token_header head;
	if (claims_header(header, &head) != TOKEN_GOOD)
		return;
	LAW(head.alg < KEY_ALGS);
	LAW(head.kid[0] && strlen(head.kid) < sizeof head.kid);
	LAW(!json_object_get(header, "crit") && !json_object_get(header, "jku"));
}

static void try_claims(const json_t *claims)
{
	struct identity who;
	if (claims_read(key_ring_issuer(ring, ISSUER), claims, NOW, LIFE, &who) != TOKEN_GOOD)
		return;
	check_identity(&who);
	LAW(json_is_number(json_object_get(claims, "exp")));
	LAW(who.issued_at <= who.expires_at && who.expires_at <= who.issued_at + LIFE + 1);
}

static void try_key_set(const char *text, size_t size)
{
	char reason[128] = "";
	struct key_set *set = key_set_parse(text, size, reason, sizeof reason);
	LAW((set == NULL) == (reason[0] != 0));
	for (size_t i = 0; set && i < set->count; i++) {
		const struct key *key = &set->keys[i];
		LAW(key->alg < KEY_ALGS && key->kid[0]);
		LAW(key_set_find(set, key->kid) == key);
		LAW(key->pem_length <= sizeof key->pem);
		LAW(memcmp(key->pem, "-----BEGIN PUBLIC KEY-----", 26) == 0);
	}
	LAW(!set || set->count);
	free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(faults_release) struct faults faults = { 0 };
	open_once();
	if (size == 0)
		return 0;
	char *text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = 0;
	json_t *object = field_parse(text, size - 1, &faults);
	switch (data[0]) {
	case 'c':
		try_claims(object);
		break;
	case 'h':
		try_protected_header(object);
		break;
	case 'k':
		try_key_set(text, size - 1);
		break;
	case 'p':
		json_decref(claims_part(text));
		break;
	default:
		try_header(text);
	}
	json_decref(object);
	free(text);
	return 0;
}
