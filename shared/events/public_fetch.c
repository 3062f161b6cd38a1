#include "events/public_fetch.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "auth/fetch.h"
#include "base/address.h"
#include "events/worker.h"

#define CONNECT_MS     5000L
#define WHOLE_MS       20000L
#define REDIRECTS_MOST 3
#define URL_BYTES      2100

/* One request. */
struct hop {
	bool loopback;  /* plain http, in development */
	bool inside;    /* a host of the own network that is allowed by name */
	bool forbidden; /* an address was refused */
	bool too_large;
	struct buf *out;          /* NULL: the body of the response does not matter */
	const char *post;         /* JSON to post, or NULL */
	struct fetch_marks marks; /* received with the response */
};

bool public_fetch_allowed(const char *url)
{
	return fetch_allowed(url);
}

/* Judges every address after the name is resolved and before anything is sent. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct hop *hop = context;
	(void)purpose;
	if (hop->loopback ? !address_is_loopback(&address->addr)
			  : !hop->inside && !address_is_public(&address->addr)) {
		hop->forbidden = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_bytes(const char *bytes, size_t size, size_t count, void *context)
{
	struct hop *hop = context;
	if (!hop->out)
		return size * count;
	buf_add(hop->out, bytes, size * count);
	hop->too_large = !buf_ok(hop->out);
	return hop->too_large ? 0 : size * count;
}

/* Keeps the value of a header of this name, unless it is too long or not visible ASCII. */
static void take_mark(const char *line, size_t length, const char *name, char ret_mark[FETCH_MARK])
{
	size_t named = strlen(name);
	if (length <= named || strncasecmp(line, name, named) != 0)
		return;
	line += named;
	length -= named;
	while (length > 0 && (line[0] == ' ' || line[0] == '\t')) {
		line++;
		length--;
	}
	while (length > 0 && strchr("\r\n \t", line[length - 1]))
		length--;
	bool good = length < FETCH_MARK;
	for (size_t i = 0; good && i < length; i++)
		good = line[i] >= ' ' && line[i] <= '~';
	snprintf(ret_mark, FETCH_MARK, "%.*s", good ? (int)length : 0, line);
}

static size_t take_header(const char *line, size_t size, size_t count, void *context)
{
	struct hop *hop = context;
	take_mark(line, size * count, "ETag:", hop->marks.etag);
	take_mark(line, size * count, "Last-Modified:", hop->marks.modified);
	return size * count;
}

static int ask_stop(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)context, (void)a, (void)b, (void)c, (void)d;
	return worker_stopping();
}

/* Whether the host of the URL is one of those separated by commas. */
static bool is_inside(const char *url, const char *hosts)
{
	char *host = NULL;
	bool found = false;
	CURLU *parts = curl_url();
	if (parts && hosts && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
		curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK)
		for (const char *at = hosts; *at && !found;
			at += strcspn(at, ","), at += *at == ',') {
			size_t length = strcspn(at, ",");
			found = length == strlen(host) && strncasecmp(at, host, length) == 0;
		}
	curl_free(host);
	curl_url_cleanup(parts);
	return found;
}

static bool set_options(CURL *curl, const char *url, struct hop *hop, struct curl_slist *headers,
	const struct fetch_inside *inside)
{
	int code = (int)curl_easy_setopt(curl, CURLOPT_URL, url);
	code |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, hop->loopback ? "http" : "https");
	if (hop->inside && inside->authorities)
		code |= curl_easy_setopt(curl, CURLOPT_CAINFO, inside->authorities);
	code |= curl_easy_setopt(curl, CURLOPT_PROXY, "");
	code |= curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	code |= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	code |= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	code |= curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, WHOLE_MS);
	code |= curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, NULL);
	code |= curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	code |= curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	code |= curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, hop);
	code |= curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
	code |= curl_easy_setopt(curl, CURLOPT_WRITEDATA, hop);
	code |= curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	code |= curl_easy_setopt(curl, CURLOPT_HEADERDATA, hop);
	if (hop->post)
		code |= curl_easy_setopt(curl, CURLOPT_POSTFIELDS, hop->post);
	code |= curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	code |= curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_stop);
	return code == CURLE_OK;
}

