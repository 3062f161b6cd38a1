/*
 * options.h - the command line of upward-match.
 */
#ifndef UPWARD_MATCH_OPTIONS_H
#define UPWARD_MATCH_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>
#include "base/cleanup.h"
#include "matching/engine/engine.h"

/* How the program ends. */
enum ending {
	END_DONE = 0,
	END_FAULTY = 1,      /* a file has faults; all are listed on standard error */
	END_USAGE = 2,       /* the command line is wrong */
	END_FILES = 3,       /* a file cannot be read or written */
	END_NO_MEMORY = 4,   /* out of memory, or the problem is too large for the arithmetic */
	END_UNSUPPORTED = 5, /* this processor lacks the requested SIMD width */
	END_REFUSED = 6,     /* the result is not proven, or --verify refused it */
	END_STOPPED = 130,   /* interrupted; the best result so far is written, with its bound */
};

struct options {
	const char *people, *policy, *blocked, *preferences; /* paths; NULL if not given */
	const char *scores, *out;
	enum engine_mode mode;
	bool pair_scores; /* shortlists by the sum of their pairs' scores */
	unsigned threads;
	uint64_t seed;
	enum engine_simd simd;
	bool verify;
	bool help;
};

/* False, with a message on standard error, if the command line is wrong. */
CHECKED bool options_read(int argc, char **argv, struct options *ret_options);
void options_help(FILE *out);
const char *options_mode_word(enum engine_mode mode);

#endif
