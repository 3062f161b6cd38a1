#include "scheduling/sessions/facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/str.h"

enum column { PLACE, FACT, WHO, NUMBER, BEGINS, ENDS, SAID };

/* How many elements of each array are in use, and whether a zone could not be read for want of memory. */
struct used {
	size_t hours, holidays, spans;
	bool no_memory;
};

static int64_t number(const struct db_rows *rows, int row, int column)
{
	int64_t value = 0;
	return str_to_i64(db_value(rows, row, column), &value) ? value : 0;
}

void facts_release(struct facts *f)
{
	free(f->people);
	free(f->hours);
	free(f->holidays);
	free(f->spans);
}

static void take_span(struct facts *f, struct used *used, const struct slot_span **spans,
	size_t *count, int64_t begins, int64_t ends)
{
	if ((*count)++ == 0)
		*spans = f->spans + used->spans;
	f->spans[used->spans++] = (struct slot_span){ begins, ends };
}

/* Rows of one fact of one person are consecutive, so they can be stored side by side in an
 * array. */
static void take_personal(struct facts *f, const struct db_rows *rows, int row, struct used *used)
{
	const int64_t at = number(rows, row, WHO);
	struct slot_person *who = &f->people[at];
	const char *fact = db_value(rows, row, FACT), *said = db_value(rows, row, SAID);
	int64_t n = number(rows, row, NUMBER);
	int64_t begins = number(rows, row, BEGINS), ends = number(rows, row, ENDS);

	if (strcmp(fact, "zone") == 0) {
		if (at < 2)
			f->zones[at] = said;
		who->zone = zone_find(said);
		used->no_memory |= !who->zone && errno == ENOMEM;
	} else if (strcmp(fact, "hours") == 0) {
		if (who->hour_count++ == 0)
			who->hours = f->hours + used->hours;
		f->hours[used->hours++] = (struct slot_hours){ (int)n, (int)begins, (int)ends };
	} else if (strcmp(fact, "holiday") == 0) {
		if (who->holiday_count++ == 0)
			who->holidays = f->holidays + used->holidays;
		f->holidays[used->holidays++] = n;
	} else if (strcmp(fact, "away") == 0) {
		take_span(f, used, &who->away, &who->away_count, begins, ends);
	} else if (strcmp(fact, "extra") == 0) {
		take_span(f, used, &who->extra, &who->extra_count, begins, ends);
	} else if (strcmp(fact, "busy") == 0) {
		take_span(f, used, &who->busy, &who->busy_count, begins, ends);
	} else if (strcmp(fact, "full") == 0) {
		take_span(f, used, &who->full, &who->full_count, begins, ends);
	}
}

static void take_fact(
	struct facts *f, const struct db_rows *rows, int row, size_t people, struct used *used)
{
	const char *fact = db_value(rows, row, FACT), *said = db_value(rows, row, SAID);
	int64_t n = number(rows, row, NUMBER);

	if (strcmp(fact, "window") == 0) {
		f->search.from = number(rows, row, BEGINS);
		f->search.until = number(rows, row, ENDS);
		f->whose = said;
	} else if (strcmp(fact, "length") == 0) {
		f->search.minutes = (int)n;
		f->mode = said;
	} else if (strcmp(fact, "buffer") == 0) {
		f->search.buffer = n * 60;
	} else if (strcmp(fact, "card") == 0) {
		f->card = said;
	} else if ((size_t)number(rows, row, WHO) < people) {
		take_personal(f, rows, row, used);
	}
}

static bool make_room(struct facts *f, size_t rows, size_t people)
{
	f->people = calloc(people, sizeof *f->people);
	f->hours = calloc(rows, sizeof *f->hours);
	f->holidays = calloc(rows, sizeof *f->holidays);
	f->spans = calloc(rows, sizeof *f->spans);
	return f->people && f->hours && f->holidays && f->spans;
}

bool facts_read(const struct db_rows *rows, int *row, size_t people, struct facts *ret_facts)
{
	int64_t place = number(rows, *row, PLACE);
	struct used used = { 0 };
	struct facts f = { .search = { .minutes = 30, .count = 10, .person_count = people } };
	const bool room = make_room(&f, (size_t)(db_rows_count(rows) - *row), people);
	bool good = room;
	for (; good && *row < db_rows_count(rows) && number(rows, *row, PLACE) == place; ++*row)
		take_fact(&f, rows, *row, people, &used);
	for (size_t i = 0; good && i < people; i++)
		good = f.people[i].zone != NULL;
	if (!good) {
		facts_release(&f);
		errno = used.no_memory || !room ? ENOMEM : ENOENT;
		return false;
	}
	f.search.people = f.people;
	f.search.days = f.people[0].zone;
	*ret_facts = f;
	return true;
}

void facts_add_instant(struct buf *out, const char *name, int64_t seconds)
{
	const struct civil c = civil_from_seconds(seconds);
	buf_print(out, "\"%s\":\"%04d-%02d-%02dT%02d:%02d:%02dZ\"", name, c.year, c.month, c.day,
		c.hour, c.minute, c.second);
}

void facts_add_local(struct buf *out, const char *name, const struct zone *zone, int64_t seconds)
{
	const struct civil c = civil_from_seconds(seconds + zone_offset(zone, seconds));
	buf_print(out, "\"%s\":\"%04d-%02d-%02dT%02d:%02d\"", name, c.year, c.month, c.day, c.hour,
		c.minute);
}
