#include "base/zone_file.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES 44
#define COUNT_MOST   100000 /* of anything in a file; the largest real file has below 1,000 */

struct header {
	uint32_t utc_count, standard_count, leap_count, time_count, type_count, name_bytes;
};

static uint32_t read_u32(const unsigned char *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int64_t read_i64(const unsigned char *b)
{
	return (int64_t)((uint64_t)read_u32(b) << 32 | read_u32(b + 4));
}

static bool read_header(const unsigned char *b, size_t len, struct header *h)
{
	if (len < HEADER_BYTES || memcmp(b, "TZif", 4) != 0 || b[4] < '2')
		return false;
	*h = (struct header){ read_u32(b + 20), read_u32(b + 24), read_u32(b + 28),
		read_u32(b + 32), read_u32(b + 36), read_u32(b + 40) };
	return h->utc_count <= COUNT_MOST && h->standard_count <= COUNT_MOST &&
	       h->leap_count <= COUNT_MOST && h->time_count <= COUNT_MOST && h->type_count <= 256 &&
	       h->name_bytes <= COUNT_MOST;
}

static size_t block_bytes(const struct header *h, size_t time_bytes)
{
	return h->time_count * (time_bytes + 1) + h->type_count * 6 + h->name_bytes +
	       h->leap_count * (time_bytes + 4) + h->standard_count + h->utc_count;
}

/* Reads the TZ string between two newlines; if it is empty, no rule is known. */
static bool read_footer(const unsigned char *b, size_t len, struct zone *zone)
{
	char text[128];
	if (len < 2 || b[0] != '\n')
		return false;
	const unsigned char *end = memchr(b + 1, '\n', len - 1);
	size_t size = end ? (size_t)(end - b - 1) : sizeof text;
	if (size >= sizeof text || memchr(b + 1, '\0', size))
		return false;
	memcpy(text, b + 1, size);
	text[size] = '\0';
	zone->has_rule = size > 0;
	return size == 0 || zone_rule_parse(text, &zone->rule);
}

static bool read_block(const unsigned char *b, const struct header *h, struct zone *zone)
{
	const unsigned char *kinds = b + (size_t)h->time_count * 8;
	const unsigned char *types = kinds + h->time_count;
	zone->time_count = h->time_count;
	zone->type_count = h->type_count;
	for (size_t i = 0; i < h->time_count; i++) {
		zone->times[i] = read_i64(b + i * 8);
		zone->kinds[i] = kinds[i];
		if (kinds[i] >= h->type_count || (i > 0 && zone->times[i] <= zone->times[i - 1]))
			return false;
	}
	for (size_t i = 0; i < h->type_count; i++) {
		zone->offsets[i] = (int32_t)read_u32(types + i * 6);
		if (zone->offsets[i] < -93599 || zone->offsets[i] > 93599) /* RFC 8536: 25:59:59 */
			return false;
	}
	return true;
}

struct zone *zone_parse(const unsigned char *bytes, size_t len)
{
	struct header h;
	if (!read_header(bytes, len, &h))
		return NULL;
	size_t first = HEADER_BYTES + block_bytes(&h, 4); /* the 32-bit block is skipped */
	if (first > len || !read_header(bytes + first, len - first, &h))
		return NULL;
	size_t block = first + HEADER_BYTES;
	size_t footer = block + block_bytes(&h, 8);
	/* leap seconds mean a "right/" file, which does not count Unix time */
	if (footer > len || h.type_count == 0 || h.leap_count != 0)
		return NULL;
	struct zone *zone = calloc(1, sizeof *zone);
	if (!zone)
		return NULL;
	zone->times = calloc(h.time_count + 1, sizeof *zone->times);
	zone->kinds = calloc(h.time_count + 1, sizeof *zone->kinds);
	if (!zone->times || !zone->kinds || !read_block(bytes + block, &h, zone) ||
		!read_footer(bytes + footer, len - footer, zone)) {
		zone_free(zone);
		return NULL;
	}
	return zone;
}

void zone_free(struct zone *zone)
{
	if (!zone)
		return;
	free(zone->times);
	free(zone->kinds);
	free(zone);
}
