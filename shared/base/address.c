#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define V4_BYTES 4
#define V6_BYTES 16

struct block {
	uint8_t bytes[V6_BYTES];
	int bits;
};

/* Blocks that are not globally reachable. */
static const struct block v4_blocks[] = {
	{ { 0 }, 8 },
	{ { 10 }, 8 },
	{ { 100, 64 }, 10 },
	{ { 127 }, 8 },
	{ { 169, 254 }, 16 },
	{ { 172, 16 }, 12 },
	{ { 192, 0, 0 }, 24 },
	{ { 192, 0, 2 }, 24 },
	{ { 192, 88, 99 }, 24 },
	{ { 192, 168 }, 16 },
	{ { 198, 18 }, 15 },
	{ { 198, 51, 100 }, 24 },
	{ { 203, 0, 113 }, 24 },
	{ { 224 }, 3 }, /* multicast, and 240/4 with the broadcast */
};

/* The same, within the global unicast addresses 2000::/3. */
static const struct block v6_blocks[] = {
	{ { 0x20, 0x01, 0x00 }, 23 },
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
	{ { 0x20, 0x02 }, 16 },
	{ { 0x3f, 0xff, 0x00 }, 20 },
};
static const struct block v6_unicast = { { 0x20 }, 3 };
/* IPv6 addresses whose last four bytes are an IPv4 address: IPv4-mapped and NAT64. */
static const struct block v6_mapped = { { [10] = 0xff, 0xff }, 96 };
static const struct block v6_translated = { { 0x00, 0x64, 0xff, 0x9b }, 96 };
static const struct block v4_loopback = { { 127 }, 8 };
static const struct block v6_loopback = { { [15] = 1 }, 128 };

static bool is_within(const uint8_t *bytes, const struct block *block)
{
	int whole = block->bits / 8, rest = block->bits % 8;
	uint8_t mask = (uint8_t)(0xff << (8 - rest));
	return memcmp(bytes, block->bytes, (size_t)whole) == 0 &&
	       (rest == 0 || (bytes[whole] & mask) == (block->bytes[whole] & mask));
}

static bool is_within_one(const uint8_t *bytes, const struct block *blocks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_within(bytes, &blocks[i]))
			return true;
	return false;
}

/* The bytes of an address. *ret_v4: whether it is IPv4. NULL: any other family. */
static const uint8_t *bytes_of(const struct sockaddr *address, bool *ret_v4)
{
	*ret_v4 = address->sa_family == AF_INET;
	if (*ret_v4)
		return (const uint8_t *)&((const struct sockaddr_in *)(const void *)address)
			->sin_addr;
	if (address->sa_family != AF_INET6)
		return NULL;
	const uint8_t *bytes =
		((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr;
	*ret_v4 = is_within(bytes, &v6_mapped) || is_within(bytes, &v6_translated);
	return *ret_v4 ? bytes + V6_BYTES - V4_BYTES : bytes;
}

bool address_is_public(const struct sockaddr *address)
{
	bool v4;
	const uint8_t *bytes = bytes_of(address, &v4);
	if (!bytes)
		return false;
	if (v4)
		return !is_within_one(bytes, v4_blocks, sizeof v4_blocks / sizeof *v4_blocks);
	return is_within(bytes, &v6_unicast) &&
	       !is_within_one(bytes, v6_blocks, sizeof v6_blocks / sizeof *v6_blocks);
}

bool address_is_loopback(const struct sockaddr *address)
{
	bool v4;
	const uint8_t *bytes = bytes_of(address, &v4);
	return bytes && is_within(bytes, v4 ? &v4_loopback : &v6_loopback);
}
