#include "evaluation/reports/compared.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "evaluation/reports/sentence.h"
#include "evaluation/statistics/effect.h"
#include "evaluation/statistics/scale.h"

#define BYTES         ((size_t)256 << 10)
#define NAME_BYTES    600
#define LEVEL         0.95
#define ERROR_RATE    0.05
#define PEOPLE_LEAST  10          /* in each of the two groups */
#define STEP          5           /* counts are known as multiples of it */
#define MIDDLE        2           /* what they are on average above that */
#define STEP_VARIANCE 2.0         /* of 0, 1, 2, 3 and 4 */
#define MEAN_VARIANCE (0.01 / 12) /* of a mean that is rounded to one decimal */

/* What is compared; `what` is the subject of the sentence. */
static const struct measure {
	const char *name, *label, *what;
	enum comparison_unit unit;
} measures[] = {
	{ "enrolled", "enrolled", "the share of those reached who enrolled", UNIT_SHARE },
	{ "paired", "paired", "the share of those reached who had a pair", UNIT_SHARE },
	{ "on_cadence", "on cadence", "the share of pairs that kept their plan", UNIT_SHARE },
	{ "satisfaction_mentees", "satisfaction of mentees", "the rating given by mentees",
		UNIT_RATING },
	{ "satisfaction_mentors", "satisfaction of mentors", "the rating given by mentors",
		UNIT_RATING },
	{ "gain", "gain", "the score gained by mentees", UNIT_POINTS },
	{ "stayed", "stayed", "the share of participants who stayed for 26 weeks", UNIT_SHARE },
	{ "improved", "improvements", "the share of pairs with an improvement that became practice",
		UNIT_SHARE },
};

/* One of the two groups. */
struct group {
	const char *title;
	long people; /* in fives; -1: not shown */
	size_t yes, n;
	double blur; /* variance of the share because of the fives */
	double value, deviation;
};

struct comparison {
	const struct measure *measure;
	struct group later, earlier;
	bool compared; /* what follows is set */
	struct estimate difference, effect;
	double p; /* adjusted; 1 if not compared */
};

static const char *column(const struct db_rows *read, int row, const char *side, const char *name)
{
	char full[40];
	(void)snprintf(full, sizeof full, "%s_%s", side, name);
	return db_value(read, row, db_column(read, full));
}

/* A share, from the counts of those of whom it holds and of the others. */
static void read_share(const char *yes, const char *no, struct group *ret)
{
	size_t of = strtoull(yes, NULL, 10) + MIDDLE, others = strtoull(no, NULL, 10);
	ret->people = (long)(of - MIDDLE + others);
	ret->yes = of;
	ret->n = of + (others ? others + MIDDLE : 0);
	ret->value = (double)of / (double)ret->n;
	double rest = 1 - ret->value, size = (double)ret->n;
	ret->blur = others ? STEP_VARIANCE * (ret->value * ret->value + rest * rest) / size / size
			   : 0; /* it holds of all */
}

static void read_mean(
	const char *people, const char *mean, const char *deviation, struct group *ret)
{
	ret->people = strtol(people, NULL, 10);
	ret->n = (size_t)ret->people;
	ret->value = strtod(mean, NULL);
	ret->deviation = deviation ? strtod(deviation, NULL) : 0;
	ret->blur = MEAN_VARIANCE;
}

static void read_group(const struct db_rows *read, int row, const char *side, struct group *ret)
{
	const char *yes = column(read, row, side, "yes"), *mean = column(read, row, side, "mean");
	*ret = (struct group){ .title = db_value(read, row, db_column(read, side)), .people = -1 };
	if (yes)
		read_share(yes, column(read, row, side, "no"), ret);
	else if (mean)
		read_mean(column(read, row, side, "people"), mean,
			column(read, row, side, "deviation"), ret);
}

static void compare_shares(struct comparison *c)
{
	const struct group *a = &c->later, *b = &c->earlier;
	double blur = a->blur + b->blur;
	c->difference = estimate_widened(
		proportion_difference(a->yes, a->n, b->yes, b->n, LEVEL), blur, LEVEL);
	c->effect = proportion_effect(a->yes, a->n, b->yes, b->n, LEVEL);
	c->p = proportion_difference_p(a->yes, a->n, b->yes, b->n, blur);
	c->compared = true;
}

static void compare_means(struct comparison *c)
{
	struct sample a = { c->later.n, c->later.value, c->later.deviation };
	struct sample b = { c->earlier.n, c->earlier.value, c->earlier.deviation };
	struct difference found;
	c->compared = effect_between(a, b, c->later.blur + c->earlier.blur, LEVEL, &found);
	if (c->compared) {
		c->difference = found.mean;
		c->effect = found.g;
		c->p = found.p;
	}
}

