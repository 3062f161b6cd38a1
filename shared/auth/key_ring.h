/*
 * key_ring.h - the key sets of the trusted issuers (RFC 7517), each key bound to one algorithm.
 *
 * Key sets come from files or URLs (OpenID Connect discovery). A URL is fetched again every
 * refresh_seconds (by default an hour); a changed file is read again within 5 s. If that fails, the last
 * good set is kept. An empty set at start is an error.
 *
 * Lookups are served from memory; no caller ever waits for the network. For an unknown kid a file is
 * read again at once, and the issuer's own thread is asked to fetch a URL again, at most once a
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

/* The trusted issuers are in the JSON file named by ISSUERS_FILE; --print-config describes a row
 * (issuer_print.c). */
struct key_ring;

/* Returns owned, or NULL with a one-line reason in ret_reason (no secrets in it). */
CHECKED struct key_ring *key_ring_open(
	const char *issuers_file, char *ret_reason, size_t reason_size);
void key_ring_close(struct key_ring *ring);
/* Reloads all sets, each in its own thread. */
void key_ring_renew(struct key_ring *ring);
/* increases whenever a set changes: caches compare it */
uint64_t key_ring_generation(const struct key_ring *ring);

/* The issuer with exactly this name, borrowed for the life of the ring; NULL if not trusted. */
const struct issuer *key_ring_issuer(const struct key_ring *ring, const char *name);

/* Copies the key that this issuer publishes under kid; other issuers' keys are ignored.
 * *ret_generation is the ring's generation at that moment. */
CHECKED bool key_ring_find(struct key_ring *ring, const struct issuer *issuer, const char *kid,
	struct key *ret_key, uint64_t *ret_generation);

#endif
