/*
 * import_keys.h - the part of an import's check for skipped rows: a person whose row is skipped keeps
 * their user_name and email address, so a row that wanted one of them is skipped too.
 */
#ifndef UPWARD_PROFILES_IMPORT_KEYS_H
#define UPWARD_PROFILES_IMPORT_KEYS_H

#include "profiles/imports/import_work.h"

/* Stores the errors of the rows skipped for this reason, however long the chain; *ret_count is their
 * number. */
CHECKED enum db_outcome import_keys_kept(struct import_work *work, int64_t *ret_count);

#endif
