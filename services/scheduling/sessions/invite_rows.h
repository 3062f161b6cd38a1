/*
 * invite_rows.h - writes the invitation of the row that session_invite returns.
 */
#ifndef UPWARD_SCHEDULING_SESSIONS_INVITE_ROWS_H
#define UPWARD_SCHEDULING_SESSIONS_INVITE_ROWS_H

#include "db/rows.h"
#include "ops/config.h"
#include "scheduling/calendar/event.h"

/* Returns owned text with CRLF line ends, or NULL if out of memory; the session borrows from rows. */
CHECKED char *invite_of_row(
	const struct config *config, const struct db_rows *rows, struct event_session *ret_session);

#endif
