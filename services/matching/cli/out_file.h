/*
 * out_file.h - result files that appear complete or not at all: written under a temporary name in
 * the same directory, and renamed at the end.
 */
#ifndef UPWARD_MATCH_OUT_FILE_H
#define UPWARD_MATCH_OUT_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/buf.h"
#include "base/cleanup.h"

struct out_file {
	FILE *file; /* NULL if it could not be opened; all calls then do nothing */
	char *path, *part;
	bool failed;
};

/* directory may be NULL: then name is the whole path. */
struct out_file out_open(const char *directory, const char *name);
void out_bytes(struct out_file *out, const void *bytes, size_t len);
void out_print(struct out_file *out, const char *format, ...) PRINTF(2, 3);
/* Writes a CSV field, quoted if necessary (RFC 4180). */
void out_cell(struct out_file *out, const char *text);
/* Writes the contents of the buffer and clears it; a failed buffer fails the file. */
void out_buf(struct out_file *out, struct buf *b);
/* Renames the file to its final name; false, with a message on standard error, on failure. */
CHECKED bool out_close(struct out_file *out);
/* Removes what was written. */
void out_drop(struct out_file *out);

#endif
