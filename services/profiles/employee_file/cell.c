#include "profiles/employee_file/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/country.h"
#include "base/str.h"
#include "base/zone.h"
#include "profiles/employee_file/lists.h"

#define HIRE_YEAR_FIRST 1900

void cell_copy_text(struct buf *out, const char *text)
{
	for (const char *c = text; *c; c++) {
		switch (*c) {
		case '\t':
			buf_text(out, "\\t");
			break;
		case '\n':
			buf_text(out, "\\n");
			break;
		case '\r':
			buf_text(out, "\\r");
			break;
		case '\\':
			buf_text(out, "\\\\");
			break;
		default:
			buf_char(out, *c);
		}
	}
}

/* true/false, yes/no, y/n and 1/0, in any case: spreadsheets write them in capitals, and in the language of
 * their user. */
static bool read_flag(const char *cell, bool *ret_flag)
{
	static const char *const words[][2] = { { "true", "false" }, { "yes", "no" }, { "y", "n" },
		{ "1", "0" }, { "wahr", "falsch" }, { "ja", "nein" } };
	char folded[HEADER_BYTES];
	column_fold(cell, folded);
	for (size_t i = 0; i < COUNT(words); i++) {
		*ret_flag = str_equal(folded, words[i][0]);
		if (*ret_flag || str_equal(folded, words[i][1]))
			return true;
	}
	return false;
}

static bool is_day(const char *cell, int first_year)
{
	struct civil day;
	return civil_read_date(cell, &day) && cell[10] == '\0' && day.year >= first_year &&
	       day.year <= CIVIL_YEAR_LAST;
}

/* NULL if the value is well formed, otherwise its error code, with *ret_message. */
static const char *value_fault(
	const struct column *column, const char *value, const char **ret_message)
{
	int64_t number;
	bool flag;
	switch (column->kind) {
	case KIND_COUNTRY:
		*ret_message = "A country must be a two-letter code of ISO 3166, such as DE or GB.";
		return str_is_country(value) ? NULL : "not_a_country";
	case KIND_REGION:
		*ret_message = "A region must be a code of ISO 3166-2, such as DE-BY.";
		return value[0] && value[1] && value[2] == '-' && str_is_place(value)
			       ? NULL
			       : "not_a_region";
	case KIND_EMAIL:
		*ret_message = "This is not an email address.";
		return str_is_email(value) ? NULL : "not_an_email";
	case KIND_ZONE:
		*ret_message = "This is not a time zone name such as Europe/Berlin.";
		return zone_exists(value) ? NULL : "not_a_time_zone";
	case KIND_LEVEL:
		*ret_message = "A level must be a whole number from 0 to 32767.";
		return str_to_i64(value, &number) && number >= 0 && number <= 32767 ? NULL
										    : "not_a_level";
	case KIND_HIRE_DATE:
		*ret_message = "A hire date must be YYYY-MM-DD, from 1900 to 2199.";
		return is_day(value, HIRE_YEAR_FIRST) ? NULL : "not_a_date";
	case KIND_DATE:
		*ret_message = "A date must be YYYY-MM-DD, from 2000 to 2199.";
		return is_day(value, CIVIL_YEAR_FIRST) ? NULL : "not_a_date";
	case KIND_ACTIVE:
	case KIND_FLAG:
		*ret_message = "This must be true or false.";
		return read_flag(value, &flag) ? NULL : "not_true_or_false";
	case KIND_TEXT:
	case KIND_KEY:
	case KIND_LANGUAGES:
	case KIND_SKILLS:
	case KIND_INTERESTS:
		break;
	}
	return NULL;
}

void cell_release(struct cell *cell)
{
	free(cell->text.changed);
}

static bool refuse(struct cell *cell, const char *code, const char *message)
{
	cell->value = NULL;
	cell->code = code;
	snprintf(cell->message, sizeof cell->message, "%s", message);
	return false;
}

/* Codes of countries and regions are accepted in lower case and stored in upper case. */
static bool raise_letters(struct cell *cell, const char *text)
{
	if (!cell->text.changed)
		cell->text.changed = str_copy(text);
	if (!cell->text.changed)
		return refuse(cell, "not_a_country", "Out of memory.");
	for (char *at = cell->text.changed; *at; at++)
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - 'a' + 'A');
	return true;
}

