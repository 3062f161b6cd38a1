/*
 * report.c - reports answer as JSON, or as CSV with one row a department.
 */
#include <jansson.h>
#include <string.h>

#include "base/str.h"
#include "gen/evaluation/contract.h"
#include "http/call.h"
#include "http/csv.h"

#define REPORT_BYTES ((size_t)8 << 20)

/* A number, or nothing where it is hidden. */
static void add_number(struct buf *out, const json_t *row, const char *member)
{
	const json_t *value = json_object_get(row, member);
	buf_char(out, ',');
	if (json_is_integer(value))
		buf_print(out, "%lld", (long long)json_integer_value(value));
}

static char *write_departments(const json_t *departments, size_t *ret_length)
{
	struct buf out = BUF_INIT(REPORT_BYTES);
	size_t i;
	json_t *row;
	buf_text(&out, "department,mentors,mentees,paired,suppressed\r\n");
	json_array_foreach((json_t *)departments, i, row)
	{
		csv_cell(&out, json_string_value(json_object_get(row, "department")));
		add_number(&out, row, "mentors");
		add_number(&out, row, "mentees");
		add_number(&out, row, "paired");
		buf_text(&out, json_is_true(json_object_get(row, "suppressed")) ? ",true\r\n"
										: ",false\r\n");
	}
	*ret_length = out.len;
	char *text = buf_ok(&out) ? buf_take(&out) : NULL;
	buf_release(&out);
	return text;
}

struct reply report_participation(const struct call *call)
{
	struct reply reply = call_run(call);
	if (reply.status != 200 || strncmp(call->accept, "text/csv", 8) != 0)
		return reply;
	size_t length = 0;
	json_t *report = json_loadb(reply.body, reply.length, 0, NULL);
	char *text = report ? write_departments(json_object_get(report, "departments"), &length)
			    : NULL;
	json_decref(report);
	struct reply csv = reply_text(200, "text/csv; charset=utf-8", text, length);
	csv.version = reply.version;
	reply_release(&reply);
	return csv;
}