/* The headers of a conditional request (owned), or NULL if out of memory. */
static struct curl_slist *conditions(const struct fetch_marks *marks)
{
	char line[FETCH_MARK + 32];
	struct curl_slist *headers = curl_slist_append(NULL, "Accept: text/calendar, */*;q=0.1");
	if (headers && *marks->etag) {
		snprintf(line, sizeof line, "If-None-Match: %s", marks->etag);
		headers = curl_slist_append(headers, line);
	}
	if (headers && *marks->modified) {
		snprintf(line, sizeof line, "If-Modified-Since: %s", marks->modified);
		headers = curl_slist_append(headers, line);
	}
	return headers;
}

static enum fetch_outcome outcome_of(CURLcode code, long status, const struct hop *hop)
{
	if (hop->forbidden)
		return FETCH_FORBIDDEN;
	if (hop->too_large)
		return FETCH_TOO_LARGE;
	if (code == CURLE_OPERATION_TIMEDOUT)
		return FETCH_TOO_SLOW;
	if (code != CURLE_OK)
		return FETCH_UNREACHABLE;
	return status == 200 ? FETCH_DONE : status == 304 ? FETCH_UNCHANGED : FETCH_STATUS;
}

/* Sends one request; the headers are taken. */
static CURLcode perform(CURL *curl, const char *url, struct hop *hop, struct curl_slist *headers,
	const struct fetch_inside *inside)
{
	CURLcode code = CURLE_OUT_OF_MEMORY;
	hop->loopback = strncmp(url, "http:", 5) == 0;
	hop->inside = !hop->loopback && is_inside(url, inside->hosts);
	curl_easy_reset(curl);
	if (headers && set_options(curl, url, hop, headers, inside))
		code = curl_easy_perform(curl);
	curl_slist_free_all(headers);
	return code;
}

/* One request; after a redirect, url is the next one to fetch. */
static enum fetch_outcome run_hop(CURL *curl, char url[URL_BYTES], struct hop *hop,
	const struct fetch_inside *inside, const struct fetch_marks *marks, bool *ret_again)
{
	long status = 0;
	char *next = NULL;
	*ret_again = false;
	if (!fetch_allowed(url))
		return FETCH_FORBIDDEN;
	CURLcode code = perform(curl, url, hop, conditions(marks), inside);
	if (code == CURLE_OK)
		code = curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (code == CURLE_OK)
		code = curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &next);
	if (code == CURLE_OK && next && strlen(next) < URL_BYTES) {
		memcpy(url, next, strlen(next) + 1);
		*ret_again = true;
	}
	return outcome_of(code, status, hop);
}

enum fetch_outcome public_fetch(const char *url, const struct fetch_inside *inside,
	struct fetch_marks *marks, struct buf *out)
{
	char at[URL_BYTES];
	enum fetch_outcome outcome = FETCH_STATUS;
	if ((size_t)snprintf(at, sizeof at, "%s", url) >= sizeof at)
		return FETCH_FORBIDDEN;
	CURL *curl = curl_easy_init();
	if (!curl)
		return FETCH_UNREACHABLE;
	bool again = true;
	struct hop hop = { 0 };
	for (int i = 0; again && i <= REDIRECTS_MOST; i++) {
		buf_clear(out);
		hop = (struct hop){ .out = out };
		outcome = run_hop(curl, at, &hop, inside, marks, &again);
	}
	curl_easy_cleanup(curl);
	if (again)
		outcome = FETCH_STATUS;
	if (outcome == FETCH_DONE)
		*marks = hop.marks;
	return outcome;
}

enum fetch_outcome public_post(const char *url, const struct fetch_inside *inside, const char *json,
	struct post_answer *ret_answer)
{
	struct hop hop = { .post = json };
	curl_off_t pause = 0;
	*ret_answer = (struct post_answer){ 0 };
	if (strlen(url) >= URL_BYTES || !fetch_allowed(url))
		return FETCH_FORBIDDEN;
	CURL *curl = curl_easy_init();
	if (!curl)
		return FETCH_UNREACHABLE;
	CURLcode code = perform(curl, url, &hop,
		curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8"), inside);
	if (code == CURLE_OK)
		code = curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &ret_answer->status);
	if (code == CURLE_OK && curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &pause) == CURLE_OK)
		ret_answer->pause = pause < POST_PAUSE_MOST ? (int)pause : POST_PAUSE_MOST;
	curl_easy_cleanup(curl);
	enum fetch_outcome outcome = outcome_of(code, ret_answer->status, &hop);
	bool taken = outcome == FETCH_STATUS && ret_answer->status / 100 == 2;
	return taken ? FETCH_DONE : outcome;
}
