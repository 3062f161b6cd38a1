#include <string.h>
#include <strings.h>

#include "ops/config.h"

#define MASK "***"

/* Whether the word before an equals sign names a password (password, sslpassword). */
static bool is_secret_key(const char *key, size_t len)
{
	return len >= 8 && strncasecmp(key + len - 8, "password", 8) == 0;
}

/* The query of a URI: a=b&c=d. */
static void mask_query(const char *at, struct buf *out)
{
	while (*at) {
		size_t key = strcspn(at, "=&");
		size_t pair = strcspn(at, "&");
		if (key < pair && is_secret_key(at, key)) {
			buf_add(out, at, key + 1);
			buf_text(out, MASK);
		} else {
			buf_add(out, at, pair);
		}
		at += pair;
		if (*at == '&')
			buf_char(out, *at++);
	}
}

static void mask_uri(const char *dsn, struct buf *out)
{
	const char *authority = strstr(dsn, "://") + 3;
	const char *colon = strchr(authority, ':');
	const char *sign = strrchr(authority, '@'); /* the last @: masking too much is safe */
	const char *rest = dsn;
	if (colon && sign && colon < sign) {
		buf_add(out, dsn, (size_t)(colon + 1 - dsn));
		buf_text(out, MASK);
		rest = sign;
	}
	const char *query = strchr(rest, '?');
	buf_add(out, rest, query ? (size_t)(query + 1 - rest) : strlen(rest));
	if (query)
		mask_query(query + 1, out);
}

/* The length of a value of the keyword form: up to white space, or quoted; a backslash escapes the
 * next byte. */
static size_t value_length(const char *text)
{
	bool quoted = text[0] == '\'';
	size_t len = quoted;
	while (text[len] && (quoted ? text[len] != '\'' : !strchr(" \t\n", text[len])))
		len += 1 + (text[len] == '\\' && text[len + 1]);
	return len + (quoted && text[len] == '\'');
}

static void mask_keywords(const char *at, struct buf *out)
{
	while (*at) {
		size_t key = strcspn(at, "= \t\n");
		size_t equals = key + strspn(at + key, " \t\n");
		if (at[equals] != '=') { /* white space between pairs */
			equals += equals == 0;
			buf_add(out, at, equals);
			at += equals;
			continue;
		}
		size_t start = equals + 1 + strspn(at + equals + 1, " \t\n");
		size_t len = value_length(at + start);
		buf_add(out, at, start);
		if (is_secret_key(at, key))
			buf_text(out, MASK);
		else
			buf_add(out, at + start, len);
		at += start + len;
	}
}

void config_mask_dsn(const char *dsn, struct buf *out)
{
	if (strncmp(dsn, "postgresql://", 13) == 0 || strncmp(dsn, "postgres://", 11) == 0)
		mask_uri(dsn, out);
	else
		mask_keywords(dsn, out);
}

void config_print(struct buf *out)
{
	bool production = config_for_production();
	for (size_t i = 0; i < config_setting_count; i++) {
		const struct setting *s = &config_settings[i];
		const char *value = config_value(s, production);
		buf_print(out, "# %s", s->meaning);
		if (s->value)
			buf_print(out, " (default %s)", s->value);
		else if (!value && (s->required || s->development))
			buf_text(out, " (must be set)");
		buf_print(out, "\n%s=", s->name);
		if (value && s->type == SETTING_DSN)
			config_mask_dsn(value, out);
		else if (value)
			buf_text(out, value);
		buf_char(out, '\n');
	}
}
