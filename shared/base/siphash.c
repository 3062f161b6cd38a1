/* siphash.c - SipHash-2-4 with a digest of 128 bits, after the authors' description. Words are read
 * in the machine's byte order, which is the required little-endian order on x86-64 and AArch64. */
#include "base/siphash.h"

#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are read in memory order");

struct sip {
	uint64_t a, b, c, d;
};

static inline uint64_t turn(uint64_t word, int bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void stir(struct sip *s, int rounds)
{
	while (rounds--) {
		s->a += s->b;
		s->c += s->d;
		s->b = turn(s->b, 13) ^ s->a;
		s->d = turn(s->d, 16) ^ s->c;
		s->a = turn(s->a, 32) + s->d;
		s->c += s->b;
		s->d = turn(s->d, 21) ^ s->a;
		s->b = turn(s->b, 17) ^ s->c;
		s->c = turn(s->c, 32);
	}
}

static inline void take(struct sip *s, uint64_t word)
{
	s->d ^= word;
	stir(s, 2);
	s->a ^= word;
}

void hash_sip(const unsigned char key[SIPHASH_BYTES], const void *bytes, size_t len,
	unsigned char ret_hash[SIPHASH_BYTES])
{
	const unsigned char *at = bytes;
	uint64_t low, high, word, last = (uint64_t)len << 56;
	memcpy(&low, key, 8);
	memcpy(&high, key + 8, 8);
	struct sip s = { low ^ UINT64_C(0x736f6d6570736575), high ^ UINT64_C(0x646f72616e646f83),
		low ^ UINT64_C(0x6c7967656e657261), high ^ UINT64_C(0x7465646279746573) };
	for (; len >= 8; at += 8, len -= 8) {
		memcpy(&word, at, 8);
		take(&s, word);
	}
	for (size_t i = 0; i < len; i++)
		last |= (uint64_t)at[i] << (8 * i);
	take(&s, last);
	s.c ^= 0xee;
	stir(&s, 4);
	word = s.a ^ s.b ^ s.c ^ s.d;
	memcpy(ret_hash, &word, 8);
	s.b ^= 0xdd;
	stir(&s, 4);
	word = s.a ^ s.b ^ s.c ^ s.d;
	memcpy(ret_hash + 8, &word, 8);
}
