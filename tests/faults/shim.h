/*
 * shim.h - the test's side of preload/preload.h: faults within services and PostgreSQL.
 *
 * Needs a build without ThreadSanitizer, which does not bear another library before it.
 */
#ifndef UPWARD_TESTS_SHIM_H
#define UPWARD_TESTS_SHIM_H

#include "preload/preload.h"

/* The shared memory, made once a program; skips the test, saying so, where the faults cannot be. */
struct faults *shim_open(void);
/* Starts a process of the stack again, with the library in it; ahead: seconds of its clock. setting:
 * a further NAME=VALUE, or NULL. */
void shim_start(const char *process, long ahead, const char *setting);
/* Starts it again as it was. */
void shim_end(const char *process);
/* Removes the shared memory. */
void shim_close(void);

#endif