static bool take_in(const struct column *column, const char *text, struct cell *cell)
{
	enum text_kind kind = column->kind == KIND_TEXT || column->kind == KIND_SKILLS ||
					      column->kind == KIND_INTERESTS
				      ? TEXT_LINE
				      : TEXT_KEY;
	enum text_fault fault = text_take(kind, text, strlen(text), &cell->text);
	if (fault) {
		char why[80];
		char message[100];
		text_say(fault, cell->text.culprit, why, sizeof why);
		snprintf(message, sizeof message, "The value %s.", why);
		return refuse(cell, fault == TEXT_BLANK ? "nothing_visible" : "not_allowed_here",
			message);
	}
	bool is_code = column->kind == KIND_COUNTRY || column->kind == KIND_REGION;
	if (is_code && !raise_letters(cell, text))
		return false;
	const char *value = cell->text.changed ? cell->text.changed : text;
	cell->value = *value ? value : NULL;
	return true;
}

/* Translates a value by the mapping; *text becomes our value. */
static bool translate(const struct mapped_column *mapped, const char **text, struct cell *cell)
{
	char folded[HEADER_BYTES];
	column_fold(*text, folded);
	const json_t *ours = json_object_get(mapped->values, folded);
	if (ours)
		*text = json_string_value(ours);
	else if (!*folded || mapped->unknown == UNKNOWN_EMPTY)
		*text = "";
	else if (mapped->unknown == UNKNOWN_FAULT)
		cell->unknown = true;
	return !cell->unknown ||
	       refuse(cell, "unknown_value", "The mapping does not know this value.");
}

static const char *in_our_format(
	const struct mapping *mapping, const struct column *column, struct cell *cell)
{
	bool is_date = column->kind == KIND_DATE || column->kind == KIND_HIRE_DATE;
	if (is_date && cell->value && mapping_date(mapping, cell->value, cell->date))
		return cell->date;
	return cell->value;
}

bool cell_read(const struct mapping *mapping, size_t place, const char *text, bool required,
	struct cell *cell)
{
	const struct column *column = &columns[place];
	const char *message = NULL;
	*cell = (struct cell){ 0 };
	if (text && mapping->columns[place].values &&
		!translate(&mapping->columns[place], &text, cell))
		return false;
	if (text && !take_in(column, text, cell))
		return false;
	if (!cell->value)
		return !required || refuse(cell, "required", "This value is required.");
	const char *value = in_our_format(mapping, column, cell);
	const char *code = value_fault(column, value, &message);
	if (code && str_equal(code, "not_a_date") && cell->text.characters <= 24) {
		char found[130];
		snprintf(found, sizeof found, "%s This is %s.", message, cell->value);
		return refuse(cell, code, found);
	}
	if (code)
		return refuse(cell, code, message);
	if (cell->text.characters > column->most)
		return refuse(cell, "too_long", "The value is too long.");
	cell->value = value;
	return true;
}

bool cell_write(struct buf *out, size_t place, struct cell *cell)
{
	const struct column *column = &columns[place];
	bool flag = false;
	size_t from = out->len;
	const char *fault = NULL;
	if (!cell->value)
		buf_text(out, "\\N");
	else if (column->kind == KIND_ACTIVE)
		buf_text(out, read_flag(cell->value, &flag) && !flag ? "inactive" : "active");
	else if (column->kind == KIND_FLAG)
		buf_text(out, read_flag(cell->value, &flag) && flag ? "t" : "f");
	else if (column->kind == KIND_LANGUAGES)
		fault = lists_languages(out, cell->value);
	else if (column->kind == KIND_SKILLS)
		fault = lists_skills(out, cell->value);
	else if (column->kind == KIND_INTERESTS)
		fault = lists_interests(out, cell->value);
	else
		cell_copy_text(out, cell->value);
	if (!fault)
		return true;
	if (buf_ok(out))
		out->len = from;
	buf_text(out, "\\N");
	return refuse(cell,
		column->kind == KIND_LANGUAGES ? "not_a_language"
		: column->kind == KIND_SKILLS  ? "not_a_skill"
					       : "not_an_interest",
		fault);
}
