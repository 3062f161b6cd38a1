/*
 * calendar_feed.c - creates feed URLs, whose secret only the owner ever sees, and serves the feeds.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/base64url.h"
#include "base/hash.h"
#include "base/str.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "http/etag.h"
#include "json/load.h"
#include "scheduling/calendar/feed.h"
#include "scheduling/feeds/session_rows.h"
#include "service/service.h"

#define SECRET_BYTES 32

static void hash_token(const char *token, char ret_text[HASH_TEXT])
{
	unsigned char hash[HASH_BYTES];
	hash_sha256(token, strlen(token), hash);
	hash_hex(hash, sizeof hash, ret_text);
}

/* Puts the URL into the response of the first call; a replay has none. */
static struct reply show_url(const struct call *call, struct reply reply, const char *token)
{
	char url[512];
	json_t *body = json_load_whole(reply.body, reply.length, 0, NULL, NULL);
	snprintf(url, sizeof url, "%s/calendar/%s.ics", call->service->base_url, token);
	bool ok = body && json_object_set_new(body, "url", json_string(url)) == 0;
	char *text = ok ? json_dumps(body, JSON_COMPACT) : NULL;
	json_decref(body);
	if (!text)
		return reply; /* created, but without the URL: the owner deletes it and makes
				 another */
	/* the ETag of the object as it will be read later, without the URL */
	etag_write(reply.version, reply.body, reply.length, reply.etag);
	free(reply.body);
	reply.body = text;
	reply.length = strlen(text);
	return reply;
}

struct reply calendar_feed_create(const struct call *call)
{
	unsigned char secret[SECRET_BYTES];
	char hash[HASH_TEXT];
	if (getrandom(secret, sizeof secret, 0) != sizeof secret)
		return reply_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL);
	owned_text char *token = str_base64url(secret, sizeof secret);
	if (!token)
		return reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	hash_token(token, hash);
	const struct step step = STEP(&stmt_calendar_feed_add, call->new_id.text,
		principal_actor(call->principal), call_value(call, "kind"), hash);
	struct reply reply = call_write(call, &step, 1, NULL, NULL);
	if (reply.status == 201 && !reply.replayed)
		reply = show_url(call, reply, token);
	return reply;
}

/* The kind requested: a feed of free and busy times never becomes a full one. */
static enum feed_kind kind_of(const struct call *call, const char *kind)
{
	if (call_value(call, "format"))
		return FEED_VFREEBUSY;
	return str_equal(kind, "free_busy") ? FEED_BUSY : FEED_FULL;
}

/* Writes the rows of calendar_feed_sessions as a feed. */
static char *write_feed(
	const struct call *call, const struct db_rows *feed_rows, const struct db_rows *rows)
{
	int count = db_rows_count(rows);
	struct buf name = BUF_INIT(4096);
	struct event_session *sessions = calloc((size_t)count + 1, sizeof *sessions);
	if (!sessions)
		return NULL;
	for (int i = 0; i < count; i++) {
		sessions[i] = session_row(rows, i);
		sessions[i].title = db_value(rows, i, SESSION_COLUMNS);
		sessions[i].alarm_minutes = (int)session_number(rows, i, SESSION_COLUMNS + 1);
	}
	buf_print(&name, "Reverse mentoring: %s", db_value(feed_rows, 0, 2));
	const struct feed feed = { .name = name.data,
		.kind = kind_of(call, db_value(feed_rows, 0, 0)),
		.owner = db_value(feed_rows, 0, 1),
		.today = session_number(feed_rows, 0, 3),
		.sessions = sessions,
		.count = (size_t)count };
	char *text = buf_ok(&name) ? feed_write(&feed) : NULL;
	buf_release(&name);
	free(sessions);
	return text;
}

struct reply calendar_read(const struct call *call)
{
	char hash[HASH_TEXT];
	struct db_error error = { 0 };
	owned_rows struct db_rows *feed = NULL;
	owned_rows struct db_rows *sessions = NULL;
	hash_token(call_value(call, "token"), hash);
	const struct step open = STEP(&stmt_calendar_feed_open, hash);
	enum db_outcome outcome = database_read(call->db, DB_POOL, &open, &feed, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	if (db_rows_count(feed) == 0)
		return reply_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL);
	const struct step read = STEP(&stmt_calendar_feed_sessions, db_value(feed, 0, 1));
	outcome = database_read(call->db, DB_POOL, &read, &sessions, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	char *text = write_feed(call, feed, sessions);
	return reply_text(200, "text/calendar; charset=utf-8", text, text ? strlen(text) : 0);
}
