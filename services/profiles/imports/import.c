/*
 * import.c - takes an employee file and queues it; import_job.c does the work. The file is stored
 * in parts, all in one transaction: each is one statement, and its time-out is for a part.
 */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "gen/profiles/contract.h"
#include "gen/profiles/statements.h"
#include "http/steps.h"

#define PARTS_MOST 10
#define PART_BYTES ((size_t)1 << 20)

static struct reply store(const struct call *call)
{
	static const char *const numbers[PARTS_MOST] = { "0", "1", "2", "3", "4", "5", "6", "7",
		"8", "9" };
	struct step steps[PARTS_MOST + 1] = { call_step(call) };
	size_t count = 0, most = call->body_length / PARTS_MOST + 1;
	if (most < PART_BYTES)
		most = PART_BYTES;
	for (size_t at = 0; at < call->body_length; count++) {
		size_t left = call->body_length - at, length = left < most ? left : most;
		struct step *part = &steps[1 + count];
		*part = STEP(&stmt_import_file_store, call->new_id.text, numbers[count],
			call->body_text + at);
		part->bytes_at = 2;
		part->bytes_length = (int)length;
		at += length;
	}
	return call_write(call, steps, 1 + count, NULL, NULL);
}

struct reply import_create(const struct call *call)
{
	size_t characters;
	if (call->body_length == 0)
		return reply_problem(call, PROBLEM_INVALID_BODY, NULL, "The file is empty.", NULL);
	if (!str_is_utf8(call->body_text, call->body_length, &characters))
		return reply_problem(call, PROBLEM_INVALID_CSV, NULL,
			"The file is not UTF-8, and no other charset is given.", NULL);
	return store(call);
}
