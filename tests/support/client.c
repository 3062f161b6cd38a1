#include "support/client_internal.h"

#include <netinet/in.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIMEOUT_SECONDS  300L
#define PATIENCE_SECONDS 300.0 /* for overloaded machines */

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t callers_lock = PTHREAD_MUTEX_INITIALIZER;
static struct api *callers;           /* of api_as and api_with_token; guarded by callers_lock */
static struct api_reply *raw_replies; /* guarded by callers_lock */

static void start_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

static char *copy(const char *text)
{
	char *twin = strdup(text);
	if (!twin)
		abort();
	return twin;
}

static struct api *caller_new(char *authorization)
{
	pthread_once(&curl_once, start_curl);
	struct api *caller = calloc(1, sizeof *caller);
	if (!caller || !(caller->curl = curl_easy_init()))
		abort();
	caller->base = copy(api_stack("url"));
	caller->authorization = authorization;
	return caller;
}

static char *authorization_for(const char *role, const char *user_name)
{
	if (!role)
		return NULL;
	char *token = mint_token(role, user_name), *value = NULL;
	if (asprintf(&value, "Bearer %s", token) < 0)
		abort();
	free(token);
	return value;
}

struct api *api_new(const char *role, const char *user_name)
{
	begin_time();
	return caller_new(authorization_for(role, user_name));
}

struct api *api_new_with_token(const char *authorization)
{
	return caller_new(copy(authorization));
}

static struct api *listed(const char *key)
{
	for (struct api *c = callers; c; c = c->next)
		if (strcmp(c->key, key) == 0)
			return c;
	return NULL;
}

struct api *api_as(const char *role, const char *user_name)
{
	char key[600];
	begin_time(); /* before taking the lock, because it needs a caller too */
	snprintf(key, sizeof key, "%s %s", role ? role : "-", user_name ? user_name : "-");
	pthread_mutex_lock(&callers_lock);
	struct api *caller = listed(key);
	if (!caller) {
		caller = api_new(role, user_name);
		caller->key = copy(key);
		caller->next = callers;
		callers = caller;
	}
	pthread_mutex_unlock(&callers_lock);
	return api_direct(caller, NULL);
}

struct api *api_with_token(const char *authorization)
{
	struct api *caller = caller_new(authorization ? copy(authorization) : NULL);
	caller->key = copy("by hand");
	pthread_mutex_lock(&callers_lock);
	caller->next = callers;
	callers = caller;
	pthread_mutex_unlock(&callers_lock);
	return caller;
}

void api_free(struct api *caller)
{
	if (!caller)
		return;
	for (struct api_reply *r = caller->replies, *next; r; r = next) {
		next = r->next;
		reply_free(r);
	}
	curl_slist_free_all(caller->headers);
	free(caller->for_whom);
	curl_easy_cleanup(caller->curl);
	free(caller->base);
	free(caller->authorization);
	free(caller->key);
	free(caller);
}

struct api *api_direct(struct api *caller, const char *service)
{
	char path[100];
	snprintf(path, sizeof path, "services.%s.url", service ? service : "");
	free(caller->base);
	caller->base = copy(api_stack(service ? path : "url"));
	return caller;
}

const char *api_token(struct api *caller)
{
	return caller->authorization ? caller->authorization + strlen("Bearer ") : "";
}

int api_release(void **state)
{
	(void)state;
	pthread_mutex_lock(&callers_lock);
	for (struct api *c = callers, *next; c; c = next) {
		next = c->next;
		api_free(c);
	}
	for (struct api_reply *r = raw_replies, *next; r; r = next) {
		next = r->next;
		reply_free(r);
	}
	callers = NULL;
	raw_replies = NULL;
	pthread_mutex_unlock(&callers_lock);
	forget_kept();
	return 0;
}

/* ---- asking -----------------------------------------------------------------------------------*/

struct incoming {
	struct api_reply *reply;
	size_t room;
};