static void read_comparison(const struct db_rows *read, int row, struct comparison *ret)
{
	const char *name = db_value(read, row, db_column(read, "measure"));
	*ret = (struct comparison){ .measure = measures, .p = 1 };
	for (size_t i = 0; i < COUNT(measures); i++)
		if (strcmp(measures[i].name, name) == 0)
			ret->measure = measures + i;
	read_group(read, row, "later", &ret->later);
	read_group(read, row, "earlier", &ret->earlier);
	if (ret->later.people < PEOPLE_LEAST || ret->earlier.people < PEOPLE_LEAST)
		return;
	if (ret->measure->unit == UNIT_SHARE)
		compare_shares(ret);
	else
		compare_means(ret);
}

/* Adjusts the p-values of what could be compared for their number. */
static bool adjust(struct comparison *all, size_t count)
{
	double *p = calloc(count + 1, sizeof *p);
	size_t n = 0;
	if (!p)
		return false;
	for (size_t i = 0; i < count; i++)
		if (all[i].compared)
			p[n++] = all[i].p;
	bool done = scale_holm(p, n);
	n = 0;
	for (size_t i = 0; done && i < count; i++)
		if (all[i].compared)
			all[i].p = p[n++];
	free(p);
	return done;
}

static enum verdict verdict_of_comparison(const struct comparison *c)
{
	return c->compared && c->p <= ERROR_RATE ? verdict_of(&c->difference) : VERDICT_UNCLEAR;
}

static void write_finding(struct buf *out, const struct comparison *c)
{
	sentence_of_comparison(out, verdict_of_comparison(c),
		&(struct compared){ c->measure->what, c->later.title, c->earlier.title,
			c->measure->unit, c->later.value, c->earlier.value, c->difference },
		c->compared ? "the difference may be chance"
			    : "fewer than ten people on one side, or nothing that differs");
}

static void write_text(struct buf *out, const char *name, struct buf *text)
{
	char *owned = buf_take(text);
	buf_print(out, "\"%s\":", name);
	buf_json(out, owned ? owned : "");
	free(owned);
}

static void write_group(struct buf *out, const char *side, const struct group *g, int decimals)
{
	char name[40];
	buf_print(out, ",\"%s\":", side);
	buf_json(out, g->title);
	(void)snprintf(name, sizeof name, "%s_people", side);
	buf_char(out, ',');
	report_number(out, name, g->people);
	if (g->people < 0)
		buf_print(out, ",\"%s_value\":null", side);
	else
		buf_print(out, ",\"%s_value\":%.*f", side, decimals, g->value);
}

static void write_comparison(struct buf *out, const struct comparison *c)
{
	static const char *const units[] = { "share", "rating", "points" };
	int decimals = c->measure->unit == UNIT_SHARE ? 2 : 1;
	struct buf name = BUF_INIT(NAME_BYTES), finding = BUF_INIT(2048);
	buf_print(&name, "%s: %s", c->later.title, c->measure->label);
	write_text(out, "comparison", &name);
	buf_print(out, ",\"measure\":\"%s\",\"unit\":\"%s\"", c->measure->name,
		units[c->measure->unit]);
	write_group(out, "later", &c->later, decimals);
	write_group(out, "earlier", &c->earlier, decimals);
	buf_char(out, ',');
	estimate_columns(out, "difference", "", &c->difference, decimals, c->compared);
	buf_char(out, ',');
	estimate_columns(out, "effect", "effect_", &c->effect, 2, c->compared);
	if (c->compared)
		buf_print(out, ",\"p\":%.3f", c->p);
	else
		buf_text(out, ",\"p\":null");
	buf_print(out, ",\"suppressed\":%s,\"verdict\":\"%s\",", c->compared ? "false" : "true",
		verdict_word(verdict_of_comparison(c)));
	write_finding(&finding, c);
	write_text(out, "sentence", &finding);
}

/* The clearest comparison speaks for the report, and says how many people stand behind it. */
static void conclude(
	struct report *out, const struct comparison *all, size_t count, const char *none)
{
	const struct comparison *best = NULL;
	for (size_t i = 0; i < count; i++)
		if (all[i].compared && (!best || all[i].p < best->p))
			best = all + i;
	if (best) {
		out->people = best->later.people + best->earlier.people;
		write_finding(&out->sentence, best);
	} else
		buf_text(&out->sentence,
			count ? "We cannot tell whether they differ: too few people "
				"stand behind each figure."
			      : none);
}

bool compared_report(const struct db_rows *read, const char *none, struct report *ret)
{
	size_t count = (size_t)db_rows_count(read);
	struct comparison *all = calloc(count + 1, sizeof *all);
	*ret = REPORT_INIT(BYTES);
	bool done = all != NULL;
	for (size_t i = 0; done && i < count; i++)
		read_comparison(read, (int)i, all + i);
	done = done && adjust(all, count);
	buf_char(&ret->rows, '[');
	for (size_t i = 0; done && i < count; i++) {
		buf_text(&ret->rows, i ? ",{" : "{");
		write_comparison(&ret->rows, all + i);
		buf_char(&ret->rows, '}');
	}
	buf_char(&ret->rows, ']');
	ret->list = "comparisons";
	if (done)
		conclude(ret, all, count, none);
	free(all);
	return done;
}
