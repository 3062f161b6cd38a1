#include "evaluation/reports/snapshot_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluation/reports/attitudes.h"
#include "evaluation/reports/compared.h"
#include "evaluation/reports/network.h"
#include "evaluation/reports/retention.h"
#include "gen/evaluation/statements.h"

/* A report to be computed: the row of snapshot_compute. */
struct task {
	const char *snapshot, *name, *programme, *from, *until;
	bool begun; /* there are days to compare */
};

static bool make_retention(struct db_session *w, const struct task *task, struct report *ret)
{
	struct db_error error;
	owned_rows struct db_rows *people = NULL;
	const struct step read = STEP(
		&stmt_retention_read, task->programme, task->from, task->until);
	if (task->begun && db_session_run(w, &read, &people, &error) != DB_DONE)
		return false;
	return retention_report(people, task->from, task->until, ret);
}

static bool make_attitudes(struct db_session *w, const struct task *task, struct report *ret)
{
	struct db_error error;
	owned_rows struct db_rows *answers = NULL;
	const struct step read = STEP(&stmt_attitude_read, task->programme);
	return db_session_run(w, &read, &answers, &error) == DB_DONE &&
	       attitudes_report(answers, ret);
}

static bool make_network(struct db_session *w, const struct task *task, struct report *ret)
{
	struct db_error error;
	owned_rows struct db_rows *ties = NULL;
	const struct step read = STEP(&stmt_network_read, task->programme);
	return db_session_run(w, &read, &ties, &error) == DB_DONE && network_report(ties, ret);
}

static bool make_cohorts(struct db_session *w, const struct task *task, struct report *ret)
{
	struct db_error error;
	owned_rows struct db_rows *figures = NULL;
	const struct step read = STEP(&stmt_cohorts_read, task->programme);
	return db_session_run(w, &read, &figures, &error) == DB_DONE &&
	       compared_report(figures,
		       "We cannot tell whether cohorts differ: the programme has not two of them.", ret);
}

static bool make_years(struct db_session *w, const struct task *task, struct report *ret)
{
	struct db_error error;
	owned_rows struct db_rows *figures = NULL;
	const struct step read = STEP(&stmt_years_read, task->programme);
	return db_session_run(w, &read, &figures, &error) == DB_DONE &&
	       compared_report(figures,
		       "We cannot tell whether years differ: the programme is not a copy of another one.",
		       ret);
}

static const struct maker {
	const char *name;
	bool (*make)(struct db_session *w, const struct task *task, struct report *ret);
} makers[] = { { "attitudes", make_attitudes }, { "cohorts", make_cohorts },
	{ "network", make_network }, { "retention", make_retention }, { "years", make_years } };

static bool store(struct db_session *w, const struct task *task, struct report *report)
{
	struct db_error error;
	owned_rows struct db_rows *rows = NULL;
	char people[24];
	(void)snprintf(people, sizeof people, "%ld", report->people);
	char *figures = buf_take(&report->figures), *table = buf_take(&report->rows);
	char *sentence = buf_take(&report->sentence);
	bool done = figures && table && sentence;
	if (done) {
		const struct step add = STEP(&stmt_snapshot_add, task->snapshot, task->name,
			report->people < 0 ? NULL : people, sentence, *figures ? figures : NULL,
			report->list, table);
		done = db_session_run(w, &add, &rows, &error) == DB_DONE;
	}
	free(figures);
	free(table);
	free(sentence);
	return done;
}

/* Computes the next report that SQL cannot. false: there is none, or it has to be tried again. */
static bool compute(struct db_session *w)
{
	struct db_error error;
	owned_rows struct db_rows *rows = NULL;
	const struct step next = STEP(&stmt_snapshot_compute, NULL);
	if (db_session_run(w, &next, &rows, &error) != DB_DONE || db_rows_count(rows) == 0)
		return false;
	const struct task task = { db_value(rows, 0, 0), db_value(rows, 0, 1), db_value(rows, 0, 2),
		db_value(rows, 0, 3), db_value(rows, 0, 4),
		strcmp(db_value(rows, 0, 5), "t") == 0 };
	for (size_t i = 0; i < COUNT(makers); i++) {
		if (strcmp(makers[i].name, task.name) != 0)
			continue;
		struct report report = REPORT_INIT(0);
		bool done = makers[i].make(w, &task, &report) && store(w, &task, &report);
		report_release(&report);
		return done;
	}
	return false;
}

bool snapshot_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	return job_run_statement(w, &stmt_snapshot_fill) || compute(w) ||
	       job_run_statement(w, &stmt_snapshot_finish) ||
	       job_run_statement(w, &stmt_snapshot_begin);
}
