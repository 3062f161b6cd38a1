/*
 * web.h - a tiny HTTP server on 127.0.0.1 for tests of what is fetched: set what a path answers,
 * count the requests, hold every answer back until let go.
 */
#ifndef UPWARD_TESTS_WEB_H
#define UPWARD_TESTS_WEB_H

#include <stdbool.h>

struct web;

struct web *web_open(void);
void web_close(struct web *web); /* lets go first */
int web_port(const struct web *web);
/* Status 302: the body is the Location too. */
void web_set(struct web *web, const char *path, int status, const char *body);
int web_hits(struct web *web, const char *path);
/* While held, requests are counted at once and answered later. */
void web_hold(struct web *web, bool held);

#endif
