#include "ops/config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include "base/str.h"

struct config {
	bool production;
	char **values; /* owned texts in the table's order, NULL where unset */
	int *numbers;
};

static PRINTF(3, 4) bool refuse(struct buf *faults, const struct setting *s, const char *why, ...)
{
	char text[256];
	va_list args;
	va_start(args, why);
	vsnprintf(text, sizeof text, why, args);
	va_end(args);
	buf_print(faults, "%s %s\n", s->name, text);
	return false;
}

static bool check_integer(
	const struct setting *s, const char *value, int *ret_number, struct buf *faults)
{
	int64_t number;
	if (!str_to_i64(value, &number) || number < s->min || number > s->max)
		return refuse(faults, s, "must be an integer from %d to %d", s->min, s->max);
	*ret_number = (int)number;
	return true;
}

static bool check_choice(const struct setting *s, const char *value, struct buf *faults)
{
	struct buf list = BUF_INIT(256);
	bool found = false;
	for (size_t i = 0; s->choices[i]; i++) {
		found = found || str_equal(s->choices[i], value);
		buf_print(&list, "%s%s", i > 0 ? ", " : "", s->choices[i]);
	}
	if (!found)
		refuse(faults, s, "must be one of %s", buf_ok(&list) ? list.data : "its choices");
	buf_release(&list);
	return found;
}

static bool is_plain_http(const char *url)
{
	return strncmp(url, "http://", 7) == 0;
}

static bool check_url(
	const struct setting *s, const char *value, bool production, struct buf *faults)
{
	if (!str_is_uri(value) || strpbrk(value, "?#") || value[strlen(value) - 1] == '/')
		return refuse(faults, s, "must be an http or https address without a / at its end");
	if (production && is_plain_http(value))
		return refuse(faults, s, "must begin with https:// in production");
	return true;
}

/* An origin has no path: nothing but scheme, host and port (RFC 6454). */
static bool is_origin(const char *text)
{
	const char *host = strstr(text, "://");
	return str_is_uri(text) && !strpbrk(host + 3, "/?#");
}

static bool check_origins(
	const struct setting *s, const char *value, bool production, struct buf *faults)
{
	owned_text char *copy = str_copy(value);
	char *rest = copy;
	bool good = copy != NULL;
	for (char *origin; good && (origin = strsep(&rest, ","));) {
		if (!is_origin(origin))
			good = refuse(
				faults, s, "must list origins such as https://portal.example");
		else if (production && is_plain_http(origin))
			good = refuse(faults, s, "must list https origins alone in production");
	}
	return good;
}

static bool check_smtp(const struct setting *s, const char *value, struct buf *faults)
{
	const char *host = strstr(value, "://");
	host = host ? host + 3 : "";
	bool good = (strncmp(value, "smtp://", 7) == 0 || strncmp(value, "smtps://", 8) == 0) &&
		    *host && str_is_visible_ascii(host, 255) && !strpbrk(host, "/?#@");
	return good || refuse(faults, s, "must be smtp://host:port or smtps://host:port");
}

static bool check_dsn(const struct setting *s, const char *value, struct buf *faults)
{
	if (strncmp(value, "postgresql://", 13) == 0 || strncmp(value, "postgres://", 11) == 0 ||
		strchr(value, '='))
		return true;
	return refuse(faults, s, "must be a PostgreSQL connection string");
}

/* If a file has an access control list, the group bits of its mode are only a mask, and the group's
 * real permissions are in the list (systemd passes credentials like this: one additional user, no
 * group). acl(5): a header of 4 bytes, then 8 bytes per row: tag, permissions (2 bytes each), id;
 * little-endian. */
static bool group_may_read(const char *path)
{
	enum { HEADER = 4, ROW = 8, GROUP_OBJ = 0x04, GROUP = 0x08, READ = 4 };
	unsigned char acl[1024];
	ssize_t length = getxattr(path, "system.posix_acl_access", acl, sizeof acl);
	if (length < 0)
		return true;
	for (ssize_t at = HEADER; at + ROW <= length; at += ROW) {
		int tag = acl[at] | acl[at + 1] << 8;
		if ((tag == GROUP_OBJ || tag == GROUP) && (acl[at + 2] & READ))
			return true;
	}
	return false;
}

