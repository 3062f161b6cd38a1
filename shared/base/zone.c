#include "base/zone.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/civil.h"
#include "base/str.h"
#include "base/zone_file.h"

#define ZONE_DIRECTORY  "/usr/share/zoneinfo/"
#define ZONE_NAME_MOST  64
#define ZONE_BYTES_MOST 65536

/* Zones that have been looked up, newest first. Nodes are added under the lock and never
 * removed. */
struct node {
	struct node *next;
	struct zone *zone;
	char name[ZONE_NAME_MOST];
};
static struct node *nodes;
static pthread_rwlock_t nodes_lock = PTHREAD_RWLOCK_INITIALIZER;

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Checks the shape of a name, so that it cannot leave the directory: words joined by single
 * slashes. The directory also holds alternative copies of the database and files that are not
 * places. */
static bool is_plausible(const char *name)
{
	static const char *const others[] = { "Factory", "localtime", "posixrules" };
	if (strncmp(name, "posix/", 6) == 0 || strncmp(name, "right/", 6) == 0)
		return false;
	for (size_t i = 0; i < COUNT(others); i++) {
		if (str_equal(name, others[i]))
			return false;
	}
	size_t len = 0;
	for (; name[len] != '\0'; len++) {
		char c = name[len];
		bool starts = len == 0 || name[len - 1] == '/';
		bool inner = (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+' || c == '/';
		if (len + 1 >= ZONE_NAME_MOST || (!is_letter(c) && (starts || !inner)))
			return false;
	}
	return len > 0 && name[len - 1] != '/';
}

static struct zone *read_zone(const char *name)
{
	char path[sizeof ZONE_DIRECTORY + ZONE_NAME_MOST];
	struct zone *zone = NULL;
	snprintf(path, sizeof path, "%s%s", ZONE_DIRECTORY, name);
	FILE *file = fopen(path, "re");
	if (!file)
		return NULL;
	unsigned char *bytes = malloc(ZONE_BYTES_MOST);
	if (bytes) {
		size_t len = fread(bytes, 1, ZONE_BYTES_MOST, file);
		if (!ferror(file) && len < ZONE_BYTES_MOST)
			zone = zone_parse(bytes, len);
	}
	free(bytes);
	fclose(file);
	return zone;
}

static const struct zone *find_node(const char *name)
{
	for (const struct node *n = nodes; n; n = n->next) {
		if (str_equal(n->name, name))
			return n->zone;
	}
	return NULL;
}

const struct zone *zone_find(const char *name)
{
	if (!is_plausible(name))
		return NULL;
	pthread_rwlock_rdlock(&nodes_lock);
	const struct zone *known = find_node(name);
	pthread_rwlock_unlock(&nodes_lock);
	if (known)
		return known;

	struct zone *zone = read_zone(name);
	struct node *node = zone ? malloc(sizeof *node) : NULL;
	if (!node) {
		zone_free(zone);
		return NULL;
	}
	pthread_rwlock_wrlock(&nodes_lock);
	known = find_node(name); /* another thread may have been faster */
	if (!known) {
		snprintf(node->name, sizeof node->name, "%s", name);
		node->zone = zone;
		node->next = nodes;
		nodes = node;
		known = zone;
		zone = NULL;
		node = NULL;
	}
	pthread_rwlock_unlock(&nodes_lock);
	free(node);
	zone_free(zone);
	return known;
}

bool zone_exists(const char *name)
{
	return zone_find(name) != NULL;
}

int zone_offset(const struct zone *zone, int64_t seconds)
{
	size_t low = 0,
	       high = zone->time_count; /* transitions at or before: between low and high */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (zone->times[middle] <= seconds)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == zone->time_count && zone->has_rule)
		return zone_rule_offset(&zone->rule, seconds);
	return zone->offsets[low > 0 ? zone->kinds[low - 1] : 0];
}

int zone_standard_offset(const struct zone *zone)
{
	return zone->has_rule ? zone->rule.standard : zone_offset(zone, INT64_MAX);
}

enum zone_outcome zone_resolve(
	const struct zone *zone, int64_t local_seconds, bool fold, int64_t *ret_seconds)
{
	/* Tries every offset that the zone has ever had: an instant is right if the zone's offset
	 * then is the offset used to compute it. No match is a gap, two matches are an overlap. */
	int64_t first = INT64_MAX, last = INT64_MIN;
	for (size_t i = 0; i < zone->type_count + 2; i++) {
		int offset = i < zone->type_count    ? zone->offsets[i]
			     : i == zone->type_count ? zone->rule.standard
						     : zone->rule.summer;
		int64_t seconds = local_seconds - offset;
		if (zone_offset(zone, seconds) != offset)
			continue;
		first = seconds < first ? seconds : first;
		last = seconds > last ? seconds : last;
	}
	if (first > last)
		return ZONE_NONEXISTENT;
	*ret_seconds = fold ? last : first;
	return ZONE_DONE;
}

enum zone_outcome local_to_utc(const char *zone, const char *local, bool fold, int64_t *ret_seconds)
{
	struct civil c;
	const struct zone *z = zone_find(zone);
	if (!z)
		return ZONE_UNKNOWN;
	if (!civil_read_local(local, &c))
		return ZONE_MALFORMED;
	return zone_resolve(z, civil_seconds(&c), fold, ret_seconds);
}

enum zone_outcome utc_to_local(
	const char *zone, int64_t seconds, char ret_local[ZONE_LOCAL_TEXT], int *ret_offset)
{
	/* the years 1 to 9999 less a day at each end, because the text has four digits for the
	 * year */
	static const int64_t earliest = INT64_C(-62135510400), latest = INT64_C(253402214400);
	const struct zone *z = zone_find(zone);
	if (!z)
		return ZONE_UNKNOWN;
	if (seconds < earliest || seconds > latest)
		return ZONE_MALFORMED;
	int offset = zone_offset(z, seconds);
	struct civil c = civil_from_seconds(seconds + offset);
	char text[80];
	snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour,
		c.minute, c.second);
	memcpy(ret_local, text, ZONE_LOCAL_TEXT);
	*ret_offset = offset;
	return ZONE_DONE;
}
