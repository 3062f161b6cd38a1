/*
 * token.h - verification of bearer tokens (RFC 7515, 7519, 8725), in one place. Every refusal is
 * the same to the caller: 401 with one identical body.
 *
 * A verified token is cached by a digest under a key of this process alone (SipHash-2-4-128) until
 * min(exp, 60 s), emptied when keys are reloaded. The person behind it is looked up apart
 * (principal.h) and kept at most 4 s, so a deactivated person is refused within 5 s, cached or not.
 */
#ifndef UPWARD_AUTH_TOKEN_H
#define UPWARD_AUTH_TOKEN_H

#include <stdint.h>
#include "auth/keys.h"
#include "auth/scope.h"

#define TOKEN_BYTES_MOST 4096

struct identity {
	char issuer[256];
	char subject[256];    /* the token's sub */
	char person_key[256]; /* value of the issuer's PERSON_CLAIM, "" when absent */
	char key_kind[16];    /* user_name, external_id or email: what person_key is matched with */
	unsigned roles;       /* from the issuer's role claims by its mapping */
	int64_t expires_at;   /* Unix seconds */
};

struct token_cache;
CHECKED struct token_cache *token_cache_new(void);
void token_cache_free(struct token_cache *cache);

/* Verifies "Bearer x.y.z" (the whole header value). true and *ret_identity, or false: one cause is
 * as good as another. */
CHECKED bool token_verify(struct token_cache *cache, struct key_ring *keys, const char *header,
	struct identity *ret_identity);

#endif
