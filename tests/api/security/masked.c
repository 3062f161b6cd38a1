#include "masked.h"

#include <stdlib.h>
#include <string.h>

char *masked_text(const struct api_reply *reply)
{
	const char *id = json_string_value(json_object_get(reply->body, "request_id"));
	char *text = strdup(reply->text), *at;
	if (!text)
		abort();
	while (id && *id && (at = strstr(text, id)))
		memset(at, '*', strlen(id));
	return text;
}

static bool same_header(
	const struct api_reply *one, const struct api_reply *other, const char *name)
{
	const char *a = api_header_of(one, name), *b = api_header_of(other, name);
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool masked_same(const struct api_reply *one, const struct api_reply *other)
{
	return same_header(one, other, "www-authenticate") && masked_same_body(one, other);
}

bool masked_same_body(const struct api_reply *one, const struct api_reply *other)
{
	static const char *const headers[] = { "content-type", "content-length", "etag", "location",
		"cache-control", "allow", "retry-after", "link" };
	char *a = masked_text(one), *b = masked_text(other);
	bool same = one->status == other->status && strcmp(a, b) == 0;
	for (size_t i = 0; same && i < sizeof headers / sizeof *headers; i++)
		same = same_header(one, other, headers[i]);
	same = same && json_object_size(one->headers) == json_object_size(other->headers);
	free(a);
	free(b);
	return same;
}
