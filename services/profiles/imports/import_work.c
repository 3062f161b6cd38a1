#include "profiles/imports/import_work.h"

#include "base/str.h"

enum db_outcome import_run(struct import_work *work, const struct statement *statement,
	const char *second, const char *third)
{
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(statement, work->id, second, third);
	return db_session_run(work->w, &step, &rows, &work->error);
}

enum db_outcome import_run_count(struct import_work *work, const struct statement *statement,
	const char *second, const char *third, int64_t *ret_count)
{
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(statement, work->id, second, third);
	enum db_outcome outcome = db_session_run(work->w, &step, &rows, &work->error);
	if (outcome != DB_DONE)
		return outcome;
	const char *text = db_rows_count(rows) == 1 ? db_value(rows, 0, 0) : NULL;
	if (!text || !str_to_i64(text, ret_count))
		*ret_count = 0;
	return DB_DONE;
}
