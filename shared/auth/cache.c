#include "auth/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include "base/random.h"

#define SHARDS 64 /* a power of two */

struct entry {
	LIST_ENTRY(entry) same_bucket;
	TAILQ_ENTRY(entry) by_age;
	uint64_t hash, stamp, expires_us;
	size_t key_length, length;
	unsigned char bytes[]; /* key, then fact */
};

LIST_HEAD(bucket, entry);
TAILQ_HEAD(ages, entry);

struct shard {
	pthread_rwlock_t lock; /* guards all below */
	struct bucket *buckets;
	struct ages ages; /* oldest first */
	size_t count;
} __attribute__((aligned(64)));

struct cache {
	uint64_t seed;
	size_t most, bucket_mask; /* of one shard */
	struct shard shards[SHARDS];
};

/* Hashes eight bytes at a time, mixing each word into all bits (SplitMix64's mixer). */
static uint64_t hash_of(const struct cache *cache, const unsigned char *key, size_t length)
{
	uint64_t hash = cache->seed + length;
	while (length) {
		uint64_t word = 0;
		size_t step = length < sizeof word ? length : sizeof word;
		memcpy(&word, key, step);
		hash ^= word;
		hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
		hash ^= hash >> 31;
		key += step;
		length -= step;
	}
	return hash;
}

static size_t buckets_for(size_t most)
{
	size_t buckets = 1;
	while (buckets < most)
		buckets *= 2;
	return buckets;
}

struct cache *cache_new(size_t most)
{
	struct cache *cache = aligned_alloc(64, sizeof *cache);
	if (!cache)
		return NULL;
	memset(cache, 0, sizeof *cache);
	random_bytes(&cache->seed, sizeof cache->seed);
	cache->most = (most + SHARDS - 1) / SHARDS;
	cache->bucket_mask = buckets_for(cache->most) - 1;
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *s = &cache->shards[i];
		pthread_rwlock_init(&s->lock, NULL);
		TAILQ_INIT(&s->ages);
	}
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *s = &cache->shards[i];
		s->buckets = calloc(cache->bucket_mask + 1, sizeof *s->buckets);
		if (!s->buckets) {
			cache_free(cache);
			return NULL;
		}
	}
	return cache;
}

static void forget(struct shard *s, struct entry *e)
{
	LIST_REMOVE(e, same_bucket);
	TAILQ_REMOVE(&s->ages, e, by_age);
	s->count--;
	free(e);
}

void cache_clear(struct cache *cache)
{
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *s = &cache->shards[i];
		pthread_rwlock_wrlock(&s->lock);
		while (!TAILQ_EMPTY(&s->ages))
			forget(s, TAILQ_FIRST(&s->ages));
		pthread_rwlock_unlock(&s->lock);
	}
}

void cache_free(struct cache *cache)
{
	if (!cache)
		return;
	cache_clear(cache);
	for (size_t i = 0; i < SHARDS; i++) {
		free(cache->shards[i].buckets);
		pthread_rwlock_destroy(&cache->shards[i].lock);
	}
	free(cache);
}

static struct shard *shard_of(struct cache *cache, uint64_t hash)
{
	return &cache->shards[(hash >> 48) & (SHARDS - 1)];
}

static struct entry *find(const struct cache *cache, struct shard *s, uint64_t hash,
	const void *key, size_t key_length)
{
	struct entry *e;
	LIST_FOREACH(e, &s->buckets[hash & cache->bucket_mask], same_bucket)
	if (e->hash == hash && e->key_length == key_length &&
		memcmp(e->bytes, key, key_length) == 0)
		return e;
	return NULL;
}

bool cache_get(struct cache *cache, const void *key, size_t key_length, uint64_t stamp,
	uint64_t now_us, void *ret_fact, size_t size)
{
	uint64_t hash = hash_of(cache, key, key_length);
	struct shard *s = shard_of(cache, hash);
	pthread_rwlock_rdlock(&s->lock);
	const struct entry *e = find(cache, s, hash, key, key_length);
	bool there = e && e->stamp == stamp && now_us < e->expires_us;
	if (there)
		memcpy(ret_fact, e->bytes + key_length, e->length < size ? e->length : size);
	pthread_rwlock_unlock(&s->lock);
	return there;
}

void cache_put(struct cache *cache, const void *key, size_t key_length, uint64_t stamp,
	uint64_t now_us, uint64_t expires_us, const void *fact, size_t length)
{
	struct entry *made = malloc(sizeof *made + key_length + length);
	if (!made)
		return;
	uint64_t hash = hash_of(cache, key, key_length);
	struct shard *s = shard_of(cache, hash);
	made->hash = hash;
	made->stamp = stamp;
	made->expires_us = expires_us;
	made->key_length = key_length;
	made->length = length;
	memcpy(made->bytes, key, key_length);
	memcpy(made->bytes + key_length, fact, length);
	pthread_rwlock_wrlock(&s->lock);
	struct entry *old = find(cache, s, hash, key, key_length);
	if (old)
		forget(s, old);
	struct entry *eldest;
	while ((eldest = TAILQ_FIRST(&s->ages)) &&
		(s->count >= cache->most || eldest->expires_us <= now_us))
		forget(s, eldest);
	LIST_INSERT_HEAD(&s->buckets[hash & cache->bucket_mask], made, same_bucket);
	TAILQ_INSERT_TAIL(&s->ages, made, by_age);
	s->count++;
	pthread_rwlock_unlock(&s->lock);
}

size_t cache_count(struct cache *cache)
{
	size_t count = 0;
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *s = &cache->shards[i];
		pthread_rwlock_rdlock(&s->lock);
		count += s->count;
		pthread_rwlock_unlock(&s->lock);
	}
	return count;
}
