/*
 * idempotency.h - Idempotency-Key on POST: the key's row is inserted first in the transaction of
 * the effect, so key and effect exist together or not at all. A repeated request is rolled back by
 * the key's constraint and answered with the noun's read of the first request's object: authorization
 * runs again, and no body is stored. A key stands for one path and body, compared by a keyed hash. A
 * caller may use IDEMPOTENCY_KEYS new keys an hour; beyond that, 429.
 */
#ifndef UPWARD_HTTP_IDEMPOTENCY_H
#define UPWARD_HTTP_IDEMPOTENCY_H

#include "base/hash.h"
#include "db/session.h"
#include "http/call.h"
#include "http/reply.h"

/* Texts that the step borrows. */
struct idempotency {
	char hash[HASH_TEXT];
	char status[8], most[16];
};

/* The keyed hash of path, query and body, and of the person a delegate acts for; JSON bodies that
 * differ only in formatting are equal. false: out of memory. */
CHECKED bool idempotency_hash(const struct call *call, char ret_hash[HASH_TEXT]);
/* The step that inserts the key. object_id: the object that a replay shows, or NULL. */
CHECKED bool idempotency_step(const struct call *call, const char *object_id,
	struct idempotency *store, struct step *ret_step);
/* The keyed hash of the caller, the key and the request, the same for a repeat. Empty if there is
 * no key. false: out of memory. */
CHECKED bool idempotency_asker(const struct call *call, char ret_asker[HASH_TEXT]);
/* Whether this refusal means that the key already existed. */
CHECKED bool idempotency_seen(const struct db_error *error);
/* Whether a request with this key was carried out before; if so, *ret_reply is the same response. */
CHECKED bool idempotency_repeated(const struct call *call, struct reply *ret_reply);
/* The response to a repeated request: the first one's status and object, or 422 key_reused. */
CHECKED struct reply idempotency_replay(const struct call *call, const char *hash);

/* A job: deletes old keys. */
bool idempotency_tidy(struct service_state *service, struct db_session *w);

#endif
