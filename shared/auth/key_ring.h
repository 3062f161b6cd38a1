/*
 * key_ring.h - the key sets of the trusted issuers (RFC 7517), each key bound to one algorithm. Several
 * issuers, from files or URLs (OpenID Connect discovery), refreshed hourly, at most one refetch a
 * minute on an unknown kid; the last good set is kept. A file is re-read within 5 s of its change.
 * An empty set at start is an error.
 *
 * Answers come from memory; no caller ever waits for the network. A kid that is not there has a file
 * read again at once, and asks the issuer's own thread to fetch an address again, at most once a
 * minute.
 */
#ifndef UPWARD_AUTH_KEY_RING_H
#define UPWARD_AUTH_KEY_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "auth/issuer.h"
#include "auth/key_set.h"
#include "base/cleanup.h"

/* The trusted issuers stand in the JSON file that ISSUERS_FILE names: an array of
 * {"issuer", "audience", one of "jwks_file" | "jwks_url" | "discovery": true,
 *  "person_claim" (default sub), "person_key" (user_name | external_id | email),
 *  "role_claims": ["roles", "groups", "realm_access.roles"], "roles": {"claim value": "role"}}. */
struct key_ring;

/* Returns owned, or NULL with a one-line reason in ret_reason (no secrets in it). */
CHECKED struct key_ring *key_ring_open(
	const char *issuers_file, char *ret_reason, size_t reason_size);
void key_ring_close(struct key_ring *ring);
/* Has all sets read or fetched anew, each by its own thread. */
void key_ring_renew(struct key_ring *ring);
/* rises whenever any set changed: caches compare it */
uint64_t key_ring_generation(const struct key_ring *ring);

/* The issuer of exactly this name, borrowed for the life of the ring; NULL when not trusted. */
const struct issuer *key_ring_issuer(const struct key_ring *ring, const char *name);

/* Copies the key that this issuer publishes under kid; keys of other issuers are not looked at.
 * *ret_generation is the ring's at that moment. */
CHECKED bool key_ring_find(struct key_ring *ring, const struct issuer *issuer, const char *kid,
	struct key *ret_key, uint64_t *ret_generation);

#endif
