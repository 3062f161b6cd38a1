#include "evaluation/reports/attitudes.h"

#include <stdlib.h>

#include "base/str.h"
#include "evaluation/reports/sentence.h"
#include "evaluation/statistics/effect.h"
#include "evaluation/statistics/scale.h"
#include "evaluation/statistics/wilcoxon.h"

#define ANSWER_BYTES ((size_t)256 << 10)
#define LEVEL        0.95
#define ERROR_RATE   0.05
#define STEP_PEOPLE  5

/* A construct of one survey. */
struct scale {
	size_t people;        /* 0: too few to show */
	double mean[2];       /* before, after */
	struct change change; /* if moved */
	bool moved;           /* change is set: not everybody was the same before */
	double p;             /* of the signed-rank test, adjusted for the number of constructs */
	double alpha;
	bool reliable; /* alpha is known */
};

/* Reads numbers separated by spaces, at most `most`. Returns how many were read. */
static size_t read_numbers(const char *text, double *ret_values, size_t most)
{
	size_t n = 0;
	for (char *end; n < most; text = end) {
		ret_values[n] = strtod(text, &end);
		if (end == text)
			break;
		n++;
	}
	return n;
}

/* Replaces each person's items by their mean, in place; returns the mean of all. */
static double gather(double *values, size_t people, size_t items)
{
	double all = 0;
	for (size_t i = 0; i < people; i++) {
		double sum = 0;
		for (size_t k = 0; k < items; k++)
			sum += values[i * items + k];
		values[i] = sum / (double)items;
		all += values[i];
	}
	return all / (double)people;
}

/* values: before, then after, `people` times `items` numbers each. false: out of memory. */
static bool compute(double *values, size_t people, size_t items, struct scale *ret)
{
	double *after = values + people * items, *changes = calloc(people + 1, sizeof *changes);
	struct signed_rank rank;
	if (!changes)
		return false;
	ret->people = people;
	ret->reliable = scale_alpha(values, people, items, &ret->alpha);
	ret->mean[0] = gather(values, people, items);
	ret->mean[1] = gather(after, people, items);
	for (size_t i = 0; i < people; i++)
		changes[i] = after[i] - values[i];
	ret->moved = effect_change(values, after, people, LEVEL, &ret->change);
	bool done = wilcoxon_signed_rank(changes, people, &rank);
	ret->p = done ? rank.p : 1;
	free(changes);
	return done;
}

static bool read_scale(const struct db_rows *rows, int row, struct scale *ret)
{
	int64_t people = 0, items = 0;
	const char *said[2] = { db_value(rows, row, db_column(rows, "before")),
		db_value(rows, row, db_column(rows, "after")) };
	*ret = (struct scale){ .p = 1 };
	if (!said[0] || !said[1] ||
		!str_to_i64(db_value(rows, row, db_column(rows, "people")), &people) ||
		!str_to_i64(db_value(rows, row, db_column(rows, "items")), &items))
		return true;
	size_t count = (size_t)(people * items);
	double *values = calloc(2 * count + 1, sizeof *values);
	bool done = values != NULL;
	if (done && read_numbers(said[0], values, count) == count &&
		read_numbers(said[1], values + count, count) == count)
		done = compute(values, (size_t)people, (size_t)items, ret);
	free(values);
	return done;
}

static void write_number(struct buf *out, const char *name, double value, int decimals, bool shown)
{
	if (shown)
		buf_print(out, "\"%s\":%.*f,", name, decimals, value);
	else
		buf_print(out, "\"%s\":null,", name);
}

static enum verdict verdict_of_scale(const struct scale *s)
{
	return s->moved && s->p <= ERROR_RATE ? verdict_of(&s->change.mean) : VERDICT_UNCLEAR;
}

/* The sentence about a construct, as plain text. */
static void write_finding(
	struct buf *out, const struct db_rows *rows, int row, const struct scale *s)
{
	sentence_of_attitude(out, verdict_of_scale(s), db_value(rows, row, db_column(rows, "side")),
		db_value(rows, row, db_column(rows, "construct")), &s->change.mean,
		s->people ? "the difference may be chance"
			  : "fewer than five people have answered both times");
}

static void write_scale(struct buf *out, const struct db_rows *rows, int row, const struct scale *s)
{
	bool shown = s->people > 0;
	struct buf finding = BUF_INIT(1024);
	buf_text(out, row ? ",{\"survey\":" : "{\"survey\":");
	buf_json(out, db_value(rows, row, db_column(rows, "title")));
	buf_print(out,
		",\"side\":\"%s\",\"construct\":", db_value(rows, row, db_column(rows, "side")));
	buf_json(out, db_value(rows, row, db_column(rows, "construct")));
	buf_char(out, ',');
	write_number(out, "people", (double)(s->people / STEP_PEOPLE * STEP_PEOPLE), 0, shown);
	write_number(out, "before", s->mean[0], 1, shown);
	write_number(out, "after", s->mean[1], 1, shown);
	estimate_write(out, "change", &s->change.mean, 1, s->moved);
	buf_char(out, ',');
	estimate_write(out, "effect_size", &s->change.g, 2, s->moved);
	buf_char(out, ',');
	write_number(out, "p", s->p, 3, shown);
	write_number(out, "alpha", s->alpha, 2, shown && s->reliable);
	buf_print(out,
		"\"suppressed\":%s,\"verdict\":\"%s\",\"sentence\":", shown ? "false" : "true",
		verdict_word(verdict_of_scale(s)));
	write_finding(&finding, rows, row, s);
	char *text = buf_take(&finding);
	buf_json(out, text ? text : "");
	buf_char(out, '}');
	free(text);
}

/* Adjusts the p-values of the constructs shown for their number. */
static bool adjust(struct scale *scales, size_t count)
{
	double *p = calloc(count + 1, sizeof *p);
	size_t n = 0;
	if (!p)
		return false;
	for (size_t i = 0; i < count; i++)
		if (scales[i].people)
			p[n++] = scales[i].p;
	bool done = scale_holm(p, n);
	n = 0;
	for (size_t i = 0; done && i < count; i++)
		if (scales[i].people)
			scales[i].p = p[n++];
	free(p);
	return done;
}

/* The construct with the clearest finding speaks for the report. */
static void write_sentence(
	struct report *out, const struct db_rows *rows, const struct scale *scales, size_t count)
{
	size_t best = 0;
	for (size_t i = 1; i < count; i++)
		if (scales[i].p < scales[best].p)
			best = i;
	if (count)
		write_finding(&out->sentence, rows, (int)best, scales + best);
	else
		buf_text(&out->sentence,
			"We cannot tell whether attitudes changed: no survey asks about them.");
}

bool attitudes_report(const struct db_rows *answers, struct report *ret)
{
	size_t count = (size_t)db_rows_count(answers);
	struct scale *scales = calloc(count + 1, sizeof *scales);
	*ret = REPORT_INIT(ANSWER_BYTES);
	bool done = scales != NULL;
	for (size_t i = 0; done && i < count; i++)
		done = read_scale(answers, (int)i, scales + i);
	done = done && adjust(scales, count);
	buf_char(&ret->rows, '[');
	for (size_t i = 0; done && i < count; i++) {
		long people = (long)(scales[i].people / STEP_PEOPLE * STEP_PEOPLE);
		if (people > ret->people && people > 0)
			ret->people = people;
		write_scale(&ret->rows, answers, (int)i, scales + i);
	}
	buf_char(&ret->rows, ']');
	ret->list = "constructs";
	if (done)
		write_sentence(ret, answers, scales, count);
	free(scales);
	return done;
}
