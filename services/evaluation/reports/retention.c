/*
 * retention.c - the report on retention: participants compared with similar colleagues. The
 * database returns the people, services/evaluation/statistics compares them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "evaluation/reports/sentence.h"
#include "evaluation/statistics/comparison.h"
#include "evaluation/statistics/survival.h"
#include "gen/evaluation/contract.h"
#include "gen/evaluation/statements.h"
#include "http/steps.h"

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

static void write_comparison(struct buf *out, const struct outcome *o, size_t matched)
{
	bool enough = matched >= PAIRS_LEAST;
	bool shown = enough && !few(o->left[0]) && !few(o->left[1]);
	enum verdict verdict = enough ? verdict_of(&o->difference) : VERDICT_UNCLEAR;
	if (enough)
		buf_print(out, "\"pairs\":%zu,", matched / STEP_PEOPLE * STEP_PEOPLE);
	else
		buf_text(out, "\"pairs\":null,");
	estimate_write(out, "participants", &o->share[0], 2, shown);
	buf_char(out, ',');
	estimate_write(out, "comparison", &o->share[1], 2, shown);
	buf_char(out, ',');
	estimate_write(out, "difference", &o->difference, 2, shown);
	if (shown && o->log_rank_p >= 0)
		buf_print(out, ",\"log_rank_p\":%.3f,", o->log_rank_p);
	else
		buf_text(out, ",\"log_rank_p\":null,");
	if (enough) {
		buf_text(out, "\"balance\":{");
		write_balance(out, "before", &o->before);
		buf_char(out, ',');
		write_balance(out, "after", &o->after);
		buf_text(out, "},");
	} else
		buf_text(out, "\"balance\":null,");
	buf_print(out, "\"suppressed\":%s,\"verdict\":\"%s\",", shown ? "false" : "true",
		verdict_word(verdict));
	sentence_of_retention(out, verdict, &o->share[0], &o->share[1],
		shown ? &o->difference : NULL,
		enough ? "the difference may be chance"
		       : "fewer than ten participants have a comparable colleague");
}

/* Writes the head of the report from the row of the operation's statement. */
static void write_head(struct buf *out, const struct db_rows *head)
{
	buf_print(out, "{\"programme\":%s,\"as_of\":\"%s\",\"method\":",
		db_value(head, 0, db_column(head, "programme")),
		db_value(head, 0, db_column(head, "as_of")));
	buf_json(out, db_value(head, 0, db_column(head, "method")));
	buf_print(out, ",\"minimum_cell\":%d,\"observed_from\":\"%s\",\"observed_until\":\"%s\",",
		STEP_PEOPLE, db_value(head, 0, db_column(head, "landmark")),
		db_value(head, 0, db_column(head, "until")));
}

struct reply report_retention(const struct call *call)
{
	struct db_error error = { 0 };
	owned_rows struct db_rows *head = NULL, *rows = NULL;
	struct step step = call_step(call);
	enum db_outcome outcome = database_read(call->db, DB_POOL, &step, &head, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	if (db_rows_count(head) == 0)
		return reply_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL);
	struct population p = { 0 };
	struct outcome o = { .log_rank_p = -1 };
	bool done = true;
	if (strcmp(db_value(head, 0, db_column(head, "begun")), "t") == 0) {
		step = STEP(&stmt_retention_read, call_value(call, "programme_id"),
			db_value(head, 0, db_column(head, "landmark")),
			db_value(head, 0, db_column(head, "until")));
		outcome = database_read(call->db, DB_SLOW, &step, &rows, &error);
		if (outcome != DB_DONE)
			return call_refusal(call, outcome, &error);
		done = population_read(rows, &p) && outcome_of(&p, &o);
	}
	struct buf out = BUF_INIT(ANSWER_BYTES);
	write_head(&out, head);
	write_comparison(&out, &o, p.matched);
	buf_char(&out, '}');
	char *text = done ? buf_take(&out) : NULL;
	buf_release(&out);
	population_release(&p);
	return reply_json(200, text, 1);
}
