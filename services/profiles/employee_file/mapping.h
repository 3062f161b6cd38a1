/*
 * mapping.h - how another system's file is read: which of its columns is which of ours, what its
 * values mean, what is left out. Made from the rules of a saved mapping (ImportMapping in
 * api/profiles/import_mapping.yaml), which the contract has checked.
 */
#ifndef UPWARD_PROFILES_EMPLOYEE_FILE_MAPPING_H
#define UPWARD_PROFILES_EMPLOYEE_FILE_MAPPING_H

#include <jansson.h>
#include "base/cleanup.h"
#include "profiles/employee_file/column.h"

enum unknown_value { UNKNOWN_FAULT, UNKNOWN_KEEP, UNKNOWN_EMPTY };
enum date_order { DATE_YMD, DATE_DMY, DATE_MDY };

struct mapped_column {
	char *header;   /* owned, folded; NULL: the file's column of our name, if any */
	json_t *values; /* owned: our values by their folded values; NULL: values are the same */
	enum unknown_value unknown;
	const char *fixed; /* for a column that the file does not have, or NULL */
};

struct scope_rule {
	char *header;   /* owned, folded */
	json_t *values; /* owned: folded values that are out of scope */
	bool empty;     /* an empty cell is out of scope too */
};

#define SCOPE_RULES_MOST 20

struct mapping {
	json_t *rules; /* owned */
	struct mapped_column columns[COLUMN_COUNT];
	json_t *ignored; /* owned: folded headers */
	struct scope_rule scope[SCOPE_RULES_MOST];
	size_t scope_count;
	enum date_order date_order;
	char date_separator; /* 0: none (eight digits) */
	char delimiter;      /* 0: detected from the file */
	bool level_by_depth; /* people without a level get one by their distance from the top */
};

/* From JSON text; NULL and "{}" give a mapping that maps nothing. false: out of memory, or the
 * rules are malformed. */
CHECKED bool mapping_read(const char *rules, struct mapping *ret_mapping);
void mapping_release(struct mapping *mapping);
/* Whether any of our columns is mapped from this folded header. */
bool mapping_uses(const struct mapping *mapping, const char *header);
/* A date of the file as YYYY-MM-DD; false if it is not written in the mapping's format. */
CHECKED bool mapping_date(const struct mapping *mapping, const char *cell, char ret_date[11]);

#endif
