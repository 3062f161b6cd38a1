#include "evaluation/reports/retention.h"

#include <stdlib.h>

#include "base/str.h"
#include "evaluation/reports/sentence.h"
#include "evaluation/statistics/comparison.h"
#include "evaluation/statistics/survival.h"

#define ANSWER_BYTES ((size_t)16 << 10)
#define LEVEL        0.95
#define STEP_PEOPLE  5 /* counts are rounded down to a multiple; fewer leavers are hidden */
#define PAIRS_LEAST  10

/* Everybody in the comparison; owned. stay[i] belongs to people[i]. */
struct population {
	struct comparison_person *people;
	struct survival_subject *stay;
	struct comparison_pair *pairs;
	size_t count, matched;
};

static void population_release(struct population *p)
{
	free(p->people);
	free(p->stay);
	free(p->pairs);
}

static int32_t number(const struct db_rows *rows, int row, int column)
{
	int64_t value = 0;
	const char *text = db_value(rows, row, column);
	if (text && !str_to_i64(text, &value))
		value = 0;
	return (int32_t)value;
}

static bool population_read(const struct db_rows *rows, struct population *ret)
{
	size_t count = (size_t)db_rows_count(rows);
	*ret = (struct population){ .people = calloc(count + 1, sizeof *ret->people),
		.stay = calloc(count + 1, sizeof *ret->stay),
		.pairs = calloc(count + 1, sizeof *ret->pairs),
		.count = count };
	if (!ret->people || !ret->stay || !ret->pairs)
		return false;
	for (size_t i = 0; i < count; i++) {
		int row = (int)i;
		ret->people[i] = (struct comparison_person){ .level = number(rows, row, 0),
			.department = number(rows, row, 1),
			.tenure_days = number(rows, row, 2),
			.participant = number(rows, row, 3) != 0 };
		ret->stay[i] = (struct survival_subject){ .days = number(rows, row, 4),
			.left = number(rows, row, 5) != 0,
			.second = !ret->people[i].participant };
	}
	return comparison_match(ret->people, count, ret->pairs, &ret->matched);
}

/* The outcome of the matched pairs. */
struct outcome {
	struct paired_counts stayed;
	size_t left[2]; /* participants, others */
	struct estimate share[2], difference;
	double log_rank_p; /* -1: nobody left */
	struct comparison_balance before, after;
};

static bool outcome_of(const struct population *p, struct outcome *ret)
{
	struct survival_subject *stay = calloc(2 * p->matched + 1, sizeof *stay);
	struct comparison_person *matched = calloc(2 * p->matched + 1, sizeof *matched);
	struct survival_difference difference;
	*ret = (struct outcome){ .log_rank_p = -1 };
	bool done = stay && matched;
	for (size_t i = 0; done && i < p->matched; i++) {
		size_t one = p->pairs[i].participant, two = p->pairs[i].other;
		bool left1 = p->stay[one].left, left2 = p->stay[two].left;
		*(left1         ? left2 ? &ret->stayed.neither : &ret->stayed.only_second
			: left2 ? &ret->stayed.only_first
				: &ret->stayed.both) += 1;
		ret->left[0] += left1;
		ret->left[1] += left2;
		stay[2 * i] = p->stay[one];
		stay[2 * i + 1] = p->stay[two];
		matched[2 * i] = p->people[one];
		matched[2 * i + 1] = p->people[two];
	}
	if (done && p->matched) {
		for (int group = 0; group < 2; group++)
			ret->share[group] = proportion(
				p->matched - ret->left[group], p->matched, LEVEL);
		ret->difference = proportion_paired_difference(ret->stayed, LEVEL);
		if (survival_compare(stay, 2 * p->matched, &difference))
			ret->log_rank_p = difference.p;
	}
	done = done && comparison_balance_of(p->people, p->count, &ret->before) &&
	       comparison_balance_of(matched, 2 * p->matched, &ret->after);
	free(stay);
	free(matched);
	return done;
}

static void write_balance(struct buf *out, const char *name, const struct comparison_balance *b)
{
	buf_print(out, "\"%s\":{\"level\":%.2f,\"tenure\":%.2f,\"department\":%.2f}", name,
		b->level + 0.0, b->tenure + 0.0, b->department);
}

/* Whether the number of leavers is too small to show: one to four. */
static bool few(size_t left)
{
	return left > 0 && left < STEP_PEOPLE;
}

static void write_figures(struct buf *out, const struct outcome *o, size_t matched, bool shown)
{
	if (shown && o->log_rank_p >= 0)
		buf_print(out, ",\"log_rank_p\":%.3f,", o->log_rank_p);
	else
		buf_text(out, ",\"log_rank_p\":null,");
	if (matched >= PAIRS_LEAST) {
		buf_text(out, "\"balance\":{");
		write_balance(out, "before", &o->before);
		buf_char(out, ',');
		write_balance(out, "after", &o->after);
		buf_text(out, "},");
	} else
		buf_text(out, "\"balance\":null,");
}

/* The two groups, for tables and charts. */
static void write_rows(struct buf *out, const struct outcome *o, bool shown)
{
	static const char *const groups[] = { "participants", "comparison" };
	buf_char(out, '[');
	for (int i = 0; i < 2; i++) {
		buf_print(out, "%s{\"group\":\"%s\",", i ? "," : "", groups[i]);
		estimate_columns(out, "share", "", &o->share[i], 2, shown);
		buf_print(out, ",\"suppressed\":%s}", shown ? "false" : "true");
	}
	buf_char(out, ']');
}

static void write_comparison(struct report *out, const struct outcome *o, size_t matched)
{
	bool enough = matched >= PAIRS_LEAST;
	bool shown = enough && !few(o->left[0]) && !few(o->left[1]);
	enum verdict verdict = enough ? verdict_of(&o->difference) : VERDICT_UNCLEAR;
	out->people = enough ? (long)(matched / STEP_PEOPLE * STEP_PEOPLE) : -1;
	report_number(&out->figures, "pairs", out->people);
	buf_char(&out->figures, ',');
	estimate_write(&out->figures, "participants", &o->share[0], 2, shown);
	buf_char(&out->figures, ',');
	estimate_write(&out->figures, "comparison", &o->share[1], 2, shown);
	buf_char(&out->figures, ',');
	estimate_write(&out->figures, "difference", &o->difference, 2, shown);
	write_figures(&out->figures, o, matched, shown);
	buf_print(&out->figures, "\"suppressed\":%s,\"verdict\":\"%s\"}", shown ? "false" : "true",
		verdict_word(verdict));
	write_rows(&out->rows, o, shown);
	out->list = "groups";
	sentence_of_retention(&out->sentence, verdict, &o->share[0], &o->share[1],
		shown ? &o->difference : NULL,
		enough ? "the difference may be chance"
		       : "fewer than ten participants have a comparable colleague");
}

bool retention_report(
	const struct db_rows *people, const char *from, const char *until, struct report *ret)
{
	struct population p = { 0 };
	struct outcome o = { .log_rank_p = -1 };
	*ret = REPORT_INIT(ANSWER_BYTES);
	bool done = !people || (population_read(people, &p) && outcome_of(&p, &o));
	buf_print(
		&ret->figures, "{\"observed_from\":\"%s\",\"observed_until\":\"%s\",", from, until);
	if (done)
		write_comparison(ret, &o, p.matched);
	population_release(&p);
	return done;
}
