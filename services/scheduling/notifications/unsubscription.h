/*
 * unsubscription.h - the link of a mail that ends mails of its kind. It is sealed: mail filters, proxies and
 * logs that see it learn neither whose it is nor what the mail was about.
 */
#ifndef UPWARD_SCHEDULING_NOTIFICATIONS_UNSUBSCRIPTION_H
#define UPWARD_SCHEDULING_NOTIFICATIONS_UNSUBSCRIPTION_H

#include <stdbool.h>
#include "base/cleanup.h"

#define UNSUBSCRIPTION_PERSON 37
#define UNSUBSCRIPTION_KIND   48
#define UNSUBSCRIPTION_ALL    "all" /* in the place of a kind */

/* Returns the owned end of the link, or NULL if out of memory. */
CHECKED char *unsubscription_code(
	const unsigned char secret[32], const char *person, const char *kind);
/* false: not one of ours. */
CHECKED bool unsubscription_verify(const unsigned char secret[32], const char *code,
	char ret_person[UNSUBSCRIPTION_PERSON], char ret_kind[UNSUBSCRIPTION_KIND]);

#endif
