/*
 * zone_file.h - what a TZif file says (RFC 8536). Only for zone.c and zone_file.c.
 */
#ifndef UPWARD_BASE_ZONE_FILE_H
#define UPWARD_BASE_ZONE_FILE_H

#include "base/zone.h"
#include "base/zone_rule.h"

struct zone {
	size_t time_count;    /* transitions */
	int64_t *times;       /* when, ascending */
	unsigned char *kinds; /* to which of the offsets */
	size_t type_count;
	int32_t offsets[256]; /* seconds east of Greenwich; the first holds before all transitions
			       */
	bool has_rule;        /* what holds from the last transition on */
	struct zone_rule rule;
};

#endif
