/*
 * Mails while things break: the mail server is away for an hour, and the service is killed again and
 * again while it sends. No message is lost; one arrives twice only if a kill came between the server's
 * answer and its record, and then with the same Message-ID.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/mailbox.h"
#include "support/story.h"

#define WAIT    60.0
#define HOUR    3600L
#define SENDERS 4 /* jobs that send mails */

#define MAILS_MOST 100000
#define SPARE      1000 /* of other tests, and those that come twice */
#define ID_BYTES   80
#define LINE_BYTES 1002 /* the longest line of a message, with its end (RFC 5322 section 2.1.1) */

static int set_up(void **state)
{
	(void)state;
	mailbox_open();
	company_import();
	return 0;
}

static void queue(int count)
{
	api_sql("superuser",
		"INSERT INTO scheduling.notification (id, person_id, kind, subject, subject_id, "
		"cause) "
		"SELECT gen_random_uuid(), '%s', 'listing_replied', 'listing', gen_random_uuid(), "
		"'x' "
		"FROM generate_series(1, %d)",
		story_person_id("chief"), count);
}

static int in_state(const char *condition)
{
	return atoi(api_sql(
		"superuser", "SELECT count(*) FROM scheduling.delivery WHERE %s", condition));
}

/* The Message-ID of a message in the mailbox; one that has none fails. */
static void read_id(DIR *folder, const char *name, char ret_id[ID_BYTES])
{
	char line[LINE_BYTES];
	int fd = openat(dirfd(folder), name, O_RDONLY | O_CLOEXEC);
	FILE *file = fdopen(fd, "r");
	assert_non_null(file);
	do
		assert_non_null(fgets(line, sizeof line, file));
	while (sscanf(line, "Message-ID: %79s", ret_id) != 1);
	fclose(file);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Messages, and different Message-IDs among them. */
static void count_arrived(int *ret_messages, int *ret_different)
{
	static char ids[MAILS_MOST + SPARE][ID_BYTES];
	int count = 0, different = 0;
	DIR *folder = opendir(api_stack("mail.dir"));
	assert_non_null(folder);
	for (struct dirent *one; (one = readdir(folder));) {
		const char *end = strrchr(one->d_name, '.');
		if (!end || strcmp(end, ".eml") != 0)
			continue;
		assert_true(count < MAILS_MOST + SPARE);
		read_id(folder, one->d_name, ids[count++]);
	}
	closedir(folder);
	qsort(ids, (size_t)count, sizeof *ids, by_text);
	for (int i = 0; i < count; i++)
		different += i == 0 || strcmp(ids[i], ids[i - 1]) != 0;
	*ret_messages = count;
	*ret_different = different;
}

static void an_hour_without_a_mail_server_delays_and_loses_nothing(void **state)
{
	(void)state;
	int messages, different;
	api_stop("mail");
	queue(5);
	for (long minutes = 0; minutes <= 60; minutes += 20) {
		api_clock(minutes * 60);
		api_wait_until(WAIT,
			in_state("last_error = 'no_server' AND next_attempt_at > common.now()") >
				0);
	}
	assert_int_equal(in_state("outcome IS NOT NULL"), 0);
	api_start("mail");
	api_clock(3 * HOUR);
	api_wait_until(WAIT, in_state("outcome = 'sent'") == 5);
	count_arrived(&messages, &different);
	assert_int_equal(messages, 5);
	assert_int_equal(different, 5);
}

/* Kills the service, and ends its claims as five minutes would. Its successor's begin later. */
static void kill_sender(void)
{
	int killed = api_pid("scheduling");
	kill(killed, SIGKILL);
	const char *then = api_path("%s", api_sql("superuser", "SELECT clock_timestamp()"));
	api_wait_until(WAIT, api_pid("scheduling") != killed && api_pid("scheduling") > 0);
	/* what PostgreSQL still did for it is done */
	api_wait_until(
		WAIT, strcmp("0", api_sql("superuser",
					  "SELECT count(*) FROM pg_stat_activity WHERE "
					  "usename = 'upward_scheduling' AND backend_start <= '%s'",
					  then)) == 0);
	api_sql("superuser",
		"UPDATE scheduling.delivery SET claimed_until = NULL, next_attempt_at = "
		"common.now() WHERE claimed_until <= '%s'::timestamptz + interval '5 minutes'",
		then);
}

static void kills_lose_no_mail_and_double_only_what_was_on_its_way(void **state)
{
	(void)state;
	bool thorough = getenv("UPWARD_LONG") != NULL;
	int messages, different, before, kills = thorough ? 20 : 2, count = thorough ? MAILS_MOST : 100;
	count_arrived(&before, &different);
	queue(count);
	for (int i = 1; i <= kills; i++) {
		int sent = in_state("outcome = 'sent'");
		api_wait_until(WAIT,
			in_state("outcome = 'sent'") > sent || in_state("outcome IS NULL") == 0);
		kill_sender();
	}
	api_wait_until(thorough ? 1800.0 : WAIT, in_state("outcome IS NULL") == 0);
	assert_int_equal(in_state("outcome <> 'sent'"), 0);
	count_arrived(&messages, &different);
	print_message(
		"%d mails, %d arrived twice over %d kills\n", count, messages - different, kills);
	assert_int_equal(different, before + count);
	assert_true(messages - different <= kills * SENDERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_hour_without_a_mail_server_delays_and_loses_nothing),
		cmocka_unit_test(kills_lose_no_mail_and_double_only_what_was_on_its_way),
	};
	return cmocka_run_group_tests_name("mail_outage", tests, set_up, mailbox_close);
}
