#include "base/str.h"

#include <stdio.h>
#include <string.h>
#include "base/civil.h"

#define HEX_DIGITS "0123456789abcdefABCDEF"

/* ASCII only; <ctype.h> would depend on the locale. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_alnum(char c)
{
	return is_digit(c) || is_lower(c) || is_upper(c);
}

static bool is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

bool str_to_i64(const char *text, int64_t *ret_value)
{
	bool negative = *text == '-';
	const char *at = text + negative;
	int64_t value = 0; /* kept negative, so that INT64_MIN fits */
	if (!is_digit(*at) || (*at == '0' && at[1] != '\0'))
		return false;
	for (; is_digit(*at); at++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_sub_overflow(value, *at - '0', &value))
			return false;
	}
	if (*at != '\0' || (!negative && value == INT64_MIN))
		return false;
	*ret_value = negative ? value : -value;
	return true;
}

bool str_to_bool(const char *text, bool *ret_value)
{
	bool value = str_equal(text, "true");
	if (!value && !str_equal(text, "false"))
		return false;
	*ret_value = value;
	return true;
}

bool str_is_uuid(const char *text)
{
	int i;
	for (i = 0; i < 36 && text[i] != '\0'; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return false;
		} else if (!is_digit(text[i]) && !(text[i] >= 'a' && text[i] <= 'f')) {
			return false;
		}
	}
	return i == 36 && text[36] == '\0';
}

bool str_is_date(const char *text)
{
	struct civil date;
	return civil_read_date(text, &date) && civil_in_years(&date) && text[10] == '\0';
}

/* Reads Z, or an offset +HH:MM or -HH:MM, as minutes. */
static bool read_offset(const char *text, int *ret_minutes)
{
	struct civil ahead;
	if ((text[0] == 'Z' || text[0] == 'z') && text[1] == '\0') {
		*ret_minutes = 0;
		return true;
	}
	if ((text[0] != '+' && text[0] != '-') || !civil_read_time(text + 1, &ahead) ||
		text[6] != '\0')
		return false;
	*ret_minutes = (text[0] == '-' ? -1 : 1) * (ahead.hour * 60 + ahead.minute);
	return true;
}

bool str_to_instant(const char *text, char ret_utc[STR_INSTANT])
{
	struct civil c;
	int offset;
	if (!civil_read_date(text, &c) || (text[10] != 'T' && text[10] != 't') ||
		!civil_read_time(text + 11, &c))
		return false;
	if (text[16] != ':' || text[17] < '0' || text[17] > '5' || !is_digit(text[18]))
		return false;
	c.second = (text[17] - '0') * 10 + (text[18] - '0');
	size_t decimals = text[19] == '.' ? strspn(text + 20, "0123456789") : 0;
	if (text[19] == '.' && (decimals < 1 || decimals > 9))
		return false;
	size_t fraction = decimals > 0 ? 1 + decimals : 0;
	if (!read_offset(text + 19 + fraction, &offset))
		return false;
	c = civil_from_seconds(civil_seconds(&c) - (int64_t)offset * 60);
	if (!civil_in_years(&c))
		return false;
	int kept = (int)(fraction > 7 ? 7 : fraction);
	snprintf(ret_utc, STR_INSTANT, "%04d-%02d-%02dT%02d:%02d:%02d%.*sZ", c.year, c.month, c.day,
		c.hour, c.minute, c.second, kept, text + 19);
	return true;
}

bool str_is_local_time(const char *text)
{
	struct civil time;
	return civil_read_time(text, &time) && text[5] == '\0';
}

bool str_is_local_end(const char *text)
{
	return str_is_local_time(text) || str_equal(text, "24:00");
}

/* A host name of at least two labels (RFC 1123); returns what follows it, or NULL. */
static const char *skip_host(const char *text, int labels_least)
{
	const char *at = text;
	int labels = 0;
	for (;;) {
		size_t len = 0;
		while (is_alnum(at[len]) || at[len] == '-')
			len++;
		if (len < 1 || len > 63 || at[0] == '-' || at[len - 1] == '-')
			return NULL;
		labels++;
		at += len;
		if (*at != '.')
			break;
		at++;
	}
	return labels >= labels_least && at - text <= 253 ? at : NULL;
}

bool str_is_email(const char *text)
{
	const char *at = text;
	for (;;) {
		size_t len = 0;
		while (is_alnum(at[len]) || is_one_of(at[len], "!#$%&'*+/=?^_`{|}~-"))
			len++;
		if (len == 0)
			return false;
		at += len;
		if (*at != '.')
			break;
		at++;
	}
	if (*at != '@' || at - text > 64)
		return false;
	const char *end = skip_host(at + 1, 2);
	return end && *end == '\0' && end - text <= 254;
}

/* The length of the run of characters at the start that `is` accepts. */
static size_t run_of(const char *text, bool (*is)(char))
{
	size_t len = 0;
	while (is(text[len]))
		len++;
	return len;
}

bool str_is_language(const char *text)
{
	const char *at = text + run_of(text, is_lower);
	if (at - text < 2 || at - text > 3)
		return false;
	if (at[0] == '-' && is_upper(at[1]) && run_of(at + 2, is_lower) == 3 && !is_alnum(at[5]))
		at += 5; /* script */
	if (at[0] == '-' && run_of(at + 1, is_upper) == 2 && !is_alnum(at[3]))
		at += 3; /* region */
	else if (at[0] == '-' && run_of(at + 1, is_digit) == 3 && !is_alnum(at[4]))
		at += 4;
	while (at[0] == '-') { /* variants */
		size_t len = run_of(at + 1, is_alnum);
		if (len > 8 || len < (is_digit(at[1]) ? 4 : 5))
			return false;
		at += 1 + len;
	}
	return *at == '\0' && at - text <= 35;
}

bool str_is_uri(const char *text)
{
	const char *at = text;
	if (strncmp(at, "https://", 8) == 0)
		at += 8;
	else if (strncmp(at, "http://", 7) == 0)
		at += 7;
	else
		return false;
	at = skip_host(at, 1);
	if (!at)
		return false;
	if (*at == ':') {
		size_t digits = run_of(at + 1, is_digit);
		if (digits < 1 || digits > 5)
			return false;
		at += 1 + digits;
	}
	if (*at != '\0' && !is_one_of(*at, "/?#"))
		return false;
	bool fragment = false;
	for (; *at; at++) {
		if (*at == '%') {
			if (!is_one_of(at[1], HEX_DIGITS) || !is_one_of(at[2], HEX_DIGITS))
				return false;
			at += 2;
		} else if (*at == '#') {
			if (fragment)
				return false;
			fragment = true;
		} else if (!is_alnum(*at) && !is_one_of(*at, "-._~!$&'()*+,;=:@/?")) {
			return false;
		}
	}
	return true;
}

bool str_is_visible_ascii(const char *text, size_t most)
{
	size_t len = 0;
	while (len <= most && text[len] >= '!' && text[len] <= '~')
		len++;
	return len > 0 && len <= most && text[len] == '\0';
}

char *str_copy(const char *text)
{
	return strdup(text);
}
