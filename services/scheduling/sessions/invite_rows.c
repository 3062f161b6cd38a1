#include "scheduling/sessions/invite_rows.h"

#include <stdio.h>

#include "base/str.h"
#include "events/mail.h"
#include "scheduling/calendar/invite.h"
#include "scheduling/feeds/session_rows.h"

/* The columns after those of a session: address, name and whether accepted, for each of the two; minutes from
 * the alarm to the session. */
static struct invite_person person_of(const struct db_rows *rows, int column)
{
	return (struct invite_person){ .address = db_value(rows, 0, column),
		.name = db_value(rows, 0, column + 1),
		.accepted = str_equal(db_value(rows, 0, column + 2), "t") };
}

char *invite_of_row(
	const struct config *config, const struct db_rows *rows, struct event_session *ret_session)
{
	char mailbox[MAIL_ADDRESS], organizer[MAIL_ADDRESS + 8];
	mail_calendar_box(config, mailbox);
	snprintf(organizer, sizeof organizer, "mailto:%s", mailbox);
	*ret_session = session_row(rows, 0);
	ret_session->alarm_minutes = (int)session_number(rows, 0, SESSION_COLUMNS + 6);
	const struct invite invite = { .organizer = organizer,
		.people = {
			person_of(rows, SESSION_COLUMNS), person_of(rows, SESSION_COLUMNS + 3) } };
	return invite_write(ret_session, &invite);
}
