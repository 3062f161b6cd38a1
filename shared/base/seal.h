/*
 * seal.h - hides a short text from everybody who does not hold the key, and shows whether it was changed:
 * AES-SIV (RFC 5297) with a key of its own for each purpose. The same text gives the same sealed text, so it
 * needs neither a random number nor a place where it is kept.
 */
#ifndef UPWARD_BASE_SEAL_H
#define UPWARD_BASE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

#define SEAL_KEY  32
#define SEAL_MORE 16 /* how much longer a sealed text is */

/* ret_sealed has room for len + SEAL_MORE bytes. */
void seal_text(const unsigned char key[SEAL_KEY], const char *purpose, const void *text, size_t len,
	unsigned char *ret_sealed);
/* ret_text has room for len - SEAL_MORE bytes. false: it was not sealed with this key for this purpose; ret_text
 * then holds nothing of use. */
CHECKED bool seal_open(const unsigned char key[SEAL_KEY], const char *purpose, const void *sealed,
	size_t len, void *ret_text);

#endif
