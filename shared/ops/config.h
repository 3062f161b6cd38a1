/*
 * config.h - the settings of a process: one typed table, read once from the environment before any
 * thread starts, immutable afterwards. All faults are reported at once. A variable that is set but
 * empty counts as unset. APP_ENV is production unless it says otherwise, so what is forgotten is
 * safe; production takes no default that is meant for a developer's machine.
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
	SETTING_ORIGINS, /* comma-separated origins: scheme://host[:port]; https in production */
	SETTING_FILE,    /* a path this process can read */
	SETTING_SECRET   /* the same, of a file that in production nobody else can read */
};

struct setting {
	const char *name;
	enum setting_type type;
	bool required;
	const char *value;          /* default, or NULL */
	const char *development;    /* default in development alone, or NULL */
	int min, max;               /* integers */
	const char *const *choices; /* NULL-terminated */
	const char *meaning;        /* with the unit */
};

extern const struct setting config_settings[];
extern const size_t config_setting_count;

struct config;

/* Returns owned; NULL with one line a fault in faults (no values of secrets in it). */
CHECKED struct config *config_read(struct buf *faults);
void config_free(struct config *config);

/* Borrowed text; NULL when neither set nor defaulted. A name outside the table is a programming
 * error and aborts, as does config_int of what is no integer. */
const char *config_text(const struct config *config, const char *name);
int config_int(const struct config *config, const char *name);
bool config_is_production(const struct config *config);
/* true when the exact origin is on the list of that setting */
bool config_has_origin(const struct config *config, const char *name, const char *origin);

/* Every setting with its meaning and the value that would hold, good or not, in the form of an
 * environment file; passwords masked. Of a setting that is not set and must be, it says so. */
void config_print(struct buf *out);
/* What the environment, else the table says of a setting; NULL: nothing. Borrowed. */
const char *config_value(const struct setting *setting, bool production);
/* true unless APP_ENV says development */
bool config_for_production(void);
/* A connection string whose passwords are ***. */
void config_mask_dsn(const char *dsn, struct buf *out);

#endif
