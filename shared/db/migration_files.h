/*
 * migration_files.h - the migrations of a source tree, in the order in which they are applied:
 * those of common (shared/schema), then profiles, matching, scheduling, evaluation
 * (services/…/schema). A file is called NNNN_words.sql; the numbers of a module run from 0001
 * without a gap.
 */
#ifndef UPWARD_DB_MIGRATION_FILES_H
#define UPWARD_DB_MIGRATION_FILES_H

#include "base/buf.h"
#include "base/hash.h"

struct migration_file {
	const char *module;       /* "common"; static */
	int number;               /* from 1 */
	char *name;               /* "0001_common.sql"; owned */
	char *text;               /* owned, NUL-terminated */
	char checksum[HASH_TEXT]; /* SHA-256 of the text */
};

struct migration_files {
	struct migration_file *files; /* owned */
	size_t count;
};

/* Reads them below `dir`. false: one line a fault in `faults`, ret_files is empty. */
CHECKED bool migration_files_read(
	const char *dir, struct buf *faults, struct migration_files *ret_files);
void migration_files_release(struct migration_files *files);

/* "matching/3" or "matching/0003_pair.sql" -> its position; -1 when there is none. */
int migration_files_find(const struct migration_files *files, const char *module, int number);

#endif
