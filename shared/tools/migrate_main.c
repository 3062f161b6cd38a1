/*
 * upward-migrate - brings a database to the schema of this release.
 *
 *	upward-migrate [--database DSN] [--dir TREE] [--status] [--to MODULE/NUMBER]
 *
 * DSN defaults to MIGRATE_URL or DATABASE_URL; its login must be a member of owner and guard. TREE
 * contains shared/ and services/…/ with schema and objects; it defaults to MIGRATIONS_DIR or the folder
 * two levels above the program. --to applies numbered files up to that one, and no objects. APP_ENV
 * (production if unset) is written into the database, because only development may move the clock. So
 * are PORTAL_LINKS and PERSON_LIMITS if they are set (json/portal_links.h, json/person_limits.h); a
 * faulty value is refused before anything is changed, and {} removes earlier values.
 *
 * If the rules of a collation have changed since indexes were created (after an upgrade of the operating
 * system), the output has a line for each index that needs a REINDEX, also with --status.
 *
 * Exit: 0 done, 1 refused or failed (reported on stderr; nothing of the failed file remains), 2 usage.
 */
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/str.h"
#include "db/migrate.h"
#include "gen/catalogue.h"
#include "gen/events.h"
#include "gen/lifecycles.h"
#include "gen/messages.h"
#include "gen/tasks.h"
#include "gen/visibility.h"
#include "json/person_limits.h"
#include "json/portal_links.h"

static int usage(void)
{
	fputs("usage: upward-migrate [--database DSN] [--dir TREE] [--status] [--to "
	      "MODULE/NUMBER]\n",
		stderr);
	return 2;
}

/* "matching/3" or "matching/0003_pair.sql", split in place. */
static bool read_target(char *text, struct migrate_plan *plan)
{
	char *slash = strchr(text, '/');
	char *end = NULL;

	if (!slash)
		return false;
	*slash = '\0';
	plan->to_module = text;
	plan->to_number = (int)strtol(slash + 1, &end, 10);
	return end != slash + 1 && (*end == '\0' || *end == '_') && plan->to_number > 0;
}

static bool read_options(int argc, char **argv, struct migrate_plan *plan)
{
	static const struct option options[] = {
		{ "database", required_argument, NULL, 'b' },
		{ "dir", required_argument, NULL, 'd' },
		{ "status", no_argument, NULL, 's' },
		{ "to", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'b')
			plan->dsn = optarg;
		else if (option == 'd')
			plan->dir = optarg;
		else if (option == 's')
			plan->status = true;
		else if (option != 't' || !read_target(optarg, plan))
			return false;
	}
	return optind == argc;
}

/* The tree that holds this program: …/build/<flavour>/upward-migrate. Returns owned. */
static char *own_tree(void)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);

	if (len <= 0)
		return NULL;
	path[len] = '\0';
	return str_copy(dirname(dirname(dirname(path))));
}

static const char *setting(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value && *value ? value : otherwise;
}

int main(int argc, char **argv)
{
	struct migrate_plan plan = {
		.dsn = setting("MIGRATE_URL", setting("DATABASE_URL", NULL)),
		.dir = setting("MIGRATIONS_DIR", NULL),
		.environment = setting("APP_ENV", "production"),
		.portal_links = setting("PORTAL_LINKS", NULL),
		.person_limits = setting("PERSON_LIMITS", NULL),
		.steps = lifecycle_rows,
		.events = event_rows,
		.task_kinds = task_rows,
		.segments = segment_rows,
		.catalogue = catalogue_rows,
		.messages = message_rows,
		.person_fields = person_field_rows,
		.viewers = viewer_rows,
	};
	struct buf faults = BUF_INIT(1 << 16);
	owned_text char *tree = own_tree();

	if (!read_options(argc, argv, &plan) || !plan.dsn)
		return usage();
	if (!plan.dir)
		plan.dir = tree ? tree : ".";
	bool done = (!plan.portal_links || portal_links_check(plan.portal_links, &faults)) &&
		    (!plan.person_limits || person_limits_check(plan.person_limits, &faults)) &&
		    migrate_run(&plan, stdout, &faults);
	if (!done)
		fprintf(stderr, "upward-migrate: %s", faults.len ? faults.data : "out of memory\n");
	buf_release(&faults);
	return done ? 0 : 1;
}
