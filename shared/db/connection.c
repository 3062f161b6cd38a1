#include "db/connection.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "db/durability.h"
#include "ops/log.h"

#define CONNECT_US 2000000 /* longest first attempt to connect; each one that fails makes the next longer */
#define DOUBLINGS  2       /* to four times as long: PostgreSQL may be too busy for a short one */
#define PREPARE_US 30000000
#define SLICE_US   100000 /* how often a wait checks the pulse, and an attempt also `stop` */

int connection_wait(const struct connection *c, short events, uint64_t deadline_us)
{
	struct pollfd p = { .fd = PQsocket(c->pg), .events = events };
	const struct mute *mute = c->source->mute;

	if (p.fd < 0)
		return -1;
	for (;;) {
		uint64_t now = clock_monotonic_us();
		int r;

		if (now >= deadline_us || (mute && server_is_mute(mute)))
			return 0;
		uint64_t left = deadline_us - now;
		r = poll(&p, 1, (int)(((mute && left > SLICE_US ? SLICE_US : left) + 999) / 1000));
		if (r > 0)
			return 1;
		if (r < 0 && errno != EINTR)
			return -1;
	}
}

/* Notices are not printed. One of them says that the server is ending the connection (57P01 and
 * similar). */
static void on_notice(void *context, const PGresult *result)
{
	struct connection *c = context;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);

	if (severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0))
		c->doomed = true;
}

static bool stopping(const struct connection *c)
{
	return c->source->stop && atomic_load_explicit(c->source->stop, memory_order_relaxed);
}

static bool connect_once(struct connection *c)
{
	uint64_t deadline = clock_monotonic_us() + ((uint64_t)CONNECT_US << c->doublings);
	PostgresPollingStatusType want = PGRES_POLLING_WRITING;

	c->doomed = false;
	memset(c->runs, 0, sizeof c->runs);
	c->pg = PQconnectStartParams(c->source->keywords, c->source->values, 0);
	if (!c->pg || PQstatus(c->pg) == CONNECTION_BAD)
		return false;
	PQsetNoticeReceiver(c->pg, on_notice, c);
	while (want != PGRES_POLLING_OK) {
		uint64_t now = clock_monotonic_us();
		int ready;

		if (want == PGRES_POLLING_FAILED || now >= deadline || stopping(c))
			return false;
		ready = connection_wait(
			c, want == PGRES_POLLING_READING ? POLLIN : POLLOUT, now + SLICE_US);
		if (ready < 0)
			return false;
		if (ready > 0)
			want = PQconnectPoll(c->pg);
	}
	return PQsetnonblocking(c->pg, 1) == 0 && PQenterPipelineMode(c->pg) == 1;
}

/* Logs a fault once, not at every attempt. An empty statement stands for the connection itself. */
static void tell(struct source *s, const char *statement, const char *sqlstate)
{
	char now[sizeof s->told];

	snprintf(now, sizeof now, "%s %s", sqlstate, statement);
	if (strcmp(now, s->told) == 0)
		return;
	memcpy(s->told, now, sizeof now);
	if (*statement)
		log_error("db_prepare", LOG_TEXT(LOG_LANE, s->lane),
			LOG_TEXT(LOG_STATEMENT, statement), LOG_TEXT(LOG_SQLSTATE, sqlstate));
	else
		log_warning("db_away", LOG_TEXT(LOG_LANE, s->lane));
}

/* The server works, but has settings under which it may lose committed data. */
static void tell_unsafe(struct source *s, const char *wrong)
{
	char now[sizeof s->told];

	snprintf(now, sizeof now, "unsafe %s", wrong);
	if (strcmp(now, s->told) == 0)
		return;
	memcpy(s->told, now, sizeof now);
	log_error("db_unsafe", LOG_TEXT(LOG_LANE, s->lane), LOG_TEXT(LOG_SETTING, wrong));
}

static const struct statement *prepared_from(const struct source *s, size_t *at)
{
	size_t n = s->lazy ? 0 : s->statement_count, most = s->sets ? 2 * n : n;

	while (*at < most) {
		size_t i = (*at)++;
		const struct statement *own = s->statements[i % n], *one = i < n ? own : own->set;

		if (one && !one->unprepared && (own->set || !s->sets))
			return one;
	}
	return NULL;
}

/* The statement timeout covers a pipeline from its first message to its Sync; a lane's 25 ms would
 * be too short for preparing many statements. Local to that one transaction. */
static const struct statement patience = { .name = "patience",
	.sql = "SELECT set_config('statement_timeout', '10s', true), "
	       "set_config('lock_timeout', '2s', true)",
	.unprepared = true };

/* Asks the server whether it keeps committed data; logs what is wrong. */
static bool is_durable(struct connection *c, uint64_t deadline)
{
	PGresult *result = connection_next(c, deadline);
	bool told = PQresultStatus(result) == PGRES_TUPLES_OK;
	bool good = told && !*PQgetvalue(result, 0, 0);

	if (told && !good)
		tell_unsafe(c->source, PQgetvalue(result, 0, 0));
	PQclear(result);
	return good;
}

