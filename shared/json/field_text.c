#include "json/field_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"

bool field_list_split(const char *text, struct field_list *ret_list)
{
	char *copy = str_copy(text);
	if (!copy)
		return false;
	ret_list->text = copy;
	ret_list->count = 0;
	for (char *at = copy;;) {
		if (ret_list->count == FIELD_LIST_MOST) {
			free(copy);
			return false;
		}
		ret_list->items[ret_list->count++] = at;
		at += strcspn(at, ",");
		if (*at == '\0')
			return true;
		*at++ = '\0';
	}
}

void field_list_release(struct field_list *list)
{
	free(list->text);
	list->text = NULL;
	list->count = 0;
}

static const char *skip_digits(const char *text)
{
	return text + strspn(text, "0123456789");
}

bool field_read_number(const char *text, double *ret_value)
{
	const char *whole = text + (*text == '-');
	const char *at = skip_digits(whole);
	if (at == whole || (*whole == '0' && at > whole + 1))
		return false;
	if (*at == '.') {
		const char *decimals = at + 1;
		at = skip_digits(decimals);
		if (at == decimals)
			return false;
	}
	if (*at == 'e' || *at == 'E') {
		const char *exponent = at + 1;
		exponent += *exponent == '+' || *exponent == '-';
		at = skip_digits(exponent);
		if (at == exponent)
			return false;
	}
	if (*at != '\0')
		return false;
	double value = strtod(text, NULL);
	if (!isfinite(value))
		return false;
	*ret_value = value;
	return true;
}
