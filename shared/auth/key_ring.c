#include "auth/key_ring.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "auth/fetch.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "json/field.h"
#include "ops/log.h"

#define LOOK_SECONDS 1 /* how often a file is read again, and a URL considered for fetching */
#define SECOND_US    UINT64_C(1000000)
#define REFETCH_US   (60 * SECOND_US) /* after an unknown kid or a failure */

/* An issuer with the keys it published last. Each has its own thread, so a slow issuer delays no
 * other. */
struct source {
	struct issuer *issuer;
	struct key_ring *ring;
	pthread_mutex_t reading; /* one at a time, so that no older text replaces a newer */
	pthread_rwlock_t lock;   /* guards text and set; held only to copy or swap them */
	char *text;              /* the JWKS from which set was made */
	struct key_set *set;
	pthread_t thread;
	bool running;
	pthread_mutex_t mutex; /* guards wanted */
	pthread_cond_t wake;
	bool wanted;                       /* an unknown kid requires a fetch */
	_Atomic uint64_t tried_at, due_at; /* monotonic microseconds; URLs only */
	atomic_bool failing;               /* the last attempt failed: logged once */
};

struct key_ring {
	struct issuer_list issuers;
	atomic_bool stopping;
	_Atomic uint64_t generation;
	struct source sources[ISSUERS_MOST];
};

static bool read_file(const char *path, struct buf *out)
{
	owned_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	char piece[4096];
	ssize_t got;
	while ((got = read(fd, piece, sizeof piece)) != 0) {
		if (got > 0)
			buf_add(out, piece, (size_t)got);
		else if (errno != EINTR)
			return false;
	}
	return buf_ok(out);
}

/* The URL of the JWKS from the issuer's OpenID Connect configuration. Returns owned. */
static char *discover(struct source *s)
{
	struct buf b = BUF_INIT(KEY_SET_BYTES);
	owned(faults_release) struct faults faults = { 0 };
	json_t *said = NULL;
	char *address = NULL;
	if (fetch_text(s->issuer->location, &s->ring->stopping, &b) && b.len)
		said = field_parse(b.data, b.len, &faults);
	const char *name = json_string_value(json_object_get(said, "issuer"));
	const char *uri = json_string_value(json_object_get(said, "jwks_uri"));
	if (name && uri && str_equal(name, s->issuer->name))
		address = str_copy(uri);
	json_decref(said);
	buf_release(&b);
	return address;
}

static bool read_source(struct source *s, struct buf *out)
{
	if (s->issuer->source == ISSUER_FILE)
		return read_file(s->issuer->location, out);
	if (s->issuer->source == ISSUER_URL)
		return fetch_text(s->issuer->location, &s->ring->stopping, out);
	owned_text char *address = discover(s);
	return address && fetch_text(address, &s->ring->stopping, out);
}

static bool same_text(struct source *s, const char *text)
{
	pthread_rwlock_rdlock(&s->lock);
	bool same = s->text && str_equal(s->text, text);
	pthread_rwlock_unlock(&s->lock);
	return same;
}

/* Takes ownership of text and set. */
static void install(struct source *s, char *text, struct key_set *set)
{
	pthread_rwlock_wrlock(&s->lock);
	char *old_text = s->text;
	struct key_set *old_set = s->set;
	s->text = text;
	s->set = set;
	atomic_fetch_add(&s->ring->generation, 1);
	pthread_rwlock_unlock(&s->lock);
	free(old_text);
	free(old_set);
}

/* Reads the keys again. If that fails, the last good set stays. */
static bool reload_alone(struct source *s, char *ret_reason, size_t reason_size)
{
	struct buf b = BUF_INIT(KEY_SET_BYTES);
	owned_text char *text = NULL;
	bool read = read_source(s, &b);
	size_t length = b.len;
	if (read)
		text = buf_take(&b);
	buf_release(&b);
	if (!text) {
		snprintf(ret_reason, reason_size, "cannot be read");
		return false;
	}
	if (same_text(s, text))
		return true;
	struct key_set *set = key_set_parse(text, length, ret_reason, reason_size);
	if (!set)
		return false;
	install(s, TAKE(text), set);
	return true;
}

/* Request threads call this only for a file; a URL is fetched by the issuer's own thread. */
static bool reload(struct source *s, char *ret_reason, size_t reason_size)
{
	pthread_mutex_lock(&s->reading);
	bool good = reload_alone(s, ret_reason, reason_size);
	pthread_mutex_unlock(&s->reading);
	return good;
}

static void reload_and_tell(struct source *s)
{
	char reason[160] = "";
	bool good = reload(s, reason, sizeof reason);
	if (atomic_load(&s->ring->stopping))
		return;
	if (good != atomic_exchange(&s->failing, !good))
		return;
	int64_t number = s->issuer - s->ring->issuers.items;
	if (good)
		log_info("keys_read_again", LOG_NUMBER(LOG_ISSUER_NUMBER, number));
	else
		log_warning("keys_not_read", LOG_NUMBER(LOG_ISSUER_NUMBER, number),
			LOG_TEXT(LOG_REASON, &reason[0]));
}

static bool due(struct source *s)
{
	if (s->issuer->source == ISSUER_FILE)
		return true;
	uint64_t now = clock_monotonic_us();
	bool asked = s->wanted && now - atomic_load(&s->tried_at) >= REFETCH_US;
	s->wanted = false;
	return asked || now >= atomic_load(&s->due_at);
}

