/*
 * masked.h - answers compared byte by byte, but for the request_id that each of them bears.
 */
#ifndef UPWARD_TESTS_MASKED_H
#define UPWARD_TESTS_MASKED_H

#include "support/client.h"

/* The body with its request_id put out, owned. */
char *masked_text(const struct api_reply *reply);
/* Same status, same body but for the request_id, same kind of headers. The first passes over
 * WWW-Authenticate. */
bool masked_same_body(const struct api_reply *one, const struct api_reply *other);
bool masked_same(const struct api_reply *one, const struct api_reply *other);

#endif
