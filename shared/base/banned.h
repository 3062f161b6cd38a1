/*
 * banned.h - included before every .c file by the build (-include base/banned.h). Calls to the
 * functions below do not compile: each is unbounded, silently wrong, not thread-safe or runs a shell.
 *
 *	strcpy, strcat, sprintf, gets     buf.h, snprintf
 *	atoi, atol, atof                  str_to_i64
 *	strtok                            strtok_r, or a loop over strcspn
 *	localtime, gmtime, ctime, asctime base/zone.h, gmtime_r
 *	system                            posix_spawn
 *
 * The functions are declared deprecated ahead of their headers rather than poisoned, so that
 * library headers can still use the names but our code cannot.
 */
#ifndef UPWARD_BASE_BANNED_H
#define UPWARD_BASE_BANNED_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <time.h> /* time_t; nothing else, so that sources include what they use */

#pragma GCC diagnostic error "-Wdeprecated-declarations"

#define BANNED __attribute__((deprecated("banned, see base/banned.h")))

extern char *strcpy(char *to, const char *from) BANNED;
extern char *strcat(char *to, const char *from) BANNED;
extern int sprintf(char *to, const char *format, ...) BANNED;
extern char *gets(char *to) BANNED;
#ifndef __clang__ /* rejects an attribute after glibc's inline definitions; gcc builds everything */
extern int atoi(const char *text) BANNED;
extern long atol(const char *text) BANNED;
extern double atof(const char *text) BANNED;
#endif
extern char *strtok(char *text, const char *separators) BANNED;
extern struct tm *localtime(const time_t *when) BANNED;
extern struct tm *gmtime(const time_t *when) BANNED;
extern char *ctime(const time_t *when) BANNED;
extern char *asctime(const struct tm *when) BANNED;
extern int system(const char *command) BANNED;

#undef BANNED

#endif
