/*
 * stamp.h - signs what Upward itself certifies, with Ed25519 (RFC 8032), so that anybody with the public key can
 * verify it. The key follows from SECRET_KEY_FILE and a purpose: it need not be kept apart, and changes with it.
 */
#ifndef UPWARD_AUTH_STAMP_H
#define UPWARD_AUTH_STAMP_H

#include <stdbool.h>
#include "base/cleanup.h"

#define STAMP_TEXT 87 /* base64url of 64 bytes, and the NUL */
#define STAMP_KEY  44 /* of the 32 bytes of the public key (RFC 8037's x) */

CHECKED bool stamp_sign(const unsigned char secret[32], const char *purpose, const char *text,
	char ret_signature[STAMP_TEXT]);
CHECKED bool stamp_key(
	const unsigned char secret[32], const char *purpose, char ret_key[STAMP_KEY]);
/* Ed25519 signatures are deterministic: the same text has the same one. */
CHECKED bool stamp_holds(const unsigned char secret[32], const char *purpose, const char *text,
	const char *signature);

#endif
