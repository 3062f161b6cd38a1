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
	free(f->hours);
	free(f->holidays);
	free(f->spans);
	free(f->busy);
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
static void take_fact(struct facts *f, const struct db_rows *rows, int row, struct used *used)
{
	struct slot_person *who = &f->search.people[number(rows, row, WHO) == 1];
	const char *fact = db_value(rows, row, FACT), *said = db_value(rows, row, SAID);
	int64_t n = number(rows, row, NUMBER);
	int64_t begins = number(rows, row, BEGINS), ends = number(rows, row, ENDS);

	if (strcmp(fact, "zone") == 0) {
		f->zones[who - f->search.people] = said;
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
		f->busy[f->search.busy_count++] = (struct slot_span){ begins, ends };
	} else if (strcmp(fact, "window") == 0) {
		f->search.from = begins;
		f->search.until = ends;
		f->whose = said;
	} else if (strcmp(fact, "length") == 0) {
		f->search.minutes = (int)n;
		f->mode = said;
	} else if (strcmp(fact, "card") == 0) {
		f->card = said;
	}
}

static int by_start(const void *a, const void *b)
{
	const struct slot_span *x = a, *y = b;
	return x->starts < y->starts ? -1 : x->starts > y->starts;
}

bool facts_read(const struct db_rows *rows, int *row, int people, struct facts *ret_facts)
{
	int64_t place = number(rows, *row, PLACE);
	size_t count = (size_t)(db_rows_count(rows) - *row);
	struct used used = { 0 };
	struct facts f = { .search = { .minutes = 30, .count = 10 } };
	f.hours = calloc(count, sizeof *f.hours);
	f.holidays = calloc(count, sizeof *f.holidays);
	f.spans = calloc(count, sizeof *f.spans);
	f.busy = calloc(count, sizeof *f.busy);
	bool good = f.hours && f.holidays && f.spans && f.busy;
	for (; good && *row < db_rows_count(rows) && number(rows, *row, PLACE) == place; ++*row)
		take_fact(&f, rows, *row, &used);
	for (int i = 0; good && i < people; i++)
		good = f.search.people[i].zone != NULL;
	if (!good) {
		bool no_memory = used.no_memory || !(f.hours && f.holidays && f.spans && f.busy);
		facts_release(&f);
		errno = no_memory ? ENOMEM : ENOENT;
		return false;
	}
	if (people > 1) /* they are sorted by person */
		qsort(f.busy, f.search.busy_count, sizeof *f.busy, by_start);
	f.search.busy = f.busy;
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
