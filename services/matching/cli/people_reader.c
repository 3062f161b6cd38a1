/* Shared by both passes over the people file. */
#include "matching/cli/people_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include "base/cleanup.h"

static const char *const names[COLUMN_COUNT] = { "id", "role", "level", "manager_id", "department",
	"languages", "time_zone", "hours", "offers", "wants", "interests", "capacity" };

const char *people_column_name(enum people_column column)
{
	return names[column];
}

void people_fault(struct people_reader *reader, enum people_column column, const char *format, ...)
{
	char text[400];
	va_list values;
	if (reader->quiet)
		return;
	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	size_t place = reader->place[column];
	file_faults_add(reader->faults, reader->record.line,
		place < CSV_FIELDS_MOST ? place + 1 : 0, "%s: %s", names[column], text);
}
