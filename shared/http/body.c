#include "http/body.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define CALLERS_MOST    4096 /* callers with bodies at the same time; a power of two */
#define AT_WORK_MOST    2    /* large bodies mapped at the same time */
#define TURN_MS         1500 /* longest wait for a turn to be mapped */
#define MEMORY_FRACTION 4
#define SPOOL_FRACTION  2
#define RECODE_BYTES    8192 /* on the stack, per step */

struct share {
	uint64_t caller;
	size_t memory, spool; /* both 0: the slot is free */
};

struct body_budget {
	size_t memory_most, spool_most;
	const char *folder;

	pthread_mutex_t lock; /* guards what follows; never held over I/O */
	pthread_cond_t turn;
	size_t memory, spool;
	int at_work;
	struct share shares[CALLERS_MOST]; /* by linear probing; a slot keeps its caller */
};

struct body_budget *body_budget_new(size_t memory, size_t spool, const char *folder)
{
	struct body_budget *b = calloc(1, sizeof *b);
	pthread_condattr_t monotonic;
	if (!b)
		return NULL;
	b->memory_most = memory;
	b->spool_most = spool;
	b->folder = folder;
	pthread_mutex_init(&b->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&b->turn, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return b;
}

void body_budget_free(struct body_budget *b)
{
	if (!b)
		return;
	pthread_cond_destroy(&b->turn);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

size_t body_budget_held(struct body_budget *b)
{
	pthread_mutex_lock(&b->lock);
	size_t held = b->memory + b->spool;
	pthread_mutex_unlock(&b->lock);
	return held;
}

/* The caller's slot, or a free one; NULL: no slot nearby is free. */
static struct share *find_share(struct body_budget *b, uint64_t caller)
{
	struct share *free_one = NULL;
	for (size_t i = 0; i < 64; i++) {
		struct share *s = &b->shares[(caller + i) % CALLERS_MOST];
		bool is_free = s->memory == 0 && s->spool == 0;
		if (!is_free && s->caller == caller)
			return s;
		if (is_free && !free_one)
			free_one = s;
	}
	if (free_one)
		free_one->caller = caller;
	return free_one;
}

static enum body_outcome take(
	struct body_budget *b, uint64_t caller, size_t len, size_t *all, size_t most, bool spool)
{
	struct share *s = find_share(b, caller);
	size_t *mine = s ? (spool ? &s->spool : &s->memory) : NULL;
	if (!s || *all + len > most)
		return BODY_CROWDED;
	if (*mine + len > most / (spool ? SPOOL_FRACTION : MEMORY_FRACTION))
		return BODY_GREEDY;
	*all += len;
	*mine += len;
	return BODY_TAKEN;
}

/* Counts `len` more bytes towards the body. */
static enum body_outcome hold(struct body *body, size_t len)
{
	struct body_budget *b = body->budget;
	bool spool = body->most > BODY_SMALL;
	pthread_mutex_lock(&b->lock);
	enum body_outcome outcome = take(b, body->caller, len, spool ? &b->spool : &b->memory,
		spool ? b->spool_most : b->memory_most, spool);
	pthread_mutex_unlock(&b->lock);
	if (outcome == BODY_TAKEN)
		body->held += len;
	return outcome;
}

static void let_go(struct body *body)
{
	struct body_budget *b = body->budget;
	bool spool = body->most > BODY_SMALL;
	pthread_mutex_lock(&b->lock);
	if (body->held > 0) {
		struct share *s = find_share(b, body->caller);
		*(spool ? &b->spool : &b->memory) -= body->held;
		if (s)
			*(spool ? &s->spool : &s->memory) -= body->held;
	}
	if (body->at_work) {
		b->at_work--;
		pthread_cond_signal(&b->turn);
	}
	pthread_mutex_unlock(&b->lock);
}

void body_release(struct body *body)
{
	if (!body->budget)
		return;
	recoder_release(&body->recoder);
	if (body->file >= 0) {
		if (body->data)
			munmap(body->data, body->length + 1);
		close(body->file);
	} else {
		free(body->data);
	}
	let_go(body);
	*body = (struct body){ .file = -1 };
}

static enum body_outcome give_up(struct body *body, enum body_outcome outcome)
{
	body_release(body);
	return outcome;
}

/* Creates a file without a name: it disappears with its descriptor, even if the process dies. */
static int open_unnamed(const char *folder)
{
	char name[256];
	int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return file;
	snprintf(name, sizeof name, "%s/upward-XXXXXX", folder); /* no O_TMPFILE here */
	file = mkostemp(name, O_CLOEXEC);
	if (file >= 0)
		unlink(name);
	return file;
}

bool body_budget_can_spool(const struct body_budget *b)
{
	int file = open_unnamed(b->folder);
	if (file >= 0)
		close(file);
	return file >= 0;
}

enum body_outcome body_begin(struct body *body, struct body_budget *budget, uint64_t caller,
	size_t most, int64_t announced)
{
	*body = (struct body){ .budget = budget, .caller = caller, .most = most, .file = -1 };
	if (announced >= 0 && (uint64_t)announced > most)
		return give_up(body, BODY_TOO_LARGE);
	if (most <= BODY_SMALL)
		return BODY_TAKEN;
	enum body_outcome outcome = hold(body, announced < 0 ? most : (size_t)announced);
	if (outcome != BODY_TAKEN)
		return give_up(body, outcome);
	body->file = open_unnamed(budget->folder);
	return body->file >= 0 ? BODY_TAKEN : give_up(body, BODY_FAILED);
}

static bool write_all(int file, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(file, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* Makes room for `len` more bytes and a NUL. The room doubles, so that many small pieces stay
 * cheap. */
static enum body_outcome make_room(struct body *body, size_t len)
{
	size_t wanted = body->length + len + 1;
	if (wanted <= body->room)
		return BODY_TAKEN;
	size_t room = body->room ? body->room * 2 : 1024;
	if (room < wanted)
		room = wanted;
	if (room > body->most + 1)
		room = body->most + 1;
	enum body_outcome outcome = hold(body, room - body->room);
	if (outcome != BODY_TAKEN)
		return outcome;
	char *longer = realloc(body->data, room);
	if (!longer)
		return BODY_FAILED;
	body->data = longer;
	body->room = room;
	return BODY_TAKEN;
}

void body_recode(struct body *body, enum charset charset)
{
	recoder_init(&body->recoder, charset);
}

/* Stores bytes in their final form. */
static enum body_outcome keep(struct body *body, const char *bytes, size_t len)
{
	enum body_outcome outcome = BODY_TAKEN;
	if (len > body->most - body->length)
		return BODY_TOO_LARGE;
	if (body->file < 0)
		outcome = make_room(body, len);
	else if (body->length + len > body->held) /* longer than announced, as UTF-8 */
		outcome = hold(body, body->length + len - body->held);
	if (outcome != BODY_TAKEN)
		return outcome;
	if (body->file < 0)
		memcpy(body->data + body->length, bytes, len);
	else if (!write_all(body->file, bytes, len))
		return BODY_FAILED;
	body->length += len;
	return BODY_TAKEN;
}

static enum body_outcome keep_recoded(
	struct body *body, enum recode_outcome outcome, const char *bytes, size_t len)
{
	if (outcome != RECODE_GOOD)
		return outcome == RECODE_MALFORMED ? BODY_MALFORMED : BODY_FAILED;
	return keep(body, bytes, len);
}

enum body_outcome body_add(struct body *body, const void *bytes, size_t len)
{
	__attribute__((uninitialized)) char text[RECODE_BYTES];
	enum body_outcome outcome = BODY_TAKEN;
	const char *at = bytes;
	if (body->recoder.charset == CHARSET_NONE)
		outcome = keep(body, at, len);
	else
		while (outcome == BODY_TAKEN && len > 0) {
			size_t made;
			enum recode_outcome recoded = recoder_next(
				&body->recoder, &at, &len, text, sizeof text, &made);
			outcome = keep_recoded(body, recoded, text, made);
		}
	return outcome == BODY_TAKEN ? BODY_TAKEN : give_up(body, outcome);
}

static enum body_outcome finish_recoding(struct body *body)
{
	char text[RECODER_ROOM];
	size_t made = 0;
	if (body->recoder.charset == CHARSET_NONE)
		return BODY_TAKEN;
	enum recode_outcome recoded = recoder_end(&body->recoder, text, sizeof text, &made);
	return keep_recoded(body, recoded, text, made);
}

static bool await_turn(struct body *body)
{
	struct body_budget *b = body->budget;
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += TURN_MS % 1000 * 1000000L;
	until.tv_sec += TURN_MS / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&b->lock);
	while (b->at_work >= AT_WORK_MOST)
		if (pthread_cond_timedwait(&b->turn, &b->lock, &until) != 0)
			break;
	body->at_work = b->at_work < AT_WORK_MOST;
	b->at_work += body->at_work;
	pthread_mutex_unlock(&b->lock);
	return body->at_work;
}

enum body_outcome body_end(struct body *body)
{
	enum body_outcome outcome = finish_recoding(body);
	if (outcome != BODY_TAKEN)
		return give_up(body, outcome);
	if (body->file < 0) {
		outcome = make_room(body, 0);
		if (outcome != BODY_TAKEN)
			return give_up(body, outcome);
		body->data[body->length] = '\0';
		return BODY_TAKEN;
	}
	if (!await_turn(body))
		return give_up(body, BODY_CROWDED);
	/* one more byte, a NUL, lies within the file, so that reading it is safe */
	if (ftruncate(body->file, (off_t)body->length + 1) < 0)
		return give_up(body, BODY_FAILED);
	void *data = mmap(NULL, body->length + 1, PROT_READ, MAP_SHARED, body->file, 0);
	if (data == MAP_FAILED)
		return give_up(body, BODY_FAILED);
	madvise(data, body->length + 1, MADV_SEQUENTIAL);
	body->data = data;
	return BODY_TAKEN;
}