static void tried(struct source *s, bool good)
{
	uint64_t now = clock_monotonic_us(),
		 pause = (uint64_t)s->issuer->refresh_seconds * SECOND_US;
	if (!good && pause > REFETCH_US)
		pause = REFETCH_US;
	atomic_store(&s->tried_at, now);
	atomic_store(&s->due_at, now + pause);
}

static void *source_run(void *argument)
{
	struct source *s = argument;
	pthread_mutex_lock(&s->mutex);
	while (!atomic_load(&s->ring->stopping)) {
		if (due(s)) {
			pthread_mutex_unlock(&s->mutex);
			tried(s, false);
			reload_and_tell(s);
			tried(s, !atomic_load(&s->failing));
			pthread_mutex_lock(&s->mutex);
			if (atomic_load(&s->ring->stopping))
				break;
		}
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += LOOK_SECONDS;
		pthread_cond_timedwait(&s->wake, &s->mutex, &until);
	}
	pthread_mutex_unlock(&s->mutex);
	return NULL;
}

static void source_init(struct source *s, struct key_ring *ring, struct issuer *issuer)
{
	pthread_condattr_t attributes;
	s->ring = ring;
	s->issuer = issuer;
	pthread_mutex_init(&s->reading, NULL);
	pthread_rwlock_init(&s->lock, NULL);
	pthread_mutex_init(&s->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&s->wake, &attributes);
	pthread_condattr_destroy(&attributes);
}

static void source_wake(struct source *s)
{
	pthread_mutex_lock(&s->mutex);
	s->wanted = true;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->mutex);
}

static void source_release(struct source *s)
{
	if (s->running)
		pthread_join(s->thread, NULL);
	free(s->text);
	free(s->set);
	pthread_mutex_destroy(&s->reading);
	pthread_rwlock_destroy(&s->lock);
	pthread_mutex_destroy(&s->mutex);
	pthread_cond_destroy(&s->wake);
}

struct key_ring *key_ring_open(const char *issuers_file, char *ret_reason, size_t reason_size)
{
	struct key_ring *ring = calloc(1, sizeof *ring);
	if (!ring || !issuer_list_read(issuers_file, &ring->issuers, ret_reason, reason_size)) {
		if (!ring)
			snprintf(ret_reason, reason_size, "no memory");
		free(ring);
		return NULL;
	}
	char reason[160] = "";
	size_t i;
	for (i = 0; i < ring->issuers.count; i++)
		source_init(&ring->sources[i], ring, &ring->issuers.items[i]);
	for (i = 0; i < ring->issuers.count; i++) {
		struct source *s = &ring->sources[i];
		bool good = reload(s, reason, sizeof reason);
		tried(s, good);
		if (good) {
			snprintf(reason, sizeof reason, "no thread to watch them");
			s->running = pthread_create(&s->thread, NULL, source_run, s) == 0;
		}
		if (!s->running)
			break;
	}
	if (i == ring->issuers.count)
		return ring;
	snprintf(ret_reason, reason_size, "ISSUERS_FILE: keys of issuer %s: %s",
		ring->issuers.items[i].name, reason);
	key_ring_close(ring);
	return NULL;
}

void key_ring_close(struct key_ring *ring)
{
	if (!ring)
		return;
	atomic_store(&ring->stopping, true);
	for (size_t i = 0; i < ring->issuers.count; i++)
		source_wake(&ring->sources[i]);
	for (size_t i = 0; i < ring->issuers.count; i++)
		source_release(&ring->sources[i]);
	issuer_list_release(&ring->issuers);
	free(ring);
}

void key_ring_renew(struct key_ring *ring)
{
	for (size_t i = 0; i < ring->issuers.count; i++) {
		atomic_store(&ring->sources[i].due_at, 0);
		source_wake(&ring->sources[i]);
	}
}

uint64_t key_ring_generation(const struct key_ring *ring)
{
	return atomic_load_explicit(&ring->generation, memory_order_acquire);
}

const struct issuer *key_ring_issuer(const struct key_ring *ring, const char *name)
{
	for (size_t i = 0; i < ring->issuers.count; i++)
		if (str_equal(ring->issuers.items[i].name, name))
			return &ring->issuers.items[i];
	return NULL;
}

static bool copy_key(
	struct source *s, const char *kid, struct key *ret_key, uint64_t *ret_generation)
{
	pthread_rwlock_rdlock(&s->lock);
	const struct key *key = key_set_find(s->set, kid);
	if (key) {
		*ret_key = *key;
		*ret_generation = atomic_load(&s->ring->generation);
	}
	pthread_rwlock_unlock(&s->lock);
	return key != NULL;
}

bool key_ring_find(struct key_ring *ring, const struct issuer *issuer, const char *kid,
	struct key *ret_key, uint64_t *ret_generation)
{
	struct source *s = &ring->sources[issuer - ring->issuers.items];
	if (copy_key(s, kid, ret_key, ret_generation))
		return true;
	if (issuer->source != ISSUER_FILE) {
		if (clock_monotonic_us() - atomic_load(&s->tried_at) >= REFETCH_US)
			source_wake(s);
		return false;
	}
	reload_and_tell(s);
	return copy_key(s, kid, ret_key, ret_generation);
}
