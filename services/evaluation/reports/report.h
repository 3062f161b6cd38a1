/*
 * report.h - what a report that C computes hands to its snapshot.
 */
#ifndef UPWARD_EVALUATION_REPORTS_REPORT_H
#define UPWARD_EVALUATION_REPORTS_REPORT_H

#include "base/buf.h"

struct report {
	long people; /* how many stand behind it, in fives; -1: not shown */
	struct buf
		figures; /* a JSON object: the members of this report alone, but for the list; or "" */
	struct buf rows;  /* a JSON array of objects: the list, the table, and the chart's data */
	const char *list; /* the name of the list; static */
	struct buf sentence; /* plain text */
};

#define REPORT_INIT(bytes)                                                                         \
	((struct report){ .people = -1,                                                            \
		.figures = BUF_INIT(bytes),                                                        \
		.rows = BUF_INIT(bytes),                                                           \
		.sentence = BUF_INIT(1024) })

static inline void report_release(struct report *report)
{
	buf_release(&report->figures);
	buf_release(&report->rows);
	buf_release(&report->sentence);
}

/* Writes "name":5, or null if it is negative. */
static inline void report_number(struct buf *out, const char *name, long value)
{
	if (value < 0)
		buf_print(out, "\"%s\":null", name);
	else
		buf_print(out, "\"%s\":%ld", name, value);
}

#endif
