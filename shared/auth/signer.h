/*
 * signer.h - local signing keys, for development and tests: the directory of `upward-token`. It has
 * one file per private key (<kid>.pem, mode 0400; the greatest kid is the newest and signs), the
 * jwks.json with all public keys, and issuers.json, which services read as ISSUERS_FILE. A public key
 * is always published before its private key exists, so no token is signed too early. All functions
 * refuse if APP_ENV is production.
 */
#ifndef UPWARD_AUTH_SIGNER_H
#define UPWARD_AUTH_SIGNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

#define SIGNER_ISSUER   "urn:upward:local"
#define SIGNER_AUDIENCE "upward"

/* If false, each gives a one-line reason. */
CHECKED bool signer_keys(const char *dir, char *ret_reason,
	size_t reason_size); /* creates the first key; may be repeated */
CHECKED bool signer_rotate(
	const char *dir, char *ret_reason, size_t reason_size); /* adds a key, which then signs */
CHECKED bool signer_retire(
	const char *dir, char *ret_reason, size_t reason_size); /* removes all but the newest */

/* A token for sub with these roles (comma-separated names), valid from now for ttl seconds.
 * Returns owned, or NULL with a reason. */
CHECKED char *signer_sign(const char *dir, const char *roles, const char *sub, int64_t ttl,
	char *ret_reason, size_t reason_size);

#endif
