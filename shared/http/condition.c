#include "http/condition.h"

#include <stdio.h>
#include <string.h>
#include "http/etag.h"
#include "http/idempotency.h"
#include "http/steps.h"

#define ANY_TRIES 8 /* after `*` has lost this many races in a row: 412 */

static struct reply run(const struct call *call)
{
	return call->operation->handler ? call->operation->handler(call) : call_run(call);
}

static struct reply stale(const struct call *call)
{
	return reply_problem(call, PROBLEM_STALE, NULL, NULL, NULL);
}

/* Besides the whole tag, the version alone is enough: an object inside another answer has no more. */
static bool names(const char *if_match, const struct reply *reply)
{
	char etag[ETAG_TEXT];
	if (etag_is_any(if_match))
		return true;
	if (!reply->body)
		return false;
	etag_write(reply->version, reply->body, reply->length, etag);
	if (etag_matches(if_match, etag) || reply->version <= 0)
		return etag_matches(if_match, etag);
	snprintf(etag, sizeof etag, "\"%lld\"", (long long)reply->version);
	return etag_matches(if_match, etag);
}

/* What GET would return to this caller now. */
static struct reply look(const struct call *call)
{
	struct call get = *call;
	get.operation = call->operation->tagged;
	get.accept = get.operation->produces;
	get.if_match_sent = get.idempotency_key = get.body_text = NULL;
	get.if_match = -1;
	get.body = NULL;
	get.body_length = 0;
	get.member_values = NULL;
	memset(get.query_values, 0, sizeof get.query_values);
	return run(&get);
}

/* Only the version that was read may be changed. */
static void hold(struct call *call, int64_t version)
{
	const struct operation *get = call->operation->tagged;
	size_t last = get->path_count;
	call->if_match = version;
	snprintf(call->if_match_text, sizeof call->if_match_text, "%lld", (long long)version);
	if (last > 0 && get->path_fields[last - 1].type == FIELD_UUID)
		call->if_match_object = call->path_values[last - 1];
}

/* Whether the condition holds; if not, *ret_reply is the response. */
static bool holds(struct call *call, struct reply *ret_reply)
{
	const struct operation *op = call->operation;
	if (!op->tagged) {
		if (etag_is_any(call->if_match_sent))
			return true;
		*ret_reply = stale(call);
		return false;
	}
	struct reply seen = look(call);
	bool there = seen.status < 300;
	if (there && names(call->if_match_sent, &seen)) {
		if (seen.version > 0)
			hold(call, seen.version);
		reply_release(&seen);
		return true;
	}
	/* a PUT that would create the object has nothing to match; otherwise the read's own answer
	 * is returned */
	if (there || (seen.status == 404 && op->method == HTTP_PUT)) {
		reply_release(&seen);
		seen = stale(call);
	}
	*ret_reply = seen;
	return false;
}

static struct reply write_under_condition(struct call *call)
{
	struct reply reply, first;
	for (int tries = ANY_TRIES;; tries--) {
		if (!holds(call, &reply))
			break;
		reply = run(call);
		if (reply.status != 412 || tries == 1 || !etag_is_any(call->if_match_sent))
			return reply;
		reply_release(&reply);
	}
	if (reply.status >= 500 || !idempotency_repeated(call, &first))
		return reply;
	reply_release(&reply);
	return first;
}

/* Whether the object that a PUT is to create already exists; other problems are reported by the
 * write itself. */
static bool is_there(const struct call *call)
{
	struct reply seen = look(call);
	bool there = seen.status < 300;
	reply_release(&seen);
	return there;
}

struct reply condition_run(struct call *call)
{
	if (call->only_new && call->operation->tagged && is_there(call))
		return reply_problem(call, PROBLEM_ALREADY_EXISTS, NULL, NULL, NULL);
	if (!call->if_match_sent)
		return run(call);
	if (call->operation->method != HTTP_GET)
		return write_under_condition(call);
	struct reply reply = run(call);
	if (reply.status == 200 && !names(call->if_match_sent, &reply)) {
		reply_release(&reply);
		reply = stale(call);
	}
	return reply;
}
