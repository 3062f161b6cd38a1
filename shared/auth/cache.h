/*
 * cache.h - small facts kept for a short while: verified tokens, and the people behind them.
 *
 * Bounded: each of the shards holds its part of the most; the expired and then the oldest make
 * room. Every entry bears a stamp; a fact asked for under another stamp is not there. Readers share
 * a shard's lock and nothing is allocated to find a fact. Thread-safe.
 */
#ifndef UPWARD_AUTH_CACHE_H
#define UPWARD_AUTH_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

struct cache;

/* Returns owned, or NULL when memory is refused. */
CHECKED struct cache *cache_new(size_t most);
void cache_free(struct cache *cache);

/* Copies the fact, at most size bytes of it, when it is there, bears the stamp and lives. Times are
 * monotonic microseconds. */
CHECKED bool cache_get(struct cache *cache, const void *key, size_t key_length, uint64_t stamp,
	uint64_t now_us, void *ret_fact, size_t size);

/* Keeps a copy until expires_us, in the place of an older one. Forgets when memory is refused. */
void cache_put(struct cache *cache, const void *key, size_t key_length, uint64_t stamp,
	uint64_t now_us, uint64_t expires_us, const void *fact, size_t length);

void cache_clear(struct cache *cache);
size_t cache_count(struct cache *cache);

#endif
