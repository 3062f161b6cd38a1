/*
 * cache.h - caches small facts for a short time: verified tokens, and the people behind them.
 *
 * Bounded: each shard holds its part of the maximum; expired entries are evicted first, then the
 * oldest. Every entry has a stamp; a lookup with another stamp finds nothing. Readers share a shard's
 * lock, and a lookup allocates nothing. Thread-safe.
 */
#ifndef UPWARD_AUTH_CACHE_H
#define UPWARD_AUTH_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

struct cache;

/* Returns owned, or NULL if out of memory. */
CHECKED struct cache *cache_new(size_t most);
void cache_free(struct cache *cache);

/* Copies the fact, at most size bytes, if it exists, has this stamp and has not expired. Times are
 * monotonic microseconds. */
CHECKED bool cache_get(struct cache *cache, const void *key, size_t key_length, uint64_t stamp,
	uint64_t now_us, void *ret_fact, size_t size);

/* Stores a copy until expires_us, replacing an older one. Stores nothing if out of memory. */
void cache_put(struct cache *cache, const void *key, size_t key_length, uint64_t stamp,
	uint64_t now_us, uint64_t expires_us, const void *fact, size_t length);

void cache_clear(struct cache *cache);
size_t cache_count(struct cache *cache);

#endif
