/*
 * preload.h - faults that no test can bring about from outside: a library that is loaded before all
 * others (LD_PRELOAD) into a service or PostgreSQL, and the memory that it shares with the test.
 *
 *	UPWARD_FAULTS   name of the shared memory (shm_open)
 *	UPWARD_AHEAD    seconds that the process's real-time clock is ahead, where there is none
 *
 * A disk is full: a write that would make a file longer fails with ENOSPC, as on a real disk, where
 * what a file has already can be written over. Only regular files, of the kinds in `full`.
 *
 * Memory is refused: the thread that receives a request with a header `X-Fault: refuse-N` gets
 * NULL from its N-th allocation after that, once.
 */
#ifndef UPWARD_TESTS_PRELOAD_H
#define UPWARD_TESTS_PRELOAD_H

#include <stdatomic.h>

enum full {
	FULL_DATA = 1,  /* PostgreSQL's folder but for what follows */
	FULL_WAL = 2,   /* pg_wal */
	FULL_TEMP = 4,  /* pgsql_tmp */
	FULL_SPOOL = 8, /* files without a name: bodies of requests */
	FULL_LOG = 16   /* *.log */
};

struct faults {
	atomic_int full;     /* kinds of files that cannot grow */
	atomic_long refused; /* writes and allocations so far */
	atomic_int armed;    /* requests that came with refuse-N */
	atomic_long ahead;   /* seconds that the real-time clock is ahead; negative: behind */
};

#endif
