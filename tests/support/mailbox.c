#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

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

void mailbox_open(void)
{
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

json_t *mailbox_all(void)
{
	const char *argv[] = { "/usr/bin/python3", "tests/support/mail_reader.py",
		api_stack("mail.dir"), NULL };
	json_t *all = json_loads(api_run(argv), 0, NULL);
	assert_non_null(all);
	assert_true(read_count < READS_MOST);
	reads[read_count++] = all;
	return all;
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
	assert_true(read_count < READS_MOST);
	reads[read_count++] = all;
	return all;
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
