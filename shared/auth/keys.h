/*
 * keys.h - the key sets of the trusted issuers (RFC 7517), each key bound to one algorithm. Several
 * issuers, from files or URLs (OpenID Connect discovery), refreshed hourly, at most one refetch a
 * minute on an unknown kid; the last good set is kept. A file is re-read within 5 s of its change.
 * An empty set at start is an error.
 */
#ifndef UPWARD_AUTH_KEYS_H
#define UPWARD_AUTH_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

/* One trusted issuer, from the JSON file that ISSUERS_FILE names: an array of
 * {"issuer", "audience", one of "jwks_file" | "jwks_url" | "discovery": true,
 *  "person_claim" (default sub), "person_key" (user_name | external_id | email),
 *  "role_claims": ["roles", "groups", "realm_access.roles"], "roles": {"claim value": "role"}}. */
struct issuer;
struct key_ring;

/* Returns owned, or NULL with a one-line reason in ret_reason (no secrets in it). */
CHECKED struct key_ring *key_ring_open(
	const char *issuers_file, char *ret_reason, size_t reason_size);
void key_ring_close(struct key_ring *ring);
/* Has all sets read or fetched anew, each by its own thread. */
void key_ring_renew(struct key_ring *ring);
/* rises whenever any set changed: caches compare it */
uint64_t key_ring_generation(const struct key_ring *ring);

#endif
