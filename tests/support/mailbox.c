#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "support/client.h"
#include "support/mailbox.h"

#define WAIT       30.0
#define READS_MOST 4096

static json_t *reads[READS_MOST];
static size_t read_count;

static bool is_open(void)
{
	return strcmp(api_sql("superuser",
			      "SELECT EXISTS (SELECT FROM scheduling.channel WHERE open)"),
		       "t") == 0;
}

/* Removes what came for the programs before this one. */
static void empty(void)
{
	const char *path = api_stack("mail.dir");
	DIR *folder = opendir(path);
	assert_true(folder || errno == ENOENT);
	for (struct dirent *one; folder && (one = readdir(folder));)
		if (one->d_name[0] != '.')
			assert_int_equal(unlink(api_path("%s/%s", path, one->d_name)), 0);
	if (folder)
		closedir(folder);
}

void mailbox_open(void)
{
	static bool begun;
	if (!begun)
		empty();
	begun = true;
	api_start("mail");
	api_stop("scheduling");
	api_start_with("scheduling",
		api_path("MAIL_SERVER=smtp://127.0.0.1:%lld", api_stack_integer("mail.port")),
		NULL);
	api_wait_until(WAIT, is_open());
}

int mailbox_close(void **state)
{
	api_stop("scheduling");
	api_start("scheduling");
	api_stop("mail");
	for (size_t i = 0; i < read_count; i++)
		json_decref(reads[i]);
	read_count = 0;
	return api_release(state);
}

/* Kept until mailbox_close. */
static json_t *keep(json_t *read)
{
	assert_non_null(read);
	assert_true(read_count < READS_MOST);
	reads[read_count++] = read;
	return read;
}

/* When something last came into the folder; 0 within a tenth of a second after that, since the clock of files
 * may not tell the next one from it. */
static int64_t changed(void)
{
	struct stat now;
	struct timespec clock;
	assert_int_equal(stat(api_stack("mail.dir"), &now), 0);
	clock_gettime(CLOCK_REALTIME, &clock);
	int64_t at = now.st_mtim.tv_sec * INT64_C(1000) + now.st_mtim.tv_nsec / 1000000;
	return clock.tv_sec * INT64_C(1000) + clock.tv_nsec / 1000000 > at + 100 ? at : 0;
}

json_t *mailbox_all(void)
{
	static int64_t last_change;
	static json_t *last;
	const char *argv[] = { "/usr/bin/python3", "tests/support/mail_reader.py",
		api_stack("mail.dir"), NULL };
	int64_t change = changed();
	if (change == 0 || change != last_change || read_count == 0)
		last = keep(json_loads(api_run(argv), 0, NULL));
	last_change = change;
	return last;
}

json_t *mailbox_posts(const char *name)
{
	json_t *all = json_array(), *one;
	FILE *file = fopen(api_path("%s/%s.chat", api_stack("mail.dir"), name), "r");
	assert_non_null(all);
	while (file && (one = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)))
		assert_int_equal(json_array_append_new(all, one), 0);
	if (file)
		fclose(file);
	return keep(all);
}

const char *mailbox_chat(const char *name)
{
	return api_path("%s/chat/%s", api_stack("mail.url"), name);
}

static bool fits(json_t *message, const char *to, const char *subject)
{
	return strcmp(mailbox_text(message, "to"), to) == 0 &&
	       strstr(mailbox_text(message, "subject"), subject);
}

json_t *mailbox_find(const char *to, const char *subject)
{
	size_t i;
	json_t *one, *all = mailbox_all(), *found = NULL;
	json_array_foreach(all, i, one) found = fits(one, to, subject) ? one : found;
	return found;
}

size_t mailbox_count(const char *to, const char *subject)
{
	size_t i, count = 0;
	json_t *one, *all = mailbox_all();
	json_array_foreach(all, i, one) count += fits(one, to, subject);
	return count;
}

json_t *mailbox_wait(const char *to, const char *subject)
{
	json_t *found;
	api_wait_until(WAIT, (found = mailbox_find(to, subject)) != NULL);
	if (json_array_size(json_object_get(found, "defects")) > 0)
		fail_msg("a message with defects: %s", json_dumps(found, 0));
	return found;
}

const char *mailbox_text(json_t *message, const char *member)
{
	const char *text = json_string_value(json_object_get(message, member));
	if (!text)
		fail_msg("a message without %s: %s", member, json_dumps(message, 0));
	return text;
}

const char *mailbox_header(json_t *message, const char *name)
{
	return json_string_value(
		json_array_get(json_object_get(json_object_get(message, "headers"), name), 0));
}
