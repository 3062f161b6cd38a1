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

void estimate_columns(struct buf *out, const char *name, const char *prefix,
	const struct estimate *estimate, int decimals, bool shown)
{
	if (shown)
		buf_print(out, "\"%s\":%.*f,\"%slow\":%.*f,\"%shigh\":%.*f", name, decimals,
			rounded(estimate->value, decimals), prefix, decimals,
			rounded(estimate->low, decimals), prefix, decimals,
			rounded(estimate->high, decimals));
	else
		buf_print(out, "\"%s\":null,\"%slow\":null,\"%shigh\":null", name, prefix, prefix);
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

/* A value in its unit. */
static void write_value(struct buf *out, enum comparison_unit unit, double value)
{
	if (unit == UNIT_SHARE)
		buf_print(out, "%.0f %%", percent(value));
	else
		buf_print(out, "%.1f", rounded(value, 1));
}

void sentence_of_comparison(
	struct buf *out, enum verdict verdict, const struct compared *c, const char *why)
{
	if (verdict == VERDICT_UNCLEAR) {
		buf_print(out, "We cannot tell whether %s differs between “%s” and “%s”: %s.", c->what,
			c->later, c->earlier, why);
		return;
	}
	double scale = c->unit == UNIT_SHARE ? 100 : 1;
	int decimals = c->unit == UNIT_SHARE ? 0 : 1;
	buf_print(out, "In “%s” %s was %s than in “%s”: ", c->later, c->what,
		verdict == VERDICT_HIGHER ? "higher" : "lower", c->earlier);
	write_value(out, c->unit, c->later_value);
	buf_text(out, " against ");
	write_value(out, c->unit, c->earlier_value);
	buf_print(out, ", a difference of %.*f points (95 %% interval %.*f to %.*f).", decimals,
		rounded(scale * c->difference.value, decimals), decimals,
		rounded(scale * c->difference.low, decimals), decimals,
		rounded(scale * c->difference.high, decimals));
}
