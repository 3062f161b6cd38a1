/*
 * issuer.h - the trusted issuers, from the file named by ISSUERS_FILE (key_ring.h describes a row).
 * Read once at start and immutable afterwards, so any thread may read without a lock.
 */
#ifndef UPWARD_AUTH_ISSUER_H
#define UPWARD_AUTH_ISSUER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/cleanup.h"

#define ISSUERS_MOST 16

enum issuer_source {
	ISSUER_FILE,     /* location: path of a JWKS; relative to the issuers' file */
	ISSUER_URL,      /* location: address of a JWKS */
	ISSUER_DISCOVERY /* location: address of the OpenID Connect configuration */
};

/* The texts are borrowed from `row`. */
struct issuer {
	const char *name;     /* compared byte by byte with `iss` */
	const char *audience; /* must be among `aud` */
	const char *person_claim;
	const char *person_key; /* user_name, external_id or email */
	const json_t *role_claims;
	const json_t *roles; /* claim value -> role, or an array of roles */
	int refresh_seconds; /* between two fetches; a file is watched instead */
	enum issuer_source source;
	char *location; /* owned */
	json_t *row;    /* owned */
};

struct issuer_list {
	size_t count;
	struct issuer items[ISSUERS_MOST];
};

/* false with a one-line reason: unreadable, a row with an error, a duplicate issuer, or none at all. */
CHECKED bool issuer_list_read(
	const char *path, struct issuer_list *ret_list, char *ret_reason, size_t reason_size);
void issuer_list_release(struct issuer_list *list);
/* For --print-config: the effective settings of each issuer, with defaults, as lines that begin
 * with #. */
void issuer_list_print(const struct issuer_list *list, struct buf *out);

#endif
