/*
 * token.h - verification of bearer tokens (RFC 7515, 7519, 8725, 9068), in one place. Every refusal
 * has the same status and body, 401. Why is in the log line, as one of the codes below; once the
 * signature is good the caller is told too, in WWW-Authenticate (RFC 6750 section 3), since only
 * the issuer can have made such a token.
 *
 * A verified token is cached by a digest under a key of this process alone (SipHash-2-4-128) until
 * min(exp, 60 s), emptied when keys are reloaded. The person behind it is looked up apart
 * (principal.h) and kept at most 4 s, so a deactivated person is refused within 5 s, cached or not.
 */
#ifndef UPWARD_AUTH_TOKEN_H
#define UPWARD_AUTH_TOKEN_H

#include <stdint.h>
#include "auth/identity.h"
#include "auth/key_ring.h"

#define TOKEN_BYTES_MOST 15360 /* a head has 16 KiB, of which a request needs some */

struct token_fault_text {
	const char *code;      /* for the log */
	const char *challenge; /* the value of WWW-Authenticate */
};
extern const struct token_fault_text token_fault_texts[TOKEN_FAULTS];

struct token_cache;
/* life_most: the longest life of a token, exp - iat, in seconds. */
CHECKED struct token_cache *token_cache_new(int life_most);
void token_cache_free(struct token_cache *cache);

/* Verifies "Bearer x.y.z" (the whole header value). TOKEN_GOOD and *ret_identity, or what is wrong.
 */
CHECKED enum token_fault token_verify(struct token_cache *cache, struct key_ring *keys,
	const char *header, struct identity *ret_identity);

#endif
