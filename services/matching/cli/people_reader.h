/*
 * people_reader.h - the state of reading records of the people file.
 */
#ifndef UPWARD_MATCH_PEOPLE_READER_H
#define UPWARD_MATCH_PEOPLE_READER_H

#include "base/csv.h"
#include "matching/cli/people.h"

enum people_column {
	COLUMN_ID = 0,
	COLUMN_ROLE,
	COLUMN_LEVEL,
	COLUMN_MANAGER,
	COLUMN_DEPARTMENT,
	COLUMN_LANGUAGES,
	COLUMN_TIME_ZONE,
	COLUMN_HOURS,
	COLUMN_OFFERS,
	COLUMN_WANTS,
	COLUMN_INTERESTS,
	COLUMN_CAPACITY,
	COLUMN_COUNT
};

struct people_reader {
	struct people *people;
	struct people_when when;
	struct file_faults *faults;
	bool quiet;  /* second pass: faults in cells have been reported */
	bool failed; /* out of memory */
	struct csv_record record;
	size_t width;               /* fields of the heading */
	size_t place[COLUMN_COUNT]; /* of each column, CSV_FIELDS_MOST when absent */
	struct engine_person person;
	struct engine_offer offers[ENGINE_OFFERS_MAX];
	struct engine_want wants[ENGINE_WANTS_MAX];
	uint32_t interests[ENGINE_INTERESTS_MAX];
};

const char *people_column_name(enum people_column column);

/* The cell of a column in the record; "" if the file lacks the column. */
static inline const char *people_cell(const struct people_reader *reader, enum people_column column)
{
	size_t place = reader->place[column];
	return place < reader->record.count ? reader->record.fields[place] : "";
}

/* Reports a fault in a cell of the record, unless the reader is quiet. */
void people_fault(struct people_reader *reader, enum people_column column, const char *format, ...)
	PRINTF(3, 4);

#endif
