/*
 * import_mapping.c - mappings: what stands in one for everybody, or is what a value of the file means, has to be
 * what the column takes. Otherwise each row of each file would be wrong later.
 */
#include <stdio.h>

#include "gen/profiles/contract.h"
#include "http/steps.h"
#include "profiles/employee_file/cell.h"

#define VALUE_MOST ((size_t)64 << 10) /* a list of languages is longer when it is written */

/* Checks one of our values; at: where it stands. */
static void check_value(struct faults *faults, const struct mapping *mapping, const char *ours,
	const char *value, const char *at)
{
	struct buf out = BUF_INIT(VALUE_MOST);
	struct cell cell = { 0 };
	int column = ours ? column_find(ours) : -1;
	if (column >= 0 && value &&
		(!cell_read(mapping, (size_t)column, value, false, &cell) ||
			!cell_write(&out, (size_t)column, &cell)))
		faults_add(faults, false, at, "format", "%s", cell.message);
	cell_release(&cell);
	buf_release(&out);
}

static const char *member(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* Checks what values of the file mean. A date that is written as the file writes them is one, too. */
static void check_meanings(struct faults *faults, const struct mapping *mapping, const char *ours,
	const json_t *values, const char *under)
{
	size_t i;
	const json_t *entry;
	json_array_foreach(values, i, entry)
	{
		char at[80];
		snprintf(at, sizeof at, "%s/values/%zu/ours", under, i);
		check_value(faults, mapping, ours, member(entry, "ours"), at);
	}
}

/* A mapping that only knows how dates are written. */
static bool read_plain(const json_t *rules, struct mapping *ret_mapping)
{
	char text[64] = "{}";
	const char *format = member(rules, "date_format");
	if (format)
		snprintf(text, sizeof text, "{\"date_format\": \"%.16s\"}", format);
	return mapping_read(text, ret_mapping);
}

static bool is_date(const char *ours)
{
	int column = ours ? column_find(ours) : -1;
	return column >= 0 &&
	       (columns[column].kind == KIND_DATE || columns[column].kind == KIND_HIRE_DATE);
}

static void check_rules(struct faults *faults, const struct mapping *mapping, const json_t *rules)
{
	size_t i;
	char at[40];
	const json_t *entry;
	json_array_foreach(json_object_get(rules, "fixed"), i, entry)
	{
		snprintf(at, sizeof at, "/fixed/%zu/value", i);
		check_value(faults, mapping, member(entry, "column"), member(entry, "value"), at);
	}
	json_array_foreach(json_object_get(rules, "columns"), i, entry)
	{
		const char *ours = member(entry, "ours");
		snprintf(at, sizeof at, "/columns/%zu", i);
		/* a change of the columns alone keeps a format that is not known here */
		if (!is_date(ours) || json_object_get(rules, "date_format"))
			check_meanings(faults, mapping, ours, json_object_get(entry, "values"), at);
	}
	check_meanings(faults, mapping, "level",
		json_object_get(json_object_get(rules, "level"), "values"), "/level");
}

static struct reply write_checked(const struct call *call)
{
	owned(faults_release) struct faults faults = { 0 };
	struct mapping mapping;
	if (read_plain(call->body, &mapping))
		check_rules(&faults, &mapping, call->body);
	mapping_release(&mapping);
	if (faults_any(&faults))
		return reply_faults(call, PROBLEM_UNPROCESSABLE, &faults);
	const struct step step = call_step(call);
	return call_write(call, &step, 1, NULL, NULL);
}

struct reply import_mapping_create(const struct call *call)
{
	return write_checked(call);
}

struct reply import_mapping_patch(const struct call *call)
{
	return write_checked(call);
}
