/*
 * client_internal.h - shared by the files of the API client.
 */
#ifndef UPWARD_TESTS_CLIENT_INTERNAL_H
#define UPWARD_TESTS_CLIENT_INTERNAL_H

#include <curl/curl.h>
#include "support/client.h"

struct api {
	CURL *curl;
	char *base;                 /* http://host:port */
	char *authorization;        /* "Bearer …" or NULL */
	struct curl_slist *headers; /* of the next request */
	char *for_whom;             /* X-On-Behalf-Of of every request, or NULL */
	struct api_reply *replies;
	bool unrecorded, hasty;
	struct api *next;
	char *key; /* role and user, for api_as */
};

/* Appends one exchange to $UPWARD_RECORD. request NULL: no body. */
void record_exchange(const char *method, const char *path, const char *content_type,
	const void *request, size_t length, const struct api_reply *reply);
/* Runs a program; returns its standard output, owned, or NULL if it failed. */
char *run_program(const char *const argv[]);
/* Parses a raw HTTP answer's head and body into the reply. */
void reply_parse(struct api_reply *reply, const char *bytes, size_t length);
void reply_header(struct api_reply *reply, const char *line, size_t length);
struct api_reply *reply_new(const char *method, const char *path);
void reply_free(struct api_reply *reply);
/* Ends the test (from its own thread) with a message. */
_Noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Keeps a text until api_release. */
const char *keep_text(char *owned);
/* A bearer token by upward-token, owned; user may be NULL. */
char *mint_token(const char *role, const char *user);
void forget_kept(void);
/* Sets the business time to its beginning, once. */
void begin_time(void);
/* A member by its path, "a.0.b"; borrowed, or NULL. */
json_t *member_of(json_t *value, const char *path);
/* printf into owned memory */
char *format_text(const char *format, va_list args);

#endif
