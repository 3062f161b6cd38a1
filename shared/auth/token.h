/*
 * token.h - verification of bearer tokens (RFC 7515, 7519, 8725, 9068), in one place. Every refusal
 * has the same status and body, 401. The reason is in the log line, as one of the codes below; if the
 * signature is valid the caller is told too, in WWW-Authenticate (RFC 6750 section 3), because only
 * the issuer can have created such a token.
 *
 * A verified token is cached until min(exp, 60 s), by a digest (SipHash-2-4-128) with a key known only
 * to this process; the cache is cleared when keys are reloaded. The person behind the token is looked
 * up separately (principal.h) and cached for at most 4 s, so a deactivated person is refused within
 * 5 s, cached or not.
 */
#ifndef UPWARD_AUTH_TOKEN_H
#define UPWARD_AUTH_TOKEN_H

#include <stdint.h>
#include "auth/identity.h"
#include "auth/key_ring.h"

#define TOKEN_BYTES_MOST 15360 /* headers have 16 KiB in total, and a request needs others too */

struct token_fault_text {
	const char *code;      /* for the log */
	const char *challenge; /* the value of WWW-Authenticate */
};
extern const struct token_fault_text token_fault_texts[TOKEN_FAULTS];

struct token_cache;
/* life_most: maximum lifetime of a token, exp - iat, in seconds. */
CHECKED struct token_cache *token_cache_new(int life_most);
void token_cache_free(struct token_cache *cache);

/* Verifies "Bearer x.y.z" (the whole header value). TOKEN_GOOD and *ret_identity, or the reason. */
CHECKED enum token_fault token_verify(struct token_cache *cache, struct key_ring *keys,
	const char *header, struct identity *ret_identity);

#endif