static size_t take_body(char *bytes, size_t size, size_t count, void *user)
{
	struct incoming *in = user;
	size_t length = size * count;
	if (in->reply->length + length + 1 > in->room) {
		in->room = 2 * (in->reply->length + length + 1);
		in->reply->text = realloc(in->reply->text, in->room);
		if (!in->reply->text)
			abort();
	}
	memcpy(in->reply->text + in->reply->length, bytes, length);
	in->reply->length += length;
	in->reply->text[in->reply->length] = '\0';
	return length;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *user)
{
	struct incoming *in = user;
	if (size * count > 5 && memcmp(bytes, "HTTP/", 5) == 0)
		json_object_clear(in->reply->headers); /* after a 100 Continue */
	else
		reply_header(in->reply, bytes, size * count);
	return size * count;
}

static void add_header(struct api *caller, const char *name, const char *value)
{
	char *line = NULL;
	if (asprintf(&line, "%s: %s", name, value) < 0)
		abort();
	caller->headers = curl_slist_append(caller->headers, line);
	free(line);
}

/* Adds the caller's standing headers to those of its next request. */
static void add_standing_headers(struct api *caller, const char *content_type, bool has_body)
{
	if (caller->authorization)
		add_header(caller, "Authorization", caller->authorization);
	if (content_type)
		add_header(caller, "Content-Type", content_type);
	else if (has_body)
		caller->headers = curl_slist_append(caller->headers, "Content-Type:");
	if (caller->for_whom)
		add_header(caller, "X-On-Behalf-Of", caller->for_whom);
	caller->headers = curl_slist_append(caller->headers, "Expect:");
}

static void set_request(struct api *caller, const char *url, const char *method, const void *body,
	size_t length, struct incoming *in)
{
	CURL *curl = caller->curl;
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(curl, CURLOPT_NOBODY, (long)(strcmp(method, "HEAD") == 0));
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, in);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, in);
	if (body) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
	}
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, caller->headers);
}

