#include "sql/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/str.h"

char *tree_copy(void)
{
	char *dir = str_copy("/tmp/upward-migrations-XXXXXX");

	assert_non_null(mkdtemp(dir));
	const char *const argv[] = { "cp", "-r", "--parents", "shared/schema", "shared/objects",
		"services/profiles/schema", "services/profiles/objects", "services/matching/schema",
		"services/matching/objects", "services/scheduling/schema",
		"services/scheduling/objects", "services/evaluation/schema",
		"services/evaluation/objects", dir, NULL };
	assert_int_equal(sql_run(argv, NULL), 0);
	return dir;
}

void tree_remove(const char *dir)
{
	const char *const argv[] = { "rm", "-r", dir, NULL };

	assert_int_equal(sql_run(argv, NULL), 0);
}

void tree_write(const char *dir, const char *name, const char *mode, const char *text)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *file = fopen(path, mode);
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

void tree_unlink(const char *dir, const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	assert_int_equal(unlink(path), 0);
}

void tree_edit(const char *dir, const char *name, const char *from, const char *to)
{
	char path[512];
	struct buf edited = BUF_INIT(1 << 22);

	snprintf(path, sizeof path, "%s/%s", dir, name);
	owned_text char *text = sql_file(path);
	const char *at = text, *found = strstr(text, from);
	if (!found)
		fail_msg("%s does not say \"%s\"", name, from);
	for (; found; at = found + strlen(from), found = strstr(at, from)) {
		buf_add(&edited, at, (size_t)(found - at));
		buf_text(&edited, to);
	}
	buf_text(&edited, at);
	tree_write(dir, name, "we", edited.data);
	buf_release(&edited);
}

char *tree_schema(const char *database)
{
	owned_connection PGconn *pg = sql_connect(database, NULL);
	owned_text char *dump = NULL;
	struct buf dsn = BUF_INIT(1024), kept = BUF_INIT(1 << 22);

	buf_print(&dsn, "host=%s port=%s user=%s dbname=%s", PQhost(pg), PQport(pg), PQuser(pg),
		database);
	const char *const argv[] = { "pg_dump", "--schema-only", "-d", dsn.data, NULL };
	if (sql_run(argv, &dump) != 0)
		fail_msg("pg_dump: %s", dump);
	for (const char *line = dump; *line;) {
		size_t len = strcspn(line, "\n");
		if (strncmp(line, "\\restrict", 9) != 0 && strncmp(line, "\\unrestrict", 11) != 0)
			buf_add(&kept, line, len + 1);
		line += len + (line[len] == '\n');
	}
	buf_release(&dsn);
	return buf_take(&kept);
}

void tree_same_schema(const char *whole_database, const char *now_database, const char *after)
{
	owned_text char *whole = tree_schema(whole_database);

	tree_has_schema(now_database, whole, after);
}

void tree_has_schema(const char *database, const char *whole, const char *after)
{
	owned_text char *now = tree_schema(database);
	size_t at = 0;

	assert_true(strlen(whole) > 20000);
	while (whole[at] && whole[at] == now[at])
		at++;
	if (whole[at] == now[at])
		return;
	while (at > 0 && whole[at - 1] != '\n')
		at--;
	fail_msg("after %s the schema differs: \"%.300s\" instead of \"%.300s\"", after, now + at,
		whole + at);
}
