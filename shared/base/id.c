#include "base/id.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include "base/random.h"

static struct id id_print(const unsigned char bytes[16])
{
	static const char digits[] = "0123456789abcdef";
	struct id id;
	char *at = id.text;
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 15];
	}
	*at = '\0';
	return id;
}

/*
 * RFC 9562 section 6.2, methods 3 and 1: 48 bits of milliseconds and 12 bits of their fraction form
 * one counter of 1/4096 ms. If a tick is already taken, or the clock was set back, the next free
 * one is used, so the ids of a process never go backwards and never share their first 60 bits.
 */
static uint64_t next_tick(void)
{
	static _Atomic uint64_t last;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	uint64_t tick = ms << 12 | (uint64_t)(now.tv_nsec % 1000000) * 4096 / 1000000;
	uint64_t seen = atomic_load_explicit(&last, memory_order_relaxed);
	uint64_t mine;
	do
		mine = tick > seen ? tick : seen + 1;
	while (!atomic_compare_exchange_weak_explicit(
		&last, &seen, mine, memory_order_relaxed, memory_order_relaxed));
	return mine;
}

/* Eight random bytes, each used only once. They are read in bulk: every request needs an id, and a
 * system call for each would be a tenth of its cost. */
static void noise(unsigned char bytes[8])
{
	static _Thread_local unsigned char stock[32 * 8];
	static _Thread_local size_t left;

	if (left == 0) {
		random_bytes(stock, sizeof stock);
		left = sizeof stock;
	}
	left -= 8;
	memcpy(bytes, stock + left, 8);
}

struct id id_v7(void)
{
	unsigned char b[16];
	uint64_t tick = next_tick();
	noise(b + 8);
	for (int i = 0; i < 6; i++)
		b[i] = (unsigned char)(tick >> (52 - 8 * i));
	b[6] = (unsigned char)(0x70 | (tick >> 8 & 0x0f));
	b[7] = (unsigned char)tick;
	b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
	return id_print(b);
}

struct id id_v4(void)
{
	unsigned char b[16];
	random_bytes(b, sizeof b);
	b[6] = (unsigned char)(0x40 | (b[6] & 0x0f));
	b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
	return id_print(b);
}
