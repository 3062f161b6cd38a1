/*
 * compared.h - the reports on cohorts and years: groups of people set side by side, each with the one
 * before it. The database returns the figures in which nobody is found; whatever is said here follows
 * from them alone.
 */
#ifndef UPWARD_EVALUATION_REPORTS_COMPARED_H
#define UPWARD_EVALUATION_REPORTS_COMPARED_H

#include "db/rows.h"
#include "evaluation/reports/report.h"

/* read: rows of cohorts_read or years_read. none: the sentence if there are none. Release *ret in any case.
 * false: out of memory. */
CHECKED bool compared_report(const struct db_rows *read, const char *none, struct report *ret);

#endif
