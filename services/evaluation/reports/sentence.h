/*
 * sentence.h - the finding of a report in one plain sentence. There are only a few forms, so that
 * portals may rely on them: something rose, fell, or cannot be told, and why.
 */
#ifndef UPWARD_EVALUATION_REPORTS_SENTENCE_H
#define UPWARD_EVALUATION_REPORTS_SENTENCE_H

#include "base/buf.h"
#include "evaluation/statistics/proportion.h"

/* Words of api/evaluation/outcome.yaml. */
enum verdict { VERDICT_HIGHER, VERDICT_LOWER, VERDICT_UNCLEAR, VERDICTS };
const char *verdict_word(enum verdict verdict);
/* The verdict on an estimate, by whether its interval is above 0, below 0, or neither. */
CHECKED enum verdict verdict_of(const struct estimate *estimate);

/* Writes "name":{"value":0.96,"low":0.91,"high":0.99}, or null if not `shown`. */
void estimate_write(struct buf *out, const char *name, const struct estimate *estimate,
	int decimals, bool shown);

/* The same in columns of their own: "name":0.96,"low":0.91,"high":0.99; low and high with a prefix. */
void estimate_columns(struct buf *out, const char *name, const char *prefix,
	const struct estimate *estimate, int decimals, bool shown);

/*
 * Each writes a sentence as plain text. why: the reason for an unclear verdict, a part of a sentence.
 * Retention: the shares who stayed, 0 to 1; if difference is NULL, figures are hidden. Attitude: the
 * change in points of 100; side is "mentor" or "mentee".
 */
void sentence_of_retention(struct buf *out, enum verdict verdict,
	const struct estimate *participants, const struct estimate *others,
	const struct estimate *difference, const char *why);
void sentence_of_attitude(struct buf *out, enum verdict verdict, const char *side,
	const char *construct, const struct estimate *change, const char *why);

/* Two groups that are compared by a measure; what: "the share of those who …". */
enum comparison_unit { UNIT_SHARE, UNIT_RATING, UNIT_POINTS };
struct compared {
	const char *what, *later, *earlier;
	enum comparison_unit unit;
	double later_value, earlier_value;
	struct estimate difference;
};
void sentence_of_comparison(
	struct buf *out, enum verdict verdict, const struct compared *c, const char *why);

#endif
