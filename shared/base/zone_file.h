/*
 * zone_file.h - the contents of a TZif file (RFC 8536).
 */
#ifndef UPWARD_BASE_ZONE_FILE_H
#define UPWARD_BASE_ZONE_FILE_H

#include "base/cleanup.h"
#include "base/zone_rule.h"

struct zone {
	size_t time_count;    /* transitions */
	int64_t *times;       /* when, ascending */
	unsigned char *kinds; /* index of the offset after each transition */
	size_t type_count;
	int32_t offsets[256]; /* seconds east; the first applies before any transition */
	bool has_rule;        /* applies after the last transition */
	struct zone_rule rule;
};

/* Parses a TZif file of version 2 or later. Returns owned, or NULL if malformed. */
CHECKED struct zone *zone_parse(const unsigned char *bytes, size_t len);
void zone_free(struct zone *zone);

#endif
