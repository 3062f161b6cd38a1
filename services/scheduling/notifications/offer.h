/*
 * offer.h - three times that suit both of a pair, in a mail that asks them to meet again.
 */
#ifndef UPWARD_SCHEDULING_NOTIFICATIONS_OFFER_H
#define UPWARD_SCHEDULING_NOTIFICATIONS_OFFER_H

#include "events/worker.h"
#include "scheduling/notifications/letter.h"
#include "scheduling/notifications/texts.h"

/* Writes them as they are free now, on the clock of the person; nothing if there are none. */
void offer_write(struct db_session *w, const char *pair, const char *person,
	const struct mail_language *language, struct letter *letter);

#endif
