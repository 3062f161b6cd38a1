/*
 * import.c - accepts an employee file and queues it; import_job.c does the work. The file is stored
 * in parts within one transaction, one statement each, so that the statement timeout applies to a
 * part.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/charset.h"
#include "base/str.h"
#include "base/utf8.h"
#include "gen/profiles/contract.h"
#include "gen/profiles/statements.h"
#include "http/steps.h"

#define PARTS_MOST 10
#define PART_BYTES ((size_t)1 << 20)
/* A character of Windows-1252 has at most three bytes in UTF-8. */
#define RECODED_BYTES ((size_t)96 << 20)

static struct reply store(
	const struct call *call, const char *file, size_t file_length, bool recoded)
{
	static const char *const numbers[PARTS_MOST] = { "0", "1", "2", "3", "4", "5", "6", "7",
		"8", "9" };
	struct step steps[PARTS_MOST + 2] = { call_step(call) };
	size_t count = 0, most = file_length / PARTS_MOST + 1;
	if (most < PART_BYTES)
		most = PART_BYTES;
	for (size_t at = 0; at < file_length; count++) {
		size_t left = file_length - at, length = left < most ? left : most;
		struct step *part = &steps[1 + count];
		*part = STEP(&stmt_import_file_store, call->new_id.text, numbers[count], file + at);
		part->bytes_at = 2;
		part->bytes_length = (int)length;
		at += length;
	}
	if (recoded)
		steps[1 + count++] = STEP(
			&stmt_import_charset_check, call_query_value(call, "mapping_id"));
	return call_write(call, steps, 1 + count, NULL, NULL);
}

/* Converts a Windows-1252 file to UTF-8. */
static bool recode(const struct call *call, struct buf *out)
{
	struct recoder recoder;
	const char *at = call->body_text;
	size_t left = call->body_length, length = 0;
	enum recode_outcome outcome = RECODE_GOOD;
	recoder_init(&recoder, CHARSET_WINDOWS_1252);
	while (left > 0 && outcome == RECODE_GOOD) {
		char piece[4096];
		outcome = recoder_next(&recoder, &at, &left, piece, sizeof piece, &length);
		if (outcome == RECODE_GOOD)
			buf_add(out, piece, length);
	}
	recoder_release(&recoder);
	return outcome == RECODE_GOOD && buf_ok(out) && str_is_utf8(out->data, out->len, &length);
}

/* For a file that is not UTF-8 and was sent without a charset: the mapping may name the
 * encoding. */
static struct reply recode_and_store(const struct call *call)
{
	struct buf file = BUF_INIT(RECODED_BYTES);
	struct reply reply;
	if (call_query_value(call, "mapping_id") && recode(call, &file))
		reply = store(call, file.data, file.len, true);
	else
		reply = reply_problem(call, PROBLEM_INVALID_CSV, NULL,
			"The file is not UTF-8, and no other charset is given.", NULL);
	buf_release(&file);
	return reply;
}

struct reply import_create(const struct call *call)
{
	size_t characters;
	if (call->body_length == 0)
		return reply_problem(call, PROBLEM_INVALID_BODY, NULL, "The file is empty.", NULL);
	if (!str_is_utf8(call->body_text, call->body_length, &characters))
		return recode_and_store(call);
	return store(call, call->body_text, call->body_length, false);
}
