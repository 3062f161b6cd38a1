/*
 * import.c - takes an employee file and queues it; import_job.c does the work.
 */
#include "base/str.h"
#include "gen/profiles/contract.h"
#include "gen/profiles/statements.h"
#include "http/call.h"

struct reply import_create(const struct call *call)
{
	size_t characters;
	if (call->body_length == 0)
		return reply_problem(call, PROBLEM_INVALID_BODY, NULL, "The file is empty.", NULL);
	if (!str_is_utf8(call->body_text, call->body_length, &characters))
		return reply_problem(
			call, PROBLEM_INVALID_BODY, NULL, "The file is not UTF-8.", NULL);
	const struct step steps[] = {
		call_step(call),
		STEP(&stmt_import_file_store, call->new_id.text, call->body_text),
	};
	return call_write(call, steps, COUNT(steps), NULL, NULL);
}
