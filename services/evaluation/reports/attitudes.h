/*
 * attitudes.h - the report on attitudes: each construct before and after, for people who answered
 * both times.
 */
#ifndef UPWARD_EVALUATION_REPORTS_ATTITUDES_H
#define UPWARD_EVALUATION_REPORTS_ATTITUDES_H

#include "db/rows.h"
#include "evaluation/reports/report.h"

/* answers: rows of attitude_read. Release *ret in any case. false: out of memory. */
CHECKED bool attitudes_report(const struct db_rows *answers, struct report *ret);

#endif