static struct api_reply *send_once(struct api *caller, const char *method, const char *path,
	const char *content_type, const void *body, size_t length)
{
	char *url = NULL;
	long status = 0, head = 0;
	struct incoming in = { .reply = reply_new(method, path) };
	if (asprintf(&url, "%s%s", caller->base, path) < 0)
		abort();
	set_request(caller, url, method, body, length, &in);
	double from = api_now();
	CURLcode code = curl_easy_perform(caller->curl);
	in.reply->seconds = api_now() - from;
	curl_easy_getinfo(caller->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(caller->curl, CURLINFO_HEADER_SIZE, &head);
	in.reply->begun = head > 0 || status > 0;
	if (code == CURLE_OK) {
		in.reply->status = (int)status;
	} else {
		free(in.reply->text);
		in.reply->text = copy(curl_easy_strerror(code));
		in.reply->length = strlen(in.reply->text);
	}
	if (!in.reply->text)
		in.reply->text = copy("");
	if (in.reply->status)
		in.reply->body = json_loadb(
			in.reply->text, in.reply->length, JSON_DECODE_ANY, NULL);
	if (in.reply->status && !caller->unrecorded)
		record_exchange(method, path, content_type, body, length, in.reply);
	free(url);
	in.reply->next = caller->replies;
	caller->replies = in.reply;
	return in.reply;
}

/* Whether a request names the write or the version that it is about, so that another one does no harm. */
static bool is_named(const struct api *caller)
{
	for (const struct curl_slist *h = caller->headers; h; h = h->next)
		if (strncmp(h->data, "Idempotency-Key:", 16) == 0 ||
			strncmp(h->data, "If-Match:", 9) == 0)
			return true;
	return false;
}

/* Whether the machine was too slow for a request that may be sent again: the service has done nothing, or
 * the gateway has given up waiting for it. */
static bool is_overloaded(
	const struct api *caller, const char *method, const struct api_reply *reply)
{
	const char *code = reply->status == 503 ? json_string_value(member_of(reply->body, "code"))
						: NULL;
	if (code && strcmp(code, "gateway_timeout") == 0)
		return strcmp(method, "GET") == 0 || is_named(caller);
	return code && strcmp(code, "overloaded") == 0;
}

struct api_reply *api_send(struct api *caller, const char *method, const char *path,
	const char *content_type, const void *body, size_t length)
{
	add_standing_headers(caller, content_type, body != NULL);
	double deadline = api_now() + PATIENCE_SECONDS;
	struct api_reply *reply = send_once(caller, method, path, content_type, body, length);
	while (!caller->hasty && is_overloaded(caller, method, reply) && api_now() < deadline) {
		api_pause(deadline + TIMEOUT_SECONDS, "not overloaded", __FILE__, __LINE__);
		reply = send_once(caller, method, path, content_type, body, length);
	}
	curl_slist_free_all(caller->headers);
	caller->headers = NULL;
	return reply;
}

static struct api_reply *send_json(
	struct api *caller, const char *method, const char *path, const char *format, va_list args)
{
	char *body = format ? format_text(format, args) : NULL;
	const char *type = !body                          ? NULL
			   : strcmp(method, "PATCH") == 0 ? "application/merge-patch+json"
							  : "application/json";
	struct api_reply *reply = api_send(
		caller, method, path, type, body, body ? strlen(body) : 0);
	free(body);
	return reply;
}

#define BY_PATH(function, method)                                                                  \
	struct api_reply *function(struct api *caller, const char *format, ...)                    \
	{                                                                                          \
		va_list args;                                                                      \
		va_start(args, format);                                                            \
		char *path = format_text(format, args);                                            \
		va_end(args);                                                                      \
		struct api_reply *reply = api_send(caller, method, path, NULL, NULL, 0);           \
		free(path);                                                                        \
		return reply;                                                                      \
	}
BY_PATH(api_get, "GET")
BY_PATH(api_delete, "DELETE")

#define WITH_BODY(function, method)                                                                \
	struct api_reply *function(struct api *caller, const char *path, const char *body, ...)    \
	{                                                                                          \
		va_list args;                                                                      \
		va_start(args, body);                                                              \
		struct api_reply *reply = send_json(caller, method, path, body, args);             \
		va_end(args);                                                                      \
		return reply;                                                                      \
	}
WITH_BODY(api_post, "POST")
WITH_BODY(api_put, "PUT")
WITH_BODY(api_patch, "PATCH")

void api_header(struct api *caller, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *line = format_text(format, args);
	va_end(args);
	caller->headers = curl_slist_append(caller->headers, line);
	free(line);
}

void api_hasty(struct api *caller)
{
	caller->hasty = true;
}

void api_on_behalf_of(struct api *caller, const char *person_id)
{
	free(caller->for_whom);
	caller->for_whom = person_id ? strdup(person_id) : NULL;
}

void api_if_match(struct api *caller, const struct api_reply *reply)
{
	const char *etag = api_header_of(reply, "etag");
	if (!etag)
		give_up("%s was answered without an ETag", reply->asked);
	add_header(caller, "If-Match", etag);
}

struct api_reply *api_change(struct api *caller, const char *path)
{
	const char *change = api_path("%s", path); /* a copy: the buffer may be reused */
	size_t len = (size_t)(strrchr(change, '/') - change);
	struct api_reply *seen = api_get(caller, "%.*s", (int)len, change);
	const char *etag = seen->status == 200 ? api_header_of(seen, "etag") : NULL;
	api_header(caller, "If-Match: %s", etag ? etag : "*");
	return api_post(caller, change, NULL);
}

/* ---- bytes by hand ----------------------------------------------------------------------------*/

static int connect_to(long long port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = 20 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	return fd;
}

static void read_all(int fd, struct incoming *in)
{
	char room[16384];
	for (ssize_t got; (got = recv(fd, room, sizeof room, 0)) > 0;)
		take_body(room, 1, (size_t)got, in);
}

struct api_reply *api_raw(const char *service, const void *bytes, size_t length)
{
	char port[100];
	struct api_reply *reply = reply_new("raw bytes to", service ? service : "gateway");
	struct api_reply scratch = { .text = NULL };
	struct incoming in = { .reply = &scratch };
	snprintf(port, sizeof port, "services.%s.port", service ? service : "");
	int fd = connect_to(api_stack_integer(service ? port : "port"));
	size_t sent = 0;
	while (fd >= 0 && sent < length) {
		ssize_t put = send(fd, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);
		if (put <= 0)
			break; /* refused early: the response can be read */
		sent += (size_t)put;
	}
	if (fd >= 0) {
		read_all(fd, &in);
		close(fd);
	}
	reply_parse(reply, scratch.text ? scratch.text : "", scratch.length);
	free(scratch.text);
	pthread_mutex_lock(&callers_lock);
	reply->next = raw_replies;
	raw_replies = reply;
	pthread_mutex_unlock(&callers_lock);
	return reply;
}
