/*
 * idempotency.h - Idempotency-Key on POST: the key's row is inserted first in the transaction of
 * the effect, so key and effect exist together or not at all. A repeated request is rolled back by
 * the key's constraint and answered by the noun's read for the first one's object: authorization
 * runs again, no body is stored. A key stands for one path and body, compared by a keyed hash. A
 * caller may take so many keys an hour (IDEMPOTENCY_KEYS); beyond, 429.
 */
#ifndef UPWARD_HTTP_IDEMPOTENCY_H
#define UPWARD_HTTP_IDEMPOTENCY_H

#include "base/hash.h"
#include "db/session.h"
#include "http/call.h"
#include "http/reply.h"

/* What the step borrows. */
struct idempotency {
	char hash[HASH_TEXT];
	char status[8], most[16];
};

/* The keyed hash of path, query and body; JSON bodies that differ in spelling alone are equal.
 * false: memory is refused. */
CHECKED bool idempotency_hash(const struct call *call, char ret_hash[HASH_TEXT]);
/* The step that takes the key. object_id: what a replay shows, or NULL. */
CHECKED bool idempotency_step(const struct call *call, const char *object_id,
	struct idempotency *store, struct step *ret_step);
/* Whether this refusal says that the key was there before. */
CHECKED bool idempotency_seen(const struct db_error *error);
/* Whether a request with this key was carried out before; then *ret_reply answers it again. */
CHECKED bool idempotency_repeated(const struct call *call, struct reply *ret_reply);
/* The answer to a repeated request: the first one's status and object, or 422 key_reused. */
CHECKED struct reply idempotency_replay(const struct call *call, const char *hash);

/* A job: forgets old keys. */
bool idempotency_tidy(struct service_state *service, struct db_session *w);

#endif
