/*
 * siphash.h - SipHash-2-4-128 (Aumasson and Bernstein 2012).
 */
#ifndef UPWARD_BASE_SIPHASH_H
#define UPWARD_BASE_SIPHASH_H

#include <stddef.h>

/* A short keyed digest at a sixth of the cost of SHA-256. Without the key nobody can find two texts
 * with the same digest, or a text for a digest. For tables in memory, with a key made at start. */
#define SIPHASH_BYTES 16
void hash_sip(const unsigned char key[SIPHASH_BYTES], const void *bytes, size_t len,
	unsigned char ret_hash[SIPHASH_BYTES]);

#endif
