/*
 * side_by_side.h - cohorts of a programme and its next year, set side by side: a case of test_report.c.
 */
#ifndef UPWARD_TESTS_API_EVALUATION_SIDE_BY_SIDE_H
#define UPWARD_TESTS_API_EVALUATION_SIDE_BY_SIDE_H

void cohorts_and_years_are_compared(void **state);

#endif
