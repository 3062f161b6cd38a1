/*
 * facts.h - converts the facts about people's calendars from the database for
 * services/scheduling/calendar, and formats instants for answers.
 */
#ifndef UPWARD_SCHEDULING_SESSIONS_FACTS_H
#define UPWARD_SCHEDULING_SESSIONS_FACTS_H

#include "base/buf.h"
#include "db/database.h"
#include "scheduling/calendar/slots.h"

/* About one person, or about several who look for a common time. Texts are borrowed from the rows. */
struct facts {
	struct slot_search search;
	const char *zones[2];       /* of the first two; the second may be NULL */
	const char *card;           /* of the second person, or NULL */
	const char *whose;          /* the first person, or NULL */
	const char *mode;           /* how the two meet by default, or NULL */
	struct slot_person *people; /* owned, as are the following: facts_release */
	struct slot_hours *hours;
	int64_t *holidays;
	struct slot_span *spans;
};

/* Reads rows of slot_facts or availability_facts, in their order, from *row up to the end of the
 * same place; *row is then the first row of the next place. Days are those of the first person. false: no
 * memory (errno ENOMEM), or an unknown zone (ENOENT). */
CHECKED bool facts_read(
	const struct db_rows *rows, int *row, size_t people, struct facts *ret_facts);
void facts_release(struct facts *facts);

/* "name":"2027-01-04T14:00:00Z" */
void facts_add_instant(struct buf *out, const char *name, int64_t seconds);
/* "name":"2027-01-04T15:00", the wall clock of the zone. */
void facts_add_local(struct buf *out, const char *name, const struct zone *zone, int64_t seconds);

#endif
