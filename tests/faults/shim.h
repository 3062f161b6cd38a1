/*
 * shim.h - the test's side of preload/preload.h: faults within services and PostgreSQL.
 *
 * Needs a build without ThreadSanitizer, which does not bear another library before it.
 */
#ifndef UPWARD_TESTS_SHIM_H
#define UPWARD_TESTS_SHIM_H

#include <stdbool.h>
#include "preload/preload.h"

/* Whether faults can be; else says why tests are skipped. */
bool shim_possible(void);
/* The shared memory, made once a program. */
struct faults *shim_open(void);
/* Starts a process of the stack again, with the library in it. setting: a further NAME=VALUE, or NULL. */
void shim_start(const char *process, const char *setting);
/* From now on tokens of new callers are good from an hour ago until in three hours: by all clocks
 * that are an hour off. */
void shim_tokens(void);
/* Starts it again as it was. */
void shim_end(const char *process);
/* Removes the shared memory. */
void shim_close(void);

#endif