static bool prepare_results(struct connection *c)
{
	uint64_t deadline = clock_monotonic_us() + PREPARE_US;
	const struct statement *one;
	PGresult *result;
	bool good;
	size_t at = 0;

	result = connection_next(c, deadline);
	good = PQresultStatus(result) == PGRES_TUPLES_OK;
	PQclear(result);
	if (c->source->durable)
		good &= is_durable(c, deadline);
	while ((one = prepared_from(c->source, &at))) {
		result = connection_next(c, deadline);
		if (!result)
			return false;
		if (good && PQresultStatus(result) != PGRES_COMMAND_OK) {
			struct db_error error;

			rows_error(result, 0, &error);
			tell(c->source, one->name, error.sqlstate);
			good = false;
		}
		PQclear(result);
	}
	result = connection_next(c, deadline);
	good = good && result && PQresultStatus(result) == PGRES_PIPELINE_SYNC;
	PQclear(result);
	return good;
}

static bool prepare_all(struct connection *c)
{
	const struct statement *one;
	size_t at = 0;

	if (!connection_send(c, &STEP(&patience, NULL)) ||
		(c->source->durable && !connection_send(c, &STEP(&durability_statement, NULL))))
		return false;
	while ((one = prepared_from(c->source, &at)))
		if (!PQsendPrepare(c->pg, one->name, one->sql, 0, NULL))
			return false;
	return connection_sync(c) && prepare_results(c);
}

bool connection_open(struct connection *c)
{
	bool connected = connect_once(c);

	c->doublings = connected ? 0 : c->doublings < DOUBLINGS ? c->doublings + 1 : DOUBLINGS;
	if (connected && prepare_all(c)) {
		if (c->source->told[0])
			log_info("db_back", LOG_TEXT(LOG_LANE, c->source->lane));
		c->source->told[0] = '\0';
		return true;
	}
	if (!connected && !stopping(c))
		tell(c->source, "", "");
	connection_close(c);
	return false;
}

void connection_close(struct connection *c)
{
	if (c->pg)
		PQfinish(c->pg);
	c->pg = NULL;
}

bool connection_alive(struct connection *c)
{
	struct pollfd p = { .fd = PQsocket(c->pg), .events = POLLIN };

	if (p.fd < 0)
		return false;
	for (int i = 0; i < 8; i++) {
		int r = poll(&p, 1, 0);

		if (r == 0)
			return !c->doomed && PQstatus(c->pg) == CONNECTION_OK;
		if (r < 0 && errno == EINTR)
			continue;
		/* Something arrived unasked: a changed setting, or the end of the connection. */
		if (r < 0 || (p.revents & ~POLLIN) || !PQconsumeInput(c->pg) || PQisBusy(c->pg))
			return false;
	}
	return false;
}

uint64_t connection_deadline(const struct connection *c)
{
	return clock_monotonic_us() + (uint64_t)c->source->answer_ms * 1000;
}

/* Sends a bytea value raw, without copying it. */
static bool send_bytes(struct connection *c, const struct step *step)
{
	const struct statement *s = step->statement;
	int lengths[STATEMENT_PARAMS_MOST] = { 0 }, formats[STATEMENT_PARAMS_MOST] = { 0 };

	lengths[step->bytes_at] = step->bytes_length;
	formats[step->bytes_at] = 1;
	return PQsendQueryPrepared(
		       c->pg, s->name, s->param_count, step->values, lengths, formats, 0) == 1;
}

bool connection_send(struct connection *c, const struct step *step)
{
	const struct statement *s = step->statement;

	if (step->bytes_length > 0)
		return send_bytes(c, step);

	if (s->unprepared)
		return PQsendQueryParams(c->pg, s->sql, s->param_count, NULL, step->values, NULL,
			       NULL, 0) == 1;
	return PQsendQueryPrepared(c->pg, s->name, s->param_count, step->values, NULL, NULL, 0) ==
	       1;
}

bool connection_sync(struct connection *c)
{
	return PQpipelineSync(c->pg) == 1;
}

/* Sends what is queued and reads until a result is complete. */
static bool await(struct connection *c, uint64_t deadline_us)
{
	while (PQisBusy(c->pg)) {
		int left = PQflush(c->pg);

		if (left < 0 ||
			connection_wait(c, left ? POLLIN | POLLOUT : POLLIN, deadline_us) != 1 ||
			!PQconsumeInput(c->pg))
			return false;
	}
	return true;
}

PGresult *connection_next(struct connection *c, uint64_t deadline_us)
{
	/* In a pipeline a NULL follows each result; two in a row mean that there are no more. */
	for (int nothing = 0; nothing < 2; nothing++) {
		PGresult *result;

		if (!await(c, deadline_us))
			return NULL;
		result = PQgetResult(c->pg);
		if (result)
			return result;
	}
	return NULL;
}
