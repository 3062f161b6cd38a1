/*
 * fixture.h - what the tests of this folder work on: a folder of their own with an issuers' file
 * and key sets, a bearer header, and waiting for a condition instead of sleeping.
 */
#ifndef UPWARD_TESTS_AUTH_FIXTURE_H
#define UPWARD_TESTS_AUTH_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>

#define FIXTURE_REASON 512

/* A new folder under $TMPDIR, removed by fixture_leave(). */
void fixture_enter(void);
void fixture_leave(void);
/* The path of a file there; valid until the fourth call after. */
const char *fixture_path(const char *name);
/* Replaces a file whole, as editors and deployments do. Returns its path. */
const char *fixture_write(const char *name, const char *text);
/* {"keys":[a,b]} of owned JWK texts (b may be NULL), which it frees. Returns owned. */
char *fixture_jwks(char *a, char *b);
/* "Bearer <token>"; valid until the next call of the same thread. Frees the token;
 * NULL frees the last header. */
const char *fixture_bearer(char *token);
/* Looks again and again, at most twenty seconds. */
bool fixture_wait(bool (*met)(void *), void *argument);

#endif
