/* Which addresses are of the public Internet: the first and last of every block that is not, and their
 * neighbours. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "base/address.h"
#include "support/unit/unit.h"

static bool judged(const char *text, bool (*judge)(const struct sockaddr *))
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return judge((const struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return judge((const struct sockaddr *)&v6);
}

static void private_addresses_are_not_public(void **state)
{
	static const char *const inside[] = { "0.0.0.0", "0.255.255.255", "10.0.0.1", "10.255.255.255",
		"100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.169.254",
		"172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.0.1", "198.18.0.1",
		"198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255",
		"240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3",
		"64:ff9b::10.0.0.1", "fc00::1", "fdff::1", "fe80::1", "fec0::1", "ff02::1",
		"2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "100::1", "::127.0.0.1" };
	(void)state;
	for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
		if (judged(inside[i], address_is_public))
			fail_msg("%s is public", inside[i]);
}

static void their_neighbours_are_public(void **state)
{
	static const char *const outside[] = { "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255",
		"100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0",
		"172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
		"198.20.0.0", "223.255.255.255", "2001:200::1", "2a00:1450:4001::1", "2600::1",
		"::ffff:8.8.8.8", "64:ff9b::8.8.8.8" };
	(void)state;
	for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
		if (!judged(outside[i], address_is_public))
			fail_msg("%s is not public", outside[i]);
}

static void loopback_is_one_host(void **state)
{
	const struct sockaddr_un local = { .sun_family = AF_UNIX };
	(void)state;
	assert_true(judged("127.0.0.1", address_is_loopback));
	assert_true(judged("::1", address_is_loopback));
	assert_true(judged("::ffff:127.0.0.1", address_is_loopback));
	assert_false(judged("::2", address_is_loopback));
	assert_false(judged("128.0.0.1", address_is_loopback));
	assert_false(address_is_loopback((const struct sockaddr *)&local));
	assert_false(address_is_public((const struct sockaddr *)&local));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(private_addresses_are_not_public),
		cmocka_unit_test(their_neighbours_are_public),
		cmocka_unit_test(loopback_is_one_host),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
