#include "ops/config.h"

static const char *const environments[] = { "production", "development", NULL };
static const char *const switches[] = { "on", "off", NULL };
static const char *const levels[] = { "debug", "info", "warning", "error", NULL };

/* clang-format off */
const struct setting config_settings[] = {
	{ .name = "APP_ENV", .type = SETTING_CHOICE, .value = "production", .choices = environments,
	  .meaning = "production, or development: default addresses, dev tokens, a clock that can be moved" },
	{ .name = "LISTEN", .type = SETTING_TEXT, .value = "127.0.0.1",
	  .meaning = "address that both listeners bind; only the gateway may reach it" },
	{ .name = "PORT", .type = SETTING_INTEGER, .required = true, .min = 1, .max = 65535,
	  .meaning = "port of the API" },
	{ .name = "ADMIN_PORT", .type = SETTING_INTEGER, .required = true, .min = 1, .max = 65535,
	  .meaning = "port of /livez, /readyz and /metrics; never behind the gateway" },
	{ .name = "DATABASE_URL", .type = SETTING_DSN, .required = true,
	  .meaning = "PostgreSQL connection of the service's role" },
	{ .name = "LANE_URL", .type = SETTING_DSN,
	  .meaning = "connections of the batch lane, DATABASE_URL unless set" },
	{ .name = "LANE", .type = SETTING_CHOICE, .value = "on", .choices = switches,
	  .meaning = "whether keyed reads go together in batches; off: one by one, in the pool" },
	{ .name = "POOL_URL", .type = SETTING_DSN,
	  .meaning = "connections of the pool, DATABASE_URL unless set" },
	{ .name = "SLOW_URL", .type = SETTING_DSN,
	  .meaning = "connections of the slow pool, DATABASE_URL unless set" },
	{ .name = "WORKER_URL", .type = SETTING_DSN,
	  .meaning = "connections of background work, DATABASE_URL unless set" },
	{ .name = "POOL_SIZE", .type = SETTING_INTEGER, .value = "4", .min = 1, .max = 64,
	  .meaning = "connections of the pool" },
	{ .name = "SLOW_SIZE", .type = SETTING_INTEGER, .value = "3", .min = 1, .max = 64,
	  .meaning = "connections of the slow pool" },
	{ .name = "SLOW_QUEUE", .type = SETTING_INTEGER, .value = "256", .min = 0, .max = 1000,
	  .meaning = "requests that may wait for the slow pool, for 5 s at most; one more is answered 503" },
	{ .name = "PUBLIC_BASE_URL", .type = SETTING_URL, .development = "http://127.0.0.1:8080",
	  .meaning = "address under which callers see the API, in links and problem types" },
	{ .name = "ISSUERS_FILE", .type = SETTING_FILE, .required = true,
	  .meaning = "JSON file of the trusted token issuers" },
	{ .name = "TOKEN_LIFE", .type = SETTING_INTEGER, .value = "86400", .min = 60, .max = 2592000,
	  .meaning = "longest life of a token in seconds (exp - iat); a longer one is refused" },
	{ .name = "SECRET_KEY_FILE", .type = SETTING_SECRET, .required = true,
	  .meaning = "file of at least 32 random bytes that key cursors and idempotency hashes" },
	{ .name = "CORS_ORIGINS", .type = SETTING_ORIGINS,
	  .meaning = "browser origins that may call the API, exact, comma-separated" },
	{ .name = "LOG_LEVEL", .type = SETTING_CHOICE, .value = "info", .choices = levels,
	  .meaning = "least level that is logged" },
	{ .name = "STOP_SECONDS", .type = SETTING_INTEGER, .value = "8", .min = 1, .max = 300,
	  .meaning = "seconds that running requests get after SIGTERM" },
	{ .name = "CONNECTION_LIMIT", .type = SETTING_INTEGER, .value = "2048", .min = 8, .max = 32768,
	  .meaning = "connections of the API at a time; each is a thread" },
	{ .name = "BODY_MEMORY", .type = SETTING_INTEGER, .value = "32", .min = 1, .max = 4096,
	  .meaning = "MiB of memory that the bodies of all requests may hold at a time; one caller has a quarter" },
	{ .name = "BODY_SPOOL", .type = SETTING_INTEGER, .value = "256", .min = 64, .max = 65536,
	  .meaning = "MiB of disk that bodies above 64 KiB (imports) may hold at a time; one caller has half" },
	{ .name = "SPOOL_DIR", .type = SETTING_TEXT, .value = "/var/tmp",
	  .meaning = "folder of those bodies, in files without a name; not in memory" },
	{ .name = "BODY_RATE", .type = SETTING_INTEGER, .value = "32", .min = 1, .max = 65536,
	  .meaning = "KiB a second that a body must bring, 5 seconds after its head; slower ones are cut" },
	{ .name = "CONNECTION_TIMEOUT", .type = SETTING_INTEGER, .value = "75", .min = 1, .max = 3600,
	  .meaning = "seconds after which an idle connection is closed; above the gateway's own" },
};
/* clang-format on */

const size_t config_setting_count = COUNT(config_settings);
