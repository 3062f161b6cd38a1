/*
 * session_rows.h - reads sessions from the rows that the database returns for feeds and
 * invitations.
 */
#ifndef UPWARD_SCHEDULING_FEEDS_SESSION_ROWS_H
#define UPWARD_SCHEDULING_FEEDS_SESSION_ROWS_H

#include "db/rows.h"
#include "scheduling/calendar/event.h"

#define SESSION_COLUMNS 12

/* A row of scheduling.calendar_session() in its order; texts are borrowed. */
struct event_session session_row(const struct db_rows *rows, int row);

/* A number in such a row; 0 where there is none. */
int64_t session_number(const struct db_rows *rows, int row, int column);

#endif
