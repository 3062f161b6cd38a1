#include "evaluation/reports/sentence.h"

#include <math.h>

const char *verdict_word(enum verdict verdict)
{
	static const char *const words[VERDICTS] = { "higher", "lower", "unclear" };
	return words[verdict];
}

enum verdict verdict_of(const struct estimate *estimate)
{
	return estimate->low > 0    ? VERDICT_HIGHER
	       : estimate->high < 0 ? VERDICT_LOWER
				    : VERDICT_UNCLEAR;
}

/* Rounds a value; never to minus zero. */
static double rounded(double value, int decimals)
{
	double scale = pow(10, decimals);
	return round(value * scale) / scale + 0.0;
}

void estimate_write(struct buf *out, const char *name, const struct estimate *estimate,
	int decimals, bool shown)
{
	if (!shown) {
		buf_print(out, "\"%s\":null", name);
		return;
	}
	buf_print(out, "\"%s\":{\"value\":%.*f,\"low\":%.*f,\"high\":%.*f}", name, decimals,
		rounded(estimate->value, decimals), decimals, rounded(estimate->low, decimals),
		decimals, rounded(estimate->high, decimals));
}

void estimate_columns(struct buf *out, const char *name, const struct estimate *estimate,
	int decimals, bool shown)
{
	if (shown)
		buf_print(out, "\"%s\":%.*f,\"low\":%.*f,\"high\":%.*f", name, decimals,
			rounded(estimate->value, decimals), decimals,
			rounded(estimate->low, decimals), decimals,
			rounded(estimate->high, decimals));
	else
		buf_print(out, "\"%s\":null,\"low\":null,\"high\":null", name);
}

static double percent(double share)
{
	return rounded(100 * share, 0);
}

void sentence_of_retention(struct buf *out, enum verdict verdict,
	const struct estimate *participants, const struct estimate *others,
	const struct estimate *difference, const char *why)
{
	const char *more = verdict == VERDICT_HIGHER ? "more" : "less";
	if (verdict == VERDICT_UNCLEAR)
		buf_print(out,
			"We cannot tell whether participants stay in the company more often than "
			"comparable "
			"colleagues: %s.",
			why);
	else if (!difference)
		buf_print(out,
			"Participants stayed in the company %s often than comparable colleagues.",
			more);
	else
		buf_print(out,
			"Participants stayed in the company %s often than comparable colleagues: "
			"%.0f %% "
			"against %.0f %%, a difference of %.0f points (95 %% interval %.0f to "
			"%.0f).",
			more, percent(participants->value), percent(others->value),
			percent(difference->value), percent(difference->low),
			percent(difference->high));
}

void sentence_of_attitude(struct buf *out, enum verdict verdict, const char *side,
	const char *construct, const struct estimate *change, const char *why)
{
	if (verdict == VERDICT_UNCLEAR)
		buf_print(out, "We cannot tell whether the %s of %ss changed: %s.", construct, side,
			why);
	else
		buf_print(out,
			"The %s of %ss %s by %.1f points of 100 (95 %% interval %.1f to %.1f).",
			construct, side, verdict == VERDICT_HIGHER ? "rose" : "fell",
			fabs(change->value),
			rounded(verdict == VERDICT_HIGHER ? change->low : -change->high, 1),
			rounded(verdict == VERDICT_HIGHER ? change->high : -change->low, 1));
}
