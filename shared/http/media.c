#include "http/media.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define FORM "application/x-www-form-urlencoded"

/* One element of Accept: "text/csv;q=0.5". Quality in thousandths. */
struct range {
	const char *type;
	size_t type_len;
	int quality;
};

static const char *skip_blank(const char *at)
{
	return at + strspn(at, " \t");
}

/* "0", "1", "0.5", "0.125", "1.000" in thousandths; anything else counts as 0. */
static int read_quality(const char *at)
{
	if (at[0] != '0' && at[0] != '1')
		return 0;
	int quality = (at[0] - '0') * 1000;
	if (at[1] != '.')
		return quality;
	int weight = 100;
	for (at += 2; *at >= '0' && *at <= '9' && weight > 0; at++, weight /= 10)
		quality += (*at - '0') * weight;
	return quality > 1000 ? 1000 : quality;
}

/* Reads one element and returns where the next begins. */
static const char *read_range(const char *at, struct range *ret_range)
{
	at = skip_blank(at);
	ret_range->type = at;
	ret_range->type_len = strcspn(at, " \t;,");
	ret_range->quality = 1000;
	at += ret_range->type_len;
	size_t len = strcspn(at, ",");
	const char *end = at + len;
	while ((at = memchr(at, ';', (size_t)(end - at)))) {
		at = skip_blank(at + 1);
		if ((at[0] == 'q' || at[0] == 'Q') && at[1] == '=')
			ret_range->quality = read_quality(at + 2);
	}
	return *end == ',' ? end + 1 : end;
}

/* How closely a range matches a type: 3 exactly, 2 by its first half, 1 by
 * a wildcard, 0 not at all. */
static int closeness(const struct range *range, const char *type)
{
	size_t bare = strcspn(type, ";"), half = strcspn(type, "/") + 1;
	if (range->type_len == bare && strncasecmp(range->type, type, bare) == 0)
		return 3;
	if (range->type_len == half + 1 && range->type[half] == '*' &&
		strncasecmp(range->type, type, half) == 0)
		return 2;
	return range->type_len == 3 && memcmp(range->type, "*/*", 3) == 0 ? 1 : 0;
}

/* The quality that Accept gives a type: that of the closest range. */
static int quality_of(const char *accept, const char *type)
{
	int best = 0, quality = 0;
	for (const char *at = accept; *at;) {
		struct range range;
		at = read_range(at, &range);
		int close = closeness(&range, type);
		if (close > best) {
			best = close;
			quality = range.quality;
		}
	}
	return quality;
}

const char *media_choose(const struct operation *operation, const char *accept)
{
	const char *first = operation->produces ? operation->produces : "application/json";
	if (!accept || *skip_blank(accept) == '\0')
		return first;
	int for_first = quality_of(accept, first);
	int for_csv = operation->csv ? quality_of(accept, MEDIA_CSV) : 0;
	int for_lines = operation->ndjson ? quality_of(accept, MEDIA_NDJSON) : 0;
	if (for_lines > for_first && for_lines > for_csv)
		return MEDIA_NDJSON;
	if (for_csv > for_first)
		return MEDIA_CSV;
	return for_first > 0 ? first : NULL;
}

/* The value of a parameter without its quotes; NULL if there is none. */
static const char *parameter_of(const char *content_type, const char *name, size_t *ret_len)
{
	size_t name_len = strlen(name);
	const char *at = content_type;
	while ((at = strchr(at, ';'))) {
		at = skip_blank(at + 1);
		if (strncasecmp(at, name, name_len) != 0 || at[name_len] != '=')
			continue;
		at += name_len + 1;
		bool quoted = *at == '"';
		at += quoted;
		*ret_len = strcspn(at, quoted ? "\"" : "; \t");
		return at;
	}
	return NULL;
}

static bool is_type(const char *content_type, const char *wanted)
{
	size_t len = strcspn(content_type, "; \t"), wanted_len = strcspn(wanted, ";");
	return len == wanted_len && strncasecmp(content_type, wanted, len) == 0;
}

bool media_accepts(
	const struct operation *operation, const char *content_type, enum charset *ret_charset)
{
	enum charset charset = CHARSET_UTF8;
	size_t len = 0;
	if (!content_type)
		return false;
	content_type = skip_blank(content_type);
	const char *name = parameter_of(content_type, "charset", &len);
	if (name && !charset_find(name, len, &charset))
		return false;
	if (operation->body != BODY_RAW && charset != CHARSET_UTF8)
		return false;
	*ret_charset = operation->body == BODY_RAW ? charset : CHARSET_NONE;
	if (operation->body == BODY_MERGE_PATCH && is_type(content_type, "application/json"))
		return true;
	/* a form may come in either encoding (RFC 8058 allows both) */
	if (operation->consumes && is_type(FORM, operation->consumes) &&
		is_type(content_type, "multipart/form-data"))
		return true;
	return operation->consumes && is_type(content_type, operation->consumes);
}

void media_offer(const struct operation *operation, char *ret_types, size_t size)
{
	snprintf(ret_types, size, "%s%s", operation->consumes ? operation->consumes : "",
		operation->body == BODY_MERGE_PATCH ? ", application/json" : "");
}
