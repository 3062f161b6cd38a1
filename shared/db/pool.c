#include "db/pool.h"
#include "db/wake.h"

/* If no connection is live, threads wait out a short outage (a backend restart) but not a long
 * one. */
#define OUTAGE_US 500000
#define LOOK_US   250000 /* how often waiting threads check this */

/* On the stack of the thread that waits. */
struct waiter {
	struct wake wake;
	struct connection *given;
	struct waiter *next, *before;
};

void pool_init(struct pool *p, int size, const struct pool_line *line)
{
	p->size = size < 1 ? 1 : size > POOL_MOST ? POOL_MOST : size;
	p->line = *line;
	pthread_mutex_init(&p->lock, NULL);
	for (int i = 0; i < p->size; i++) {
		p->items[i].source = &p->source;
		p->items[i].next = p->away;
		p->away = &p->items[i];
	}
}

void pool_release(struct pool *p)
{
	for (int i = 0; i < p->size; i++)
		connection_close(&p->items[i]);
	source_release(&p->source);
	pthread_mutex_destroy(&p->lock);
}

static void line_up(struct pool *p, struct waiter *w)
{
	w->next = NULL;
	w->before = p->tail;
	if (p->tail)
		p->tail->next = w;
	else
		p->head = w;
	p->tail = w;
	p->waiting++;
}

static void leave_line(struct pool *p, struct waiter *w)
{
	if (w->before)
		w->before->next = w->next;
	else
		p->head = w->next;
	if (w->next)
		w->next->before = w->before;
	else
		p->tail = w->before;
	p->waiting--;
}

static struct connection *pop_idle(struct pool *p)
{
	struct connection *c = p->idle;

	if (c) {
		p->idle = c->next;
		p->idle_count--;
	}
	return c;
}

static bool is_mute(const struct pool *p)
{
	return p->source.mute && server_is_mute(p->source.mute);
}

/* Waits in the queue and checks from time to time: if no connection has been live for half a
 * second, or the server is mute, waiting is pointless. */
static struct connection *await_turn(struct pool *p, struct waiter *w, uint64_t deadline_us)
{
	bool waits = true;
	uint64_t lived = clock_monotonic_us();

	while (waits) {
		uint64_t look = clock_monotonic_us() + LOOK_US;

		if (wake_wait(&w->wake, look < deadline_us ? look : deadline_us) > 0)
			return w->given;
		pthread_mutex_lock(&p->lock);
		uint64_t now = clock_monotonic_us();
		if (p->live > 0)
			lived = now;
		waits = now < deadline_us && now < lived + OUTAGE_US && !is_mute(p);
		if (!w->given && !waits)
			leave_line(p, w);
		waits = waits && !w->given;
		pthread_mutex_unlock(&p->lock);
	}
	if (w->given) /* just unlinked by the giver, which is about to set the word */
		(void)wake_wait(&w->wake, WAKE_FOREVER);
	return w->given;
}

/* How long a thread that arrives now may wait. */
static uint64_t longest_wait(const struct pool *p)
{
	if (p->live == 0)
		return OUTAGE_US;
	return p->waiting < p->line.few ? p->line.stall_us : p->line.wait_us;
}

static enum db_outcome take_any(struct pool *p, uint64_t start_us, struct connection **ret_c)
{
	struct waiter w = { 0 };
	struct connection *c;
	uint64_t wait_us;
	bool full;

	pthread_mutex_lock(&p->lock);
	c = pop_idle(p);
	wait_us = longest_wait(p);
	full = p->waiting >= p->line.most;
	if (!c && !full)
		line_up(p, &w);
	pthread_mutex_unlock(&p->lock);
	if (!c && !full)
		c = await_turn(p, &w, start_us + wait_us);
	if (!c)
		return pool_counts(p).live == 0 || is_mute(p) ? DB_UNAVAILABLE : DB_BUSY;
	*ret_c = c;
	return DB_DONE;
}

enum db_outcome pool_take(struct pool *p, struct connection **ret_c)
{
	uint64_t start = 0;

	for (;;) {
		enum db_outcome outcome;

		if (is_mute(p))
			return DB_UNAVAILABLE;
		start = start ? start : clock_monotonic_us();
		outcome = take_any(p, start, ret_c);
		if (outcome != DB_DONE || connection_alive(*ret_c))
			return outcome;
		/* Found dead before anything was sent: take another one. */
		connection_close(*ret_c);
		pool_give(p, *ret_c);
	}
}

static void count_live(struct pool *p, struct connection *c)
{
	bool open = c->pg != NULL;

	if (open != c->counted)
		p->live += open ? 1 : -1;
	c->counted = open;
}

void pool_give(struct pool *p, struct connection *c)
{
	bool lost = !c->pg;

	pool_put_back(p, c);
	if (lost && p->kick)
		p->kick(p->keeper);
}

void pool_put_back(struct pool *p, struct connection *c)
{
	struct waiter *oldest = NULL;

	pthread_mutex_lock(&p->lock);
	count_live(p, c);
	if (!c->pg) {
		c->next = p->away;
		p->away = c;
	} else if ((oldest = p->head)) {
		leave_line(p, oldest);
		oldest->given = c;
	} else {
		c->next = p->idle;
		p->idle = c;
		p->idle_count++;
	}
	pthread_mutex_unlock(&p->lock);
	if (oldest)
		wake_set(&oldest->wake, 1);
}

struct connection *pool_take_away(struct pool *p)
{
	struct connection *c;

	pthread_mutex_lock(&p->lock);
	c = p->away;
	if (c)
		p->away = c->next;
	pthread_mutex_unlock(&p->lock);
	return c;
}

void pool_sweep(struct pool *p)
{
	struct connection *checked = NULL, *c;

	for (;;) {
		pthread_mutex_lock(&p->lock);
		c = pop_idle(p);
		pthread_mutex_unlock(&p->lock);
		if (!c)
			break;
		if (!connection_alive(c))
			connection_close(c);
		c->next = checked;
		checked = c;
	}
	while ((c = checked)) {
		checked = c->next;
		pool_give(p, c);
	}
}

struct pool_counts pool_counts(struct pool *p)
{
	struct pool_counts counts;

	pthread_mutex_lock(&p->lock);
	counts = (struct pool_counts){ p->idle_count, p->waiting, p->live };
	pthread_mutex_unlock(&p->lock);
	return counts;
}