static bool check_secret(
	const struct setting *s, const char *path, bool production, struct buf *faults)
{
	struct stat about;
	if (stat(path, &about) != 0)
		return refuse(faults, s, "names a file that cannot be read");
	if (!production || !S_ISREG(about.st_mode))
		return true;
	if ((about.st_mode & 007) || (about.st_mode & 030) ||
		((about.st_mode & 040) && group_may_read(path)))
		return refuse(faults, s,
			"names a file that others than its owner may open (mode %04o): chmod 0400",
			(unsigned)about.st_mode & 07777U);
	return true;
}

static bool check_file(const struct setting *s, const char *path, struct buf *faults)
{
	if (access(path, R_OK) == 0)
		return true;
	return refuse(faults, s, "names a file that cannot be read: %s", strerrordesc_np(errno));
}

static bool check_value(const struct setting *s, const char *value, bool production,
	int *ret_number, struct buf *faults)
{
	switch (s->type) {
	case SETTING_INTEGER:
		return check_integer(s, value, ret_number, faults);
	case SETTING_CHOICE:
		return check_choice(s, value, faults);
	case SETTING_DSN:
		return check_dsn(s, value, faults);
	case SETTING_SMTP:
		return check_smtp(s, value, faults);
	case SETTING_URL:
		return check_url(s, value, production, faults);
	case SETTING_ORIGINS:
		return check_origins(s, value, production, faults);
	case SETTING_FILE:
		return check_file(s, value, faults);
	case SETTING_SECRET:
		return check_file(s, value, faults) && check_secret(s, value, production, faults);
	case SETTING_TEXT:
		break;
	}
	return str_is_visible_ascii(value, 1024) ||
	       refuse(faults, s, "must be visible ASCII without spaces");
}

static const char *from_environment(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

bool config_for_production(void)
{
	const char *environment = from_environment("APP_ENV");
	return !environment || !str_equal(environment, "development");
}

const char *config_value(const struct setting *setting, bool production)
{
	const char *value = from_environment(setting->name);
	if (!value && !production)
		value = setting->development;
	return value ? value : setting->value;
}

static bool read_setting(struct config *config, size_t i, struct buf *faults)
{
	const struct setting *s = &config_settings[i];
	const char *value = config_value(s, config->production);
	if (!value && s->development)
		return refuse(faults, s, "must be set in production: %s", s->meaning);
	if (!value)
		return !s->required || refuse(faults, s, "must be set: %s", s->meaning);
	config->values[i] = str_copy(value);
	if (!config->values[i])
		return refuse(faults, s, "could not be kept: no memory");
	return check_value(s, value, config->production, &config->numbers[i], faults);
}

static bool allocate(struct config **ret_config)
{
	struct config *config = calloc(1, sizeof *config);
	if (!config)
		return false;
	config->values = calloc(config_setting_count, sizeof *config->values);
	config->numbers = calloc(config_setting_count, sizeof *config->numbers);
	*ret_config = config;
	return config->values && config->numbers;
}

struct config *config_read(struct buf *faults)
{
	struct config *config = NULL;
	bool good = true;
	if (!allocate(&config)) {
		buf_text(faults, "no memory for the settings\n");
		config_free(config);
		return NULL;
	}
	config->production = config_for_production();
	for (size_t i = 0; i < config_setting_count; i++)
		good &= read_setting(config, i, faults);
	if (good)
		return config;
	config_free(config);
	return NULL;
}

void config_free(struct config *config)
{
	if (!config)
		return;
	for (size_t i = 0; config->values && i < config_setting_count; i++)
		free(config->values[i]);
	free(config->values);
	free(config->numbers);
	free(config);
}

static size_t position(const char *name)
{
	for (size_t i = 0; i < config_setting_count; i++) {
		if (str_equal(config_settings[i].name, name))
			return i;
	}
	abort();
}

const char *config_text(const struct config *config, const char *name)
{
	return config->values[position(name)];
}

int config_int(const struct config *config, const char *name)
{
	size_t i = position(name);
	if (config_settings[i].type != SETTING_INTEGER)
		abort();
	return config->numbers[i];
}

bool config_is_production(const struct config *config)
{
	return config->production;
}

bool config_has_origin(const struct config *config, const char *name, const char *origin)
{
	const char *at = config_text(config, name);
	size_t len = strlen(origin);
	while (at && *at) {
		size_t item = strcspn(at, ",");
		if (item == len && memcmp(at, origin, len) == 0)
			return true;
		at += item + (at[item] == ',');
	}
	return false;
}
