/*
 * network.h - the report on the network of a programme's people: its pairs, which SQL counts, and how close
 * people are before them and with them.
 */
#ifndef UPWARD_EVALUATION_REPORTS_NETWORK_H
#define UPWARD_EVALUATION_REPORTS_NETWORK_H

#include "db/rows.h"
#include "evaluation/reports/report.h"

/* read: the row of network_read. Release *ret in any case. false: out of memory. */
CHECKED bool network_report(const struct db_rows *read, struct report *ret);

#endif
