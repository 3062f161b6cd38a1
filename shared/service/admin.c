#include "service/admin.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/id.h"
#include "base/str.h"
#include "db/dberror.h"
#include "gen/shared/statements.h"
#include "ops/log.h"
#include "db/database.h"
#include "http/state.h"
#include "json/field.h"
#include "ops/config.h"
#include "ops/health.h"
#include "ops/metrics.h"

#define REPORT_BYTES ((size_t)4 << 20)

static void finish(
	struct http_response *response, int status, const char *content_type, struct buf *body)
{
	response->length = body->len;
	response->body = buf_ok(body) ? buf_take(body) : NULL;
	response->status = response->body ? status : 500;
	if (!response->body)
		response->length = 0;
	buf_release(body);
	response_constant(response, "Content-Type", content_type);
	response_constant(response, "Cache-Control", "no-store");
	response_constant(response, "X-Content-Type-Options", "nosniff");
}

static void refuse(const struct service_state *service, enum problem_code code,
	const struct faults *faults, struct http_response *response)
{
	struct buf body = BUF_INIT(REPORT_BYTES);
	struct id request_id = id_v7();
	struct problem problem = { .code = code,
		.request_id = request_id.text,
		.base_url = service->base_url,
		.faults = faults };
	problem_write(&body, &problem);
	finish(response, problem_kinds[code].status, "application/problem+json", &body);
	if (problem_kinds[code].status == 503)
		response_constant(response, "Retry-After", "1");
}

static void tell_live(struct service_state *service, struct http_response *response)
{
	struct buf body = BUF_INIT(REPORT_BYTES);
	bool live = health_live(service->health, &body);
	finish(response, live ? 200 : 503, "application/json", &body);
}

static void tell_ready(struct service_state *service, struct http_response *response)
{
	struct buf body = BUF_INIT(REPORT_BYTES);
	bool ready = health_ready(service->health, &body);
	finish(response, ready ? 200 : 503, "application/json", &body);
}

static void add_demoted(void *context, const char *statement, uint64_t times)
{
	if (times > 0)
		buf_print(context, "upward_demoted_total{statement=\"%s\"} %" PRIu64 "\n",
			statement, times);
}

static void tell_metrics(struct service_state *service, struct http_response *response)
{
	struct buf body = BUF_INIT(REPORT_BYTES);
	metrics_write(service->metrics, &body);
	buf_text(&body, "# HELP upward_demoted_total Statements the pool cancelled and the slow "
			"pool ran.\n# TYPE upward_demoted_total counter\n");
	database_demoted(service->db, add_demoted, &body);
	finish(response, 200, "text/plain; version=0.0.4; charset=utf-8", &body);
}

static const struct field clock_fields[] = {
	/* a hundred years in either direction */
	{ .name = "offset_seconds",
		.type = FIELD_INTEGER,
		.flags = FIELD_REQUIRED,
		.min = -INT64_C(3155760000),
		.max = INT64_C(3155760000) },
};

static void move_clock(struct service_state *service, const struct http_request *request,
	struct http_response *response)
{
	owned(faults_release) struct faults faults = { 0 };
	json_t *body = field_parse(
		request->body ? request->body : "", request->body_length, &faults);
	if (!body || !json_is_object(body) || !field_check(clock_fields, 1, body, "", &faults)) {
		json_decref(body);
		refuse(service, PROBLEM_INVALID_BODY, &faults, response);
		return;
	}
	char ahead[24];
	snprintf(ahead, sizeof ahead, "%" JSON_INTEGER_FORMAT,
		json_integer_value(json_object_get(body, "offset_seconds")));
	json_decref(body);
	struct step step = STEP(&stmt_clock_set, ahead);
	struct db_rows *rows = NULL;
	struct db_error error = { 0 };
	enum db_outcome outcome = database_write(service->db, DB_SLOW, &step, 1, &rows, &error);
	db_rows_free(rows);
	if (outcome != DB_DONE) {
		refuse(service, db_problem_of(outcome, &error).code, NULL, response);
		return;
	}
	log_info("clock_moved");
	response->status = 204;
}

static void not_this_method(
	const struct service_state *service, const char *allow, struct http_response *response)
{
	refuse(service, PROBLEM_METHOD_NOT_ALLOWED, NULL, response);
	response_constant(response, "Allow", allow);
}

void admin_answer(void *context, const struct http_request *request, struct http_response *response)
{
	static const struct {
		const char *path;
		void (*tell)(struct service_state *service, struct http_response *response);
	} reports[] = { { "/livez", tell_live }, { "/readyz", tell_ready },
		{ "/metrics", tell_metrics } };
	struct service_state *service = context;
	for (size_t i = 0; i < COUNT(reports); i++) {
		if (!str_equal(request->target, reports[i].path))
			continue;
		if (str_equal(request->method, "GET") || str_equal(request->method, "HEAD"))
			reports[i].tell(service, response);
		else
			not_this_method(service, "GET, HEAD", response);
		return;
	}
	if (!str_equal(request->target, "/clock") || config_is_production(service->config))
		refuse(service, PROBLEM_NOT_FOUND, NULL, response);
	else if (str_equal(request->method, "PUT"))
		move_clock(service, request, response);
	else
		not_this_method(service, "PUT", response);
}
