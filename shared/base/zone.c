#include "base/zone.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/civil.h"
#include "base/str.h"
#include "base/zone_file.h"

#define ZONE_DIRECTORY  "/usr/share/zoneinfo"
#define ZONE_NAME_MOST  64
#define ZONE_PATH_MOST  512
#define ZONE_BYTES_MOST 65536

/* Zones that have been looked up, newest first. Nodes are added under the lock and never
 * removed: a zone with new rules gets another node, in front of the old one. */
struct node {
	struct node *next;
	struct zone *zone;
	struct timespec written; /* when its file was */
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

/* False: the path is too long. */
static bool zone_path(const char *name, char ret_path[ZONE_PATH_MOST])
{
	const char *directory = getenv("TZDIR");
	int len = snprintf(ret_path, ZONE_PATH_MOST, "%s/%s",
		directory && *directory ? directory : ZONE_DIRECTORY, name);
	return len > 0 && len < ZONE_PATH_MOST;
}

static struct zone *read_file(FILE *file)
{
	struct zone *zone = NULL;
	unsigned char *bytes = malloc(ZONE_BYTES_MOST);
	if (bytes) {
		size_t len = fread(bytes, 1, ZONE_BYTES_MOST, file);
		if (!ferror(file) && len < ZONE_BYTES_MOST)
			zone = zone_parse(bytes, len);
	}
	free(bytes);
	return zone;
}

/* NULL: there is no such zone, or no memory. */
static struct node *read_node(const char *name)
{
	char path[ZONE_PATH_MOST];
	struct stat facts;
	FILE *file = zone_path(name, path) ? fopen(path, "re") : NULL;
	struct node *node = file ? calloc(1, sizeof *node) : NULL;
	if (node) {
		snprintf(node->name, sizeof node->name, "%s", name);
		if (fstat(fileno(file), &facts) == 0) {
			node->written = facts.st_mtim;
			node->zone = read_file(file);
		}
	}
	int why = errno;
	if (file)
		fclose(file);
	errno = why;
	if (node && !node->zone) {
		free(node);
		node = NULL;
	}
	return node;
}

static const struct node *find_node(const char *name)
{
	for (const struct node *n = nodes; n; n = n->next) {
		if (str_equal(n->name, name))
			return n;
	}
	return NULL;
}

static const struct node *find_known(const char *name)
{
	pthread_rwlock_rdlock(&nodes_lock);
	const struct node *known = find_node(name);
	pthread_rwlock_unlock(&nodes_lock);
	return known;
}

/* Puts a node in front, unless another thread has replaced `known` already. Returns the one in force. */
static const struct node *add_node(struct node *node, const struct node *known)
{
	pthread_rwlock_wrlock(&nodes_lock);
	const struct node *now = find_node(node->name);
	if (now == known) {
		node->next = nodes;
		nodes = node;
		now = node;
	}
	pthread_rwlock_unlock(&nodes_lock);
	if (now != node) {
		zone_free(node->zone);
		free(node);
	}
	return now;
}

const struct zone *zone_find(const char *name)
{
	errno = ENOENT;
	if (!is_plausible(name))
		return NULL;
	const struct node *known = find_known(name);
	struct node *node = known ? NULL : read_node(name);
	if (node)
		known = add_node(node, NULL);
	else if (!known && errno != ENOMEM)
		errno = ENOENT;
	return known ? known->zone : NULL;
}

/* Whether a file has been written since its node was made. */
static bool is_stale(const struct node *node)
{
	char path[ZONE_PATH_MOST];
	struct stat facts;
	return zone_path(node->name, path) && stat(path, &facts) == 0 &&
	       (facts.st_mtim.tv_sec != node->written.tv_sec ||
		       facts.st_mtim.tv_nsec != node->written.tv_nsec);
}

bool zones_reread(void)
{
	bool changed = false;
	pthread_rwlock_rdlock(&nodes_lock);
	const struct node *first = nodes;
	pthread_rwlock_unlock(&nodes_lock);
	for (const struct node *n = first; n; n = n->next) {
		if (find_known(n->name) != n || !is_stale(n))
			continue;
		struct node *fresh = read_node(n->name);
		if (fresh)
			changed = add_node(fresh, n) == fresh || changed;
	}
	return changed;
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
		return errno == ENOMEM ? ZONE_NO_MEMORY : ZONE_UNKNOWN;
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
		return errno == ENOMEM ? ZONE_NO_MEMORY : ZONE_UNKNOWN;
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
