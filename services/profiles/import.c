/*
 * import.c - takes an employee file and queues it; import_job.c does the work. The file is stored
 * in parts, all in one transaction: each is one statement, and its time-out is for a part.
 */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "gen/profiles/contract.h"
#include "gen/profiles/statements.h"
#include "http/call.h"

#define PARTS_MOST 10
#define PART_BYTES ((size_t)1 << 20)

/* The length of the next part of about `most` bytes, ending between two characters. */
static size_t part_length(const char *text, size_t length, size_t most)
{
	if (length <= most)
		return length;
	while (most > 1 && ((unsigned char)text[most] & 0xC0) == 0x80)
		most--;
	return most;
}

static struct reply store(const struct call *call, char *copy)
{
	static const char *const numbers[PARTS_MOST + 1] = { "0", "1", "2", "3", "4", "5", "6", "7",
		"8", "9", "10" };
	struct step steps[PARTS_MOST + 2] = { call_step(call) };
	size_t count = 0, at = 0, most = call->body_length / PARTS_MOST + 4;
	if (most < PART_BYTES)
		most = PART_BYTES;
	for (; at < call->body_length; count++) {
		size_t length = part_length(call->body_text + at, call->body_length - at, most);
		memcpy(copy, call->body_text + at, length);
		copy[length] = '\0';
		steps[1 + count] = STEP(
			&stmt_import_file_store, call->new_id.text, numbers[count], copy);
		copy += length + 1;
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
		return reply_problem(
			call, PROBLEM_INVALID_CSV, NULL, "The file is not UTF-8.", NULL);
	owned_text char *copy = malloc(call->body_length + PARTS_MOST + 2);
	if (!copy)
		return call_refusal(call, DB_NO_MEMORY, &(struct db_error){ 0 });
	return store(call, copy);
}
