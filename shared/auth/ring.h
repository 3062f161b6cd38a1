/*
 * ring.h - what token.c asks of a key ring. Answers come from memory; no caller ever waits for the
 * network. A kid that is not there has a file read again at once, and asks the issuer's own thread
 * to fetch an address again, at most once a minute.
 */
#ifndef UPWARD_AUTH_RING_H
#define UPWARD_AUTH_RING_H

#include "auth/issuer.h"
#include "auth/key_set.h"
#include "auth/keys.h"

/* The issuer of exactly this name, borrowed for the life of the ring; NULL when not trusted. */
const struct issuer *key_ring_issuer(const struct key_ring *ring, const char *name);

/* Copies the key that this issuer publishes under kid; keys of other issuers are not looked at.
 * *ret_generation is the ring's at that moment. */
CHECKED bool key_ring_find(struct key_ring *ring, const struct issuer *issuer, const char *kid,
	struct key *ret_key, uint64_t *ret_generation);

#endif
