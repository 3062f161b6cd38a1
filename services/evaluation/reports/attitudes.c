/*
 * attitudes.c - the report on attitudes: each construct before and after, for people who answered
 * both times.
 */
#include <stdlib.h>

#include "base/str.h"
#include "evaluation/reports/sentence.h"
#include "evaluation/statistics/effect.h"
#include "evaluation/statistics/scale.h"
#include "evaluation/statistics/wilcoxon.h"
#include "gen/evaluation/contract.h"
#include "gen/evaluation/statements.h"
#include "http/steps.h"

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

static void write_scale(struct buf *out, const struct db_rows *rows, int row, const struct scale *s)
{
	bool shown = s->people > 0;
	const char *side = db_value(rows, row, db_column(rows, "side"));
	const char *construct = db_value(rows, row, db_column(rows, "construct"));
	enum verdict verdict = s->moved && s->p <= ERROR_RATE ? verdict_of(&s->change.mean)
							      : VERDICT_UNCLEAR;
	buf_text(out, row ? ",{\"survey\":" : "{\"survey\":");
	buf_json(out, db_value(rows, row, db_column(rows, "title")));
	buf_print(out, ",\"side\":\"%s\",\"construct\":", side);
	buf_json(out, construct);
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
	buf_print(out, "\"suppressed\":%s,\"verdict\":\"%s\",", shown ? "false" : "true",
		verdict_word(verdict));
	sentence_of_attitude(out, verdict, side, construct, &s->change.mean,
		shown ? "the difference may be chance"
		      : "fewer than five people have answered both times");
	buf_char(out, '}');
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

static char *write_report(const struct db_rows *head, const struct db_rows *rows)
{
	size_t count = (size_t)db_rows_count(rows);
	struct scale *scales = calloc(count + 1, sizeof *scales);
	bool done = scales != NULL;
	for (size_t i = 0; done && i < count; i++)
		done = read_scale(rows, (int)i, scales + i);
	done = done && adjust(scales, count);
	struct buf out = BUF_INIT(ANSWER_BYTES);
	buf_print(&out, "{\"programme\":%s,\"as_of\":\"%s\",\"method\":",
		db_value(head, 0, db_column(head, "programme")),
		db_value(head, 0, db_column(head, "as_of")));
	buf_json(&out, db_value(head, 0, db_column(head, "method")));
	buf_print(&out, ",\"minimum_cell\":%d,\"constructs\":[", STEP_PEOPLE);
	for (size_t i = 0; done && i < count; i++)
		write_scale(&out, rows, (int)i, scales + i);
	buf_text(&out, "]}");
	free(scales);
	char *text = done ? buf_take(&out) : NULL;
	buf_release(&out);
	return text;
}

struct reply report_attitudes(const struct call *call)
{
	struct db_error error = { 0 };
	owned_rows struct db_rows *head = NULL, *rows = NULL;
	struct step step = call_step(call);
	enum db_outcome outcome = database_read(call->db, DB_POOL, &step, &head, &error);
	if (outcome == DB_DONE && db_rows_count(head) == 0)
		return reply_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL);
	if (outcome == DB_DONE) {
		step = STEP(&stmt_attitude_read, call_value(call, "programme_id"));
		outcome = database_read(call->db, DB_POOL, &step, &rows, &error);
	}
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	return reply_json(200, write_report(head, rows), 1);
}
