#include "ops/health.h"

#include <stdatomic.h>
#include <stdlib.h>

struct check {
	const char *name;
	bool (*good)(void *context);
	void *context;
};

struct health {
	_Atomic bool started, stopping;
	int count;
	struct check checks[HEALTH_CHECKS_MOST];
};

struct health *health_new(void)
{
	return calloc(1, sizeof(struct health));
}

void health_free(struct health *h)
{
	free(h);
}

void health_check(struct health *h, const char *name, bool (*good)(void *context), void *context)
{
	if (h->count == HEALTH_CHECKS_MOST)
		abort();
	h->checks[h->count++] = (struct check){ name, good, context };
}

void health_started(struct health *h)
{
	atomic_store(&h->started, true);
}

void health_stopping(struct health *h)
{
	atomic_store(&h->stopping, true);
}

bool health_live(struct health *h, struct buf *out)
{
	(void)h;
	buf_text(out, "{\"status\":\"live\"}");
	return true;
}

static void write_check(struct buf *out, const char *name, bool good)
{
	buf_char(out, ',');
	buf_json(out, name);
	buf_text(out, good ? ":true" : ":false");
}

bool health_ready(struct health *h, struct buf *out)
{
	bool started = atomic_load(&h->started);
	bool running = !atomic_load(&h->stopping);
	bool results[HEALTH_CHECKS_MOST] = { false };
	bool ready = started && running;
	for (int i = 0; i < h->count; i++) {
		results[i] = h->checks[i].good(h->checks[i].context);
		ready = ready && results[i];
	}
	buf_print(out, "{\"status\":\"%s\",\"checks\":{\"started\":%s",
		ready ? "ready" : "not_ready", started ? "true" : "false");
	write_check(out, "running", running);
	for (int i = 0; i < h->count; i++)
		write_check(out, h->checks[i].name, results[i]);
	buf_text(out, "}}");
	return ready;
}
