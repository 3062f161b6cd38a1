/*
 * import_keys.h - a part of an import's check where rows are left out: a person whose row is left out
 * keeps their user_name and address, so whoever wanted one of them is left out in turn.
 */
#ifndef UPWARD_PROFILES_IMPORT_KEYS_H
#define UPWARD_PROFILES_IMPORT_KEYS_H

#include "profiles/imports/import_work.h"

/* Stores the faults of the rows that fall so, however long the chain; *ret_count says how many. */
CHECKED enum db_outcome import_keys_kept(struct import_work *work, int64_t *ret_count);

#endif
