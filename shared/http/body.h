/*
 * body.h - request bodies while they arrive and are processed, limited in total and per caller: small
 * ones in memory, large ones in unnamed files, of which a few at a time are mapped and processed.
 * Functions that take a budget are thread-safe.
 *
 * The limits: `memory` bytes of small bodies, `spool` bytes of large ones; one caller may hold at
 * most a quarter of the first and half of the second.
 */
#ifndef UPWARD_HTTP_BODY_H
#define UPWARD_HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/charset.h"
#include "base/cleanup.h"

/* bytes; bodies of an operation that accepts more are spooled */
#define BODY_SMALL ((size_t)64 << 10)

struct body_budget;

/* folder: for the spool; borrowed. NULL: out of memory. */
CHECKED struct body_budget *body_budget_new(size_t memory, size_t spool, const char *folder);
void body_budget_free(struct body_budget *budget);
/* Whether a file can be created in the folder. */
CHECKED bool body_budget_can_spool(const struct body_budget *budget);
/* Bytes currently held, in memory and in the spool. */
size_t body_budget_held(struct body_budget *budget);

enum body_outcome {
	BODY_TAKEN,
	BODY_TOO_LARGE, /* more than `most` */
	BODY_GREEDY,    /* the caller already holds its share */
	BODY_CROWDED,   /* all callers together do, or too many are being processed */
	BODY_MALFORMED, /* not valid in its charset */
	BODY_FAILED     /* no memory, no disk */
};

struct body {
	struct body_budget *budget; /* NULL: not begun */
	uint64_t caller;
	size_t most, length;
	size_t room, held; /* allocated, counted */
	struct recoder recoder;
	char *data; /* for a large one: mapped by body_end() */
	int file;   /* -1 in memory */
	bool at_work;
};

/* announced: the Content-Length, or -1. After any result but BODY_TAKEN, from this function or the two
 * below, the body has been released. */
CHECKED enum body_outcome body_begin(struct body *body, struct body_budget *budget, uint64_t caller,
	size_t most, int64_t announced);
/* For a body that has just begun: it arrives in this encoding, and is stored and counted as UTF-8. */
void body_recode(struct body *body, enum charset charset);
CHECKED enum body_outcome body_add(struct body *body, const void *bytes, size_t len);
/* The body is complete: body->data holds body->length bytes, followed by a NUL. */
CHECKED enum body_outcome body_end(struct body *body);
void body_release(struct body *body); /* also before it has begun */

#endif
