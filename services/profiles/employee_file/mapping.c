#include "profiles/employee_file/mapping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/load.h"

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static char *folded(const char *text)
{
	char buffer[HEADER_BYTES];
	column_fold(text ? text : "", buffer);
	return str_copy(buffer);
}

/* Turns [{ours, theirs: […]}] into {theirs: ours}. */
static json_t *read_values(const json_t *list)
{
	json_t *values = json_object(), *entry, *theirs;
	size_t i, k;
	bool ok = values != NULL;
	json_array_foreach(list, i, entry)
		json_array_foreach(json_object_get(entry, "theirs"), k, theirs)
	{
		char key[HEADER_BYTES];
		column_fold(json_string_value(theirs), key);
		ok = ok && json_object_set(values, key, json_object_get(entry, "ours")) == 0;
	}
	if (!ok) {
		json_decref(values);
		values = NULL;
	}
	return values;
}

static json_t *read_set(const json_t *list)
{
	json_t *set = json_object(), *item;
	size_t i;
	bool ok = set != NULL;
	json_array_foreach(list, i, item)
	{
		char key[HEADER_BYTES];
		column_fold(json_string_value(item), key);
		ok = ok && json_object_set_new(set, key, json_true()) == 0;
	}
	if (!ok) {
		json_decref(set);
		set = NULL;
	}
	return set;
}

static enum unknown_value unknown_of(const json_t *entry)
{
	const char *name = text_of(entry, "unknown_values");
	return name && str_equal(name, "keep")    ? UNKNOWN_KEEP
	       : name && str_equal(name, "empty") ? UNKNOWN_EMPTY
						  : UNKNOWN_FAULT;
}

static bool read_columns(struct mapping *m, const json_t *list)
{
	json_t *entry;
	size_t i;
	json_array_foreach(list, i, entry)
	{
		const char *ours = text_of(entry, "ours");
		int at = ours ? column_find(ours) : -1;
		if (at < 0 || m->columns[at].header)
			return false;
		struct mapped_column *column = &m->columns[at];
		const json_t *values = json_object_get(entry, "values");
		column->header = folded(text_of(entry, "theirs"));
		column->values = json_array_size(values) ? read_values(values) : NULL;
		column->unknown = unknown_of(entry);
		if (!column->header || (json_array_size(values) && !column->values))
			return false;
	}
	return true;
}

static bool read_fixed(struct mapping *m, const json_t *list)
{
	json_t *entry;
	size_t i;
	json_array_foreach(list, i, entry)
	{
		const char *ours = text_of(entry, "column");
		int at = ours ? column_find(ours) : -1;
		if (at < 0)
			return false;
		m->columns[at].fixed = text_of(entry, "value");
	}
	return true;
}

/* A level derived from the job title: the level column reads the title's cells. */
static bool read_level(struct mapping *m, const json_t *rule)
{
	const char *from = text_of(rule, "from");
	struct mapped_column *level = &m->columns[COLUMN_LEVEL];
	m->level_by_depth = from && str_equal(from, "depth");
	if (!from || m->level_by_depth || level->header)
		return true;
	const char *title = m->columns[COLUMN_TITLE].header;
	level->header = str_copy(title ? title : "title");
	level->values = read_values(json_object_get(rule, "values"));
	level->unknown = unknown_of(rule);
	return level->header && level->values;
}

static bool read_scope(struct mapping *m, const json_t *list)
{
	json_t *entry;
	size_t i;
	json_array_foreach(list, i, entry)
	{
		if (m->scope_count == SCOPE_RULES_MOST)
			return false;
		struct scope_rule *rule = &m->scope[m->scope_count++];
		rule->header = folded(text_of(entry, "column"));
		rule->values = read_set(json_object_get(entry, "values"));
		rule->empty = json_is_true(json_object_get(entry, "empty"));
		if (!rule->header || !rule->values)
			return false;
	}
	return true;
}

/* The date formats of the contract: the order of the three parts, and the separator. */
static void read_date_format(struct mapping *m, const char *format)
{
	m->date_order = DATE_YMD;
	m->date_separator = '-';
	if (!format)
		return;
	m->date_order = *format == 'Y' ? DATE_YMD : *format == 'D' ? DATE_DMY : DATE_MDY;
	const char *separator = strpbrk(format, "-./");
	m->date_separator = separator ? *separator : '\0';
}

static char delimiter_of(const char *name)
{
	return !name                          ? '\0'
	       : str_equal(name, "comma")     ? ','
	       : str_equal(name, "semicolon") ? ';'
	       : str_equal(name, "tab")       ? '\t'
					      : '|';
}

bool mapping_read(const char *rules, struct mapping *ret_mapping)
{
	struct mapping *m = ret_mapping;
	*m = (struct mapping){ 0 };
	const char *text = rules ? rules : "{}";
	m->rules = json_load_whole(text, strlen(text), 0, NULL, NULL);
	const json_t *scope = json_object_get(m->rules, "out_of_scope");
	m->ignored = read_set(json_object_get(m->rules, "ignore"));
	read_date_format(m, text_of(m->rules, "date_format"));
	m->delimiter = delimiter_of(text_of(m->rules, "delimiter"));
	return m->rules && m->ignored && read_columns(m, json_object_get(m->rules, "columns")) &&
	       read_fixed(m, json_object_get(m->rules, "fixed")) &&
	       read_level(m, json_object_get(m->rules, "level")) &&
	       read_scope(m, json_object_get(scope, "rules"));
}

void mapping_release(struct mapping *m)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		free(m->columns[i].header);
		json_decref(m->columns[i].values);
	}
	for (size_t i = 0; i < m->scope_count; i++) {
		free(m->scope[i].header);
		json_decref(m->scope[i].values);
	}
	json_decref(m->ignored);
	json_decref(m->rules);
}

bool mapping_uses(const struct mapping *mapping, const char *header)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		if (mapping->columns[i].header && str_equal(mapping->columns[i].header, header))
			return true;
	return false;
}

/* Reads at most `most` digits and advances. */
static int read_digits(const char **at, size_t most)
{
	int value = 0;
	size_t count = 0;
	for (; count < most && **at >= '0' && **at <= '9'; count++, (*at)++)
		value = value * 10 + (**at - '0');
	return count > 0 ? value : -1;
}

static bool read_separator(const struct mapping *m, const char **at)
{
	if (!m->date_separator)
		return true;
	return *(*at)++ == m->date_separator;
}

bool mapping_date(const struct mapping *m, const char *cell, char ret_date[11])
{
	static const size_t widths[][3] = { { 4, 2, 2 }, { 2, 2, 4 }, { 2, 2, 4 } };
	static const int places[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 } };
	int parts[3] = { 0 };
	const char *at = cell;
	if (m->date_order == DATE_YMD && m->date_separator && strlen(cell) != 10)
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (i > 0 && (!*at || !read_separator(m, &at)))
			return false;
		parts[places[m->date_order][i]] = read_digits(&at, widths[m->date_order][i]);
	}
	if (*at || parts[0] < 1000 || parts[1] < 0 || parts[2] < 0)
		return false;
	return snprintf(ret_date, 11, "%04d-%02d-%02d", parts[0] % 10000, parts[1] % 100,
		       parts[2] % 100) == 10;
}
