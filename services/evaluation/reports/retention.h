/*
 * retention.h - the report on retention: participants compared with similar colleagues. The database
 * returns the people, services/evaluation/statistics compares them.
 */
#ifndef UPWARD_EVALUATION_REPORTS_RETENTION_H
#define UPWARD_EVALUATION_REPORTS_RETENTION_H

#include "db/rows.h"
#include "evaluation/reports/report.h"

/* people: rows of retention_read, or NULL before the first day. from, until: dates. Release *ret in
 * any case. false: out of memory. */
CHECKED bool retention_report(
	const struct db_rows *people, const char *from, const char *until, struct report *ret);

#endif
