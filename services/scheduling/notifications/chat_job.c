#include "scheduling/notifications/chat_job.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "events/public_fetch.h"
#include "gen/scheduling/statements.h"
#include "http/state.h"
#include "json/load.h"
#include "ops/config.h"
#include "scheduling/notifications/chat_text.h"
#include "scheduling/notifications/queue.h"

#define BATCH "10"

/* The columns of chat_claim. */
enum { ID, CHANNEL, CHAT, URL, LANGUAGE, TIME_ZONE, ITEMS };

static bool is_gone(long status)
{
	return status == 404 || status == 410;
}

static bool is_for_now(long status)
{
	return status == 408 || status == 429 || status >= 500;
}

/* What became of a post. */
static void conclude(struct db_session *w, const char *id, const char *chat,
	enum fetch_outcome outcome, const struct post_answer *said)
{
	if (outcome == FETCH_DONE) {
		queue_end(w, id, "sent", NULL);
		queue_write(w, &STEP(&stmt_chat_sent, chat));
	} else if (outcome == FETCH_FORBIDDEN) {
		queue_end(w, id, "dead", "bad_address");
	} else if (outcome == FETCH_STATUS && !is_for_now(said->status)) {
		queue_end(w, id, "dead", "refused");
		if (is_gone(said->status))
			queue_write(w, &STEP(&stmt_chat_close, chat));
	} else {
		queue_again(w, id, outcome == FETCH_STATUS ? "delayed" : "no_server", said->pause);
		queue_write(w, &STEP(&stmt_chat_pause, chat));
	}
}

static void post_one(const struct service_state *service, struct db_session *w,
	const struct db_rows *rows, int row, const json_t *items)
{
	struct post_answer said;
	const char *id = db_value(rows, row, ID), *chat = db_value(rows, row, CHAT);
	const struct fetch_inside inside = { config_text(service->config, "CHAT_HOSTS"),
		config_text(service->config, "CALENDAR_CA_FILE") };
	owned_text char *text = chat_text(db_value(rows, row, CHANNEL),
		texts_language(db_value(rows, row, LANGUAGE)), items,
		db_value(rows, row, TIME_ZONE));
	if (!text) {
		queue_again(w, id, "delayed", 0);
		return;
	}
	enum fetch_outcome outcome = public_post(db_value(rows, row, URL), &inside, text, &said);
	if (outcome == FETCH_DONE || !worker_stopping()) /* else it was broken off */
		conclude(w, id, chat, outcome, &said);
}

static void handle(const struct service_state *service, struct db_session *w,
	const struct db_rows *rows, int row)
{
	const char *id = db_value(rows, row, ID), *text = db_value(rows, row, ITEMS);
	json_t *items = json_load_whole(text, strlen(text), 0, NULL, NULL);
	if (json_array_size(items) == 0)
		queue_end(w, id, "dropped", "nothing_left");
	else if (!db_value(rows, row, URL))
		queue_end(w, id, "dropped", "no_address");
	else
		post_one(service, w, rows, row, items);
	json_decref(items);
}

bool chat_job_run(struct service_state *service, struct db_session *w)
{
	owned_rows struct db_rows *rows = NULL;
	int done = 0;
	if (!queue_run(w, &STEP(&stmt_chat_claim, BATCH), &rows))
		return false;
	while (done < db_rows_count(rows) && !worker_stopping())
		handle(service, w, rows, done++);
	queue_release(w, rows, done);
	return done > 0;
}
