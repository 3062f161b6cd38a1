/*
 * migration_files.h - the database files of a source tree, in the order of the modules: common
 * (shared/), then profiles, matching, scheduling, evaluation (services/…/).
 *
 * schema/NNNN_words.sql: migrations; the numbers of a module run from 0001 without a gap.
 * objects/words.sql: replaced when they change (object_text.h); a module may have none.
 */
#ifndef UPWARD_DB_MIGRATION_FILES_H
#define UPWARD_DB_MIGRATION_FILES_H

#include "base/buf.h"
#include "base/hash.h"
#include "db/object_text.h"

#define MIGRATION_MODULES 5

struct migration_file {
	const char *module;       /* "common"; static */
	int number;               /* from 1 */
	char *name;               /* "0001_common.sql"; owned */
	char *text;               /* owned, NUL-terminated */
	char checksum[HASH_TEXT]; /* SHA-256 of the text */
};

struct object_module {
	const char *module; /* static */
	struct object_statements statements;
	char checksum[HASH_TEXT]; /* of the names and texts of its files; "" if it has none */
};

struct migration_files {
	struct migration_file *files; /* owned */
	size_t count;
	struct object_module objects[MIGRATION_MODULES];
};

/* Reads them below `dir`. false: one error per line in `faults`, and ret_files is empty. */
CHECKED bool migration_files_read(
	const char *dir, struct buf *faults, struct migration_files *ret_files);
void migration_files_release(struct migration_files *files);

/* "matching/3" or "matching/0003_pair.sql" -> its position, or -1 if there is none. */
int migration_files_find(const struct migration_files *files, const char *module, int number);

#endif
