#include "matching/teams/team_job.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/str.h"
#include "gen/matching/statements.h"
#include "matching/rounds/names.h"
#include "matching/teams/team_plan.h"

#define STORED_BYTES ((size_t)1 << 20)

/* Reads team_people. False: out of memory. */
static bool read_people(
	const struct db_rows *rows, struct names *departments, struct team_person *people)
{
	struct names ids = { 0 };
	const int count = db_rows_count(rows);
	bool ok = true;
	for (int i = 0; i < count && ok; i++)
		ok = names_add(&ids, db_value(rows, i, 0)) == (uint32_t)i;
	for (int i = 0; i < count && ok; i++) {
		const char *department = db_value(rows, i, 1), *manager = db_value(rows, i, 2);
		people[i] = (struct team_person){
			.department = department ? names_add(departments, department) : ENGINE_NONE,
			.manager = manager ? names_find(&ids, manager) : NAMES_NONE,
			.senior = str_equal(db_value(rows, i, 3), "t")
		};
		ok = !department || people[i].department != NAMES_NONE;
	}
	names_release(&ids);
	return ok;
}
_Static_assert(NAMES_NONE == ENGINE_NONE, "a manager who is not there");

static enum db_outcome store(struct db_session *w, const char *gathering,
	const struct db_rows *rows, const uint32_t *teams)
{
	struct buf ids = BUF_INIT(STORED_BYTES), numbers = BUF_INIT(STORED_BYTES);
	struct db_error error = { 0 };
	owned_rows struct db_rows *stored = NULL;
	for (int i = 0; i < db_rows_count(rows); i++) {
		buf_print(&ids, "%s%s", i ? "," : "{", db_value(rows, i, 0));
		buf_print(&numbers, "%s%u", i ? "," : "{", teams[i] + 1);
	}
	buf_print(&ids, "%s}", ids.len ? "" : "{");
	buf_print(&numbers, "%s}", numbers.len ? "" : "{");
	const struct step step = STEP(&stmt_team_store, gathering, ids.data, numbers.data);
	enum db_outcome outcome = buf_ok(&ids) && buf_ok(&numbers)
					  ? db_session_run(w, &step, &stored, &error)
					  : DB_UNAVAILABLE;
	buf_release(&ids);
	buf_release(&numbers);
	return outcome;
}

/* The teams of a request that this transaction has locked. */
static enum db_outcome make(struct db_session *w, const char *gathering, size_t size)
{
	struct db_error error = { 0 };
	struct names departments = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const struct step read = STEP(&stmt_team_people, gathering);
	enum db_outcome outcome = db_session_run(w, &read, &rows, &error);
	if (outcome != DB_DONE)
		return outcome;
	const size_t count = (size_t)db_rows_count(rows);
	struct team_person *people = calloc(count + 1, sizeof *people);
	uint32_t *teams = calloc(count + 1, sizeof *teams);
	bool ok = people && teams && read_people(rows, &departments, people) &&
		  team_plan(people, count, size, (uint32_t)departments.count, teams) == ENGINE_OK;
	outcome = ok ? store(w, gathering, rows, teams) : DB_UNAVAILABLE;
	names_release(&departments);
	free(people);
	free(teams);
	return outcome;
}

bool team_job_run(struct service_state *service, struct db_session *w)
{
	int64_t size;
	struct db_error error = { 0 };
	owned_rows struct db_rows *claimed = NULL;
	const struct step claim = STEP(&stmt_team_claim, NULL);
	(void)service;
	if (db_session_begin(w, &error) != DB_DONE)
		return false;
	bool done = db_session_run(w, &claim, &claimed, &error) == DB_DONE &&
		    db_rows_count(claimed) > 0 && str_to_i64(db_value(claimed, 0, 1), &size) &&
		    make(w, db_value(claimed, 0, 0), (size_t)size) == DB_DONE &&
		    db_session_commit(w, &error) == DB_DONE;
	if (!done)
		db_session_rollback(w);
	return done;
}
