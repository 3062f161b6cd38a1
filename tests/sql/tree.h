/*
 * tree.h - copies of the source tree's schema/ and objects/ to edit, and what databases are made of
 * them, compared. Paths are relative to the copy. Failures end the running test.
 */
#ifndef UPWARD_TESTS_SQL_TREE_H
#define UPWARD_TESTS_SQL_TREE_H

#include "sql/support.h"

/* A copy in a new folder; owned. */
CHECKED char *tree_copy(void);
void tree_remove(const char *dir);
/* Writes a file; mode as for fopen. */
void tree_write(const char *dir, const char *name, const char *mode, const char *text);
/* Removes a file. */
void tree_unlink(const char *dir, const char *name);
/* Replaces a text wherever it stands in a file; it must be there. */
void tree_edit(const char *dir, const char *name, const char *from, const char *to);

/* The schema of a database as pg_dump writes it, without what differs from run to run; owned. */
CHECKED char *tree_schema(const char *database);
/* Fails unless both databases have the same, or the one has this. after: what was done to it. */
void tree_same_schema(const char *whole_database, const char *now_database, const char *after);
void tree_has_schema(const char *database, const char *whole, const char *after);

#endif
