/*
 * signer.h - local signing keys, for development and tests: the folder of `upward-token`. It holds
 * one private key a file (<kid>.pem, mode 0400; the greatest kid is the newest and signs), the
 * public jwks.json of all of them, and issuers.json, which services read as ISSUERS_FILE. A public
 * key is always published before its private half lies there, so no token is signed too early.
 * Everything is refused where APP_ENV is production.
 */
#ifndef UPWARD_AUTH_SIGNER_H
#define UPWARD_AUTH_SIGNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

#define SIGNER_ISSUER   "urn:upward:local"
#define SIGNER_AUDIENCE "upward"

/* Each gives a one-line reason on false. */
CHECKED bool signer_keys(
	const char *dir, char *ret_reason, size_t reason_size); /* first key; again: no harm */
CHECKED bool signer_rotate(
	const char *dir, char *ret_reason, size_t reason_size); /* one more, which signs */
CHECKED bool signer_retire(
	const char *dir, char *ret_reason, size_t reason_size); /* all but the newest go */

/* A token for sub with these roles (comma-separated names), valid from now for ttl seconds.
 * Returns owned, or NULL with a reason. */
CHECKED char *signer_sign(const char *dir, const char *roles, const char *sub, int64_t ttl,
	char *ret_reason, size_t reason_size);

#endif
