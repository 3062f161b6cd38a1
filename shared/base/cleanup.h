/*
 * cleanup.h - releases what a function owns at the end of the scope.
 *
 *	owned_text char *name = str_copy(x);   freed when the scope ends
 *
 * Use these or a single `goto out`; never both in one function. A value that leaves the function is
 * handed over with TAKE(), which empties the variable so that nothing is freed twice.
 */
#ifndef UPWARD_BASE_CLEANUP_H
#define UPWARD_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free(void *slot)
{
	free(*(void **)slot);
}

static inline void cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define owned_text __attribute__((cleanup(cleanup_free)))
#define owned_fd   __attribute__((cleanup(cleanup_close)))
#define owned(fn)  __attribute__((cleanup(fn)))

/* Gives a pointer away: yields it and sets the variable to NULL. */
#define TAKE(p)                                                                                    \
	({                                                                                         \
		__auto_type take_ = (p);                                                           \
		(p) = NULL;                                                                        \
		take_;                                                                             \
	})

#define CHECKED      __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define COUNT(array) (sizeof(array) / sizeof *(array))

#endif
