#include "evaluation/reports/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "evaluation/statistics/network.h"

#define BYTES       ((size_t)1 << 20)
#define SOURCES     1000 /* people from whom distances are measured */
#define STEP_PEOPLE 5

static const char *value(const struct db_rows *read, const char *name)
{
	return db_value(read, 0, db_column(read, name));
}

/* The ties of a text "0 5 3 7": two numbers each. Returns them owned, NULL if out of memory. */
static struct tie *read_ties(const char *text, size_t *ret_count)
{
	size_t spaces = 0, count = 0;
	for (const char *at = text; *at; at++)
		spaces += *at == ' ';
	struct tie *ties = calloc(spaces / 2 + 1, sizeof *ties);
	for (char *end; ties && *text; text = end) {
		ties[count].one = strtoull(text, &end, 10);
		ties[count].other = strtoull(end, &end, 10);
		count++;
	}
	*ret_count = count;
	return ties;
}

/* Before the programme, and with its pairs. */
static bool measure(
	const struct db_rows *read, struct network *ret_before, struct network *ret_after)
{
	int64_t people = 0;
	size_t counts[2] = { 0 };
	const char *before = value(read, "before"), *made = value(read, "made");
	if (!str_to_i64(value(read, "people"), &people))
		return false;
	struct tie *old = read_ties(before ? before : "", &counts[0]);
	struct tie *all = read_ties(made ? made : "", &counts[1]);
	struct tie *both = old && all ? realloc(all, (counts[0] + counts[1] + 1) * sizeof *all)
				      : NULL;
	bool done = both != NULL;
	if (done) {
		all = both;
		memcpy(all + counts[1], old, counts[0] * sizeof *old);
		done = network_measure((size_t)people, old, counts[0], SOURCES, ret_before) &&
		       network_measure(
			       (size_t)people, all, counts[0] + counts[1], SOURCES, ret_after);
	}
	free(old);
	free(all);
	return done;
}

/* The figures of one network; suffix: "_before" or nothing. */
static void write_network(struct buf *out, const char *suffix, const struct network *n, bool shown)
{
	long components = (long)(n->components / STEP_PEOPLE * STEP_PEOPLE);
	char name[40];
	(void)snprintf(name, sizeof name, "components%s", suffix);
	buf_char(out, ',');
	report_number(out, name, shown && components ? components : -1);
	if (shown)
		buf_print(out, ",\"connected_share%s\":%.1f", suffix, n->connected);
	else
		buf_print(out, ",\"connected_share%s\":null", suffix);
	if (shown && n->linked >= STEP_PEOPLE)
		buf_print(out, ",\"mean_distance%s\":%.1f", suffix, n->distance);
	else
		buf_print(out, ",\"mean_distance%s\":null", suffix);
}

bool network_report(const struct db_rows *read, struct report *ret)
{
	static const char *const counts[] = { "pairs", "cross_department", "cross_department_share",
		"new_ties" };
	struct network before = { 0 }, after = { 0 };
	int64_t people = 0;
	*ret = REPORT_INIT(BYTES);
	if (!measure(read, &before, &after))
		return false;
	const char *n = value(read, "n");
	bool shown = n && str_to_i64(n, &people);
	ret->people = shown ? (long)people : -1;
	ret->list = "departments";
	buf_text(&ret->sentence, value(read, "sentence"));
	buf_text(&ret->rows, value(read, "rows"));
	buf_text(&ret->figures, "{\"totals\":{");
	for (size_t i = 0; i < COUNT(counts); i++) {
		const char *count = value(read, counts[i]);
		buf_print(&ret->figures, "%s\"%s\":%s", i ? "," : "", counts[i],
			count ? count : "null");
	}
	write_network(&ret->figures, "_before", &before, shown);
	write_network(&ret->figures, "", &after, shown);
	buf_text(&ret->figures, "}}");
	return true;
}
