#include "json/portal_links.h"

#include <jansson.h>
#include <string.h>
#include "base/str.h"
#include "json/load.h"

#define ADDRESS_MOST 2000

/* What a notification or a task can be about, and the video room of a session. */
static const char *const nouns[] = { "agreement", "assessment", "enrolment", "goal", "help_request",
	"meeting", "pair", "programme", "round", "session", "shortlist", "survey" };

static bool is_noun(const char *name)
{
	for (size_t i = 0; i < COUNT(nouns); i++)
		if (strcmp(nouns[i], name) == 0)
			return true;
	return false;
}

/* Only printable ASCII, without the characters that end a URL in a text or a page. */
static bool is_plain(const char *address)
{
	for (const char *at = address; *at; at++)
		if (*at <= ' ' || *at > '~' || strchr("\"<>\\^`|", *at))
			return false;
	return true;
}

const char *portal_link_fault(const char *address)
{
	const char *host = strncmp(address, "https://", 8) == 0  ? address + 8
			   : strncmp(address, "http://", 7) == 0 ? address + 7
								 : NULL;
	if (!host)
		return "must begin with https:// or http://";
	if (strlen(address) > ADDRESS_MOST)
		return "is longer than 2000 characters";
	if (!is_plain(address))
		return "holds a character that no address may hold";
	size_t length = strcspn(host, "/?#");
	if (length == 0 || memchr(host, '{', length) || memchr(host, '@', length))
		return "must name a host";
	const char *id = strstr(host + length, "{id}");
	if (!id)
		return "must hold {id} behind the host";
	if (strpbrk(id + 4, "{}") || memchr(host, '}', (size_t)(id - host)) ||
		memchr(host, '{', (size_t)(id - host)))
		return "must hold {id} once, and no other braces";
	return NULL;
}

bool portal_links_check(const char *text, struct buf *faults)
{
	size_t before = faults->len;
	const char *noun;
	json_t *address;
	json_t *links = json_load_whole(text, strlen(text), JSON_REJECT_DUPLICATES, NULL, NULL);
	if (!json_is_object(links))
		buf_text(faults, "PORTAL_LINKS must be a JSON object of noun to address\n");
	json_object_foreach(links, noun, address)
	{
		const char *fault = !is_noun(noun) ? "is no noun with a page"
				    : json_is_string(address)
					    ? portal_link_fault(json_string_value(address))
					    : "must be a text";
		if (fault)
			buf_print(faults, "PORTAL_LINKS: %s %s\n", noun, fault);
	}
	json_decref(links);
	return faults->len == before && buf_ok(faults);
}
