/*
 * chat_text.h - a message as chat services take it: Slack's blocks, or an Adaptive Card for Teams. It
 * says what kind of thing there is, when, and where to open it; no names, because a channel may have
 * other readers. No I/O.
 */
#ifndef UPWARD_SCHEDULING_NOTIFICATIONS_CHAT_TEXT_H
#define UPWARD_SCHEDULING_NOTIFICATIONS_CHAT_TEXT_H

#include <jansson.h>
#include "scheduling/notifications/texts.h"

/* The items of a delivery (delivery_items). Returns owned text, or NULL if out of memory. */
CHECKED char *chat_text(const char *channel, const struct mail_language *language,
	const json_t *items, const char *zone);

#endif
