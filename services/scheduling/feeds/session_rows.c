#include "scheduling/feeds/session_rows.h"

#include "base/str.h"

int64_t session_number(const struct db_rows *rows, int row, int column)
{
	int64_t value = 0;
	return str_to_i64(db_value(rows, row, column), &value) ? value : 0;
}

static enum event_status status_of(const char *status)
{
	if (str_equal(status, "cancelled"))
		return EVENT_CANCELLED;
	return str_equal(status, "proposed") ? EVENT_TENTATIVE : EVENT_CONFIRMED;
}

struct event_session session_row(const struct db_rows *rows, int row)
{
	return (struct event_session){ .id = db_value(rows, row, 0),
		.starts = session_number(rows, row, 1),
		.ends = session_number(rows, row, 2),
		.status = status_of(db_value(rows, row, 3)),
		.sequence = (int)session_number(rows, row, 4),
		.changed = session_number(rows, row, 5),
		.agenda = db_value(rows, row, 6),
		.place = db_value(rows, row, 7),
		.partner = db_value(rows, row, 8),
		.mode = db_value(rows, row, 9),
		.link = db_value(rows, row, 10),
		.arrangements = db_value(rows, row, 11) };
}
