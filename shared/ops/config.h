/*
 * config.h - the settings of a process: one typed table, read once from the environment before any
 * thread starts, and immutable afterwards. All errors are reported at once. A variable that is set
 * but empty counts as unset. APP_ENV defaults to production, so a forgotten setting is safe; in
 * production the defaults for development do not apply.
 */
#ifndef UPWARD_OPS_CONFIG_H
#define UPWARD_OPS_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"

enum setting_type {
	SETTING_TEXT,
	SETTING_INTEGER,
	SETTING_CHOICE,
	SETTING_DSN,     /* a libpq connection string; its password is never printed */
	SETTING_URL,     /* absolute, without a trailing slash; https in production */
	SETTING_SMTP,    /* smtp:// or smtps://, host and perhaps port */
	SETTING_ORIGINS, /* comma-separated origins: scheme://host[:port]; https in production */
	SETTING_FILE,    /* a path this process can read */
	SETTING_SECRET   /* the same; in production nobody else may be able to read it */
};

struct setting {
	const char *name;
	enum setting_type type;
	bool required;
	const char *value;          /* default, or NULL */
	const char *development;    /* default only in development, or NULL */
	int min, max;               /* integers */
	const char *const *choices; /* NULL-terminated */
	const char *meaning;        /* with the unit */
};

extern const struct setting config_settings[];
extern const size_t config_setting_count;

struct config;

/* Returns owned, or NULL with one line per error in faults (never the value of a secret). */
CHECKED struct config *config_read(struct buf *faults);
void config_free(struct config *config);

/* Returns borrowed text, or NULL if there is no value. A name that is not in the table is a
 * programming error and aborts, as does config_int of a setting that is not an integer. */
const char *config_text(const struct config *config, const char *name);
int config_int(const struct config *config, const char *name);
bool config_is_production(const struct config *config);
/* true if the exact origin is on the list in that setting */
bool config_has_origin(const struct config *config, const char *name, const char *origin);

/* Writes every setting with its meaning and effective value, valid or not, in the format of an
 * environment file; passwords are masked, and required settings without a value are marked. */
void config_print(struct buf *out);
/* The value from the environment, or else from the table, or NULL. Borrowed. */
const char *config_value(const struct setting *setting, bool production);
/* true unless APP_ENV says development */
bool config_for_production(void);
/* The connection string with passwords replaced by ***. */
void config_mask_dsn(const char *dsn, struct buf *out);

#endif
