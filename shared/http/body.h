/*
 * body.h - the bodies of requests while they come in and are worked on, with a bound for all of
 * them together and for each caller: small ones in memory, large ones in unnamed files, of which a
 * few at a time are mapped and worked on. Thread-safe where it takes a budget.
 *
 * The bounds: `memory` bytes of small bodies, `spool` bytes of large ones; one caller holds at most
 * a quarter of the one and half of the other.
 */
#ifndef UPWARD_HTTP_BODY_H
#define UPWARD_HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/charset.h"
#include "base/cleanup.h"

/* bytes; an operation that takes more has its bodies spooled */
#define BODY_SMALL ((size_t)64 << 10)

struct body_budget;

/* folder: for the spool; borrowed. NULL: no memory. */
CHECKED struct body_budget *body_budget_new(size_t memory, size_t spool, const char *folder);
void body_budget_free(struct body_budget *budget);
/* Whether a file can be made in the folder. */
CHECKED bool body_budget_can_spool(const struct body_budget *budget);
/* Bytes held now, in memory and in the spool. */
size_t body_budget_held(struct body_budget *budget);

enum body_outcome {
	BODY_TAKEN,
	BODY_TOO_LARGE, /* more than `most` */
	BODY_GREEDY,    /* the caller holds its share already */
	BODY_CROWDED,   /* all together do, or too many are being worked on */
	BODY_MALFORMED, /* no text of its charset */
	BODY_FAILED     /* no memory, no disk */
};

struct body {
	struct body_budget *budget; /* NULL: not begun */
	uint64_t caller;
	size_t most, length;
	size_t room, held; /* allocated, counted */
	struct recoder recoder;
	char *data; /* of a large one: mapped by body_end() */
	int file;   /* -1 in memory */
	bool at_work;
};

/* announced: its length where the head says it, else -1. After anything but BODY_TAKEN, from this
 * or the two below, the body has been released. */
CHECKED enum body_outcome body_begin(struct body *body, struct body_budget *budget, uint64_t caller,
	size_t most, int64_t announced);
/* Of one that has just begun: it comes in this encoding and is kept, and counted, as UTF-8. */
void body_recode(struct body *body, enum charset charset);
CHECKED enum body_outcome body_add(struct body *body, const void *bytes, size_t len);
/* It is whole: body->data holds body->length bytes and a NUL behind them. */
CHECKED enum body_outcome body_end(struct body *body);
void body_release(struct body *body); /* also one that was not begun */

#endif
