/*
 * hash.h - SHA-256 (FIPS 180-4), HMAC-SHA-256 (RFC 2104), CRC-32 (ISO 3309, as in zlib) and a
 * constant-time comparison. None can fail; none keeps state.
 */
#ifndef UPWARD_BASE_HASH_H
#define UPWARD_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

#define HASH_BYTES 32
#define HASH_TEXT  65 /* lower-case hexadecimal and the NUL */

void hash_sha256(const void *bytes, size_t len, unsigned char ret_hash[HASH_BYTES]);
void hash_hmac(const void *key, size_t key_len, const void *bytes, size_t len,
	unsigned char ret_hash[HASH_BYTES]);
/* The same for two texts, one after the other. */
void hash_hmac_two(const void *key, size_t key_len, const void *first, size_t first_len,
	const void *second, size_t second_len, unsigned char ret_hash[HASH_BYTES]);
/* Hexadecimal of any bytes; ret_text has room for 2 * len + 1. */
void hash_hex(const void *bytes, size_t len, char *ret_text);
uint32_t hash_crc32(const void *bytes, size_t len);
/* For secrets: always reads every byte of both. */
CHECKED bool hash_equal(const void *a, const void *b, size_t len);
/* Overwrites a secret; not optimised away. */
void hash_wipe(void *bytes, size_t len);

#endif
