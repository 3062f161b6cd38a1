/*
 * address.h - which network addresses belong to the public Internet. What is fetched for people must not
 * reach into the installation's own network.
 */
#ifndef UPWARD_BASE_ADDRESS_H
#define UPWARD_BASE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>
#include "base/cleanup.h"

/* Whether an IPv4 or IPv6 address is globally reachable (the registries of RFC 6890): not private,
 * loopback, link-local, multicast, reserved or for documentation. An IPv4 address embedded in an
 * IPv6 address is judged as IPv4. Addresses of other families are not public. */
CHECKED bool address_is_public(const struct sockaddr *address);
CHECKED bool address_is_loopback(const struct sockaddr *address);

#endif
