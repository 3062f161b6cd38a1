/*
 * bounce.h - reads what a mail server says about a message that it could not deliver: a delivery status
 * notification (RFC 3464, the message/delivery-status part of a multipart/report). No I/O.
 */
#ifndef UPWARD_EVENTS_BOUNCE_H
#define UPWARD_EVENTS_BOUNCE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

#define BOUNCE_MESSAGE 37
#define BOUNCE_STATUS  12

struct bounce {
	char message
		[BOUNCE_MESSAGE]; /* ours: a UUID, of the reply address or of the Message-ID that came back */
	char status[BOUNCE_STATUS]; /* RFC 3463: 5.1.1 */
	bool final; /* it will not be delivered; otherwise the server goes on trying */
};

/* false: it is no such notification, tells of success alone, or names no message of ours. Never reads more of
 * the message that came back than its header. */
CHECKED bool bounce_read(const char *text, size_t length, struct bounce *ret_bounce);

#endif
