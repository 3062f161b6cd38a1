/*
 * Sending to a real mail server (support/mail_sink.py): STARTTLS, login, and what must never reach the
 * wire; and messages with everything that could break a header or a line.
 */
#include <jansson.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "events/mail.h"
#include "ops/config.h"
#include "support/unit/unit.h"

#define ID "3f0b2c86-3a0e-4a51-9c2d-6b1f6f0a7f12"

static char folder[] = "/tmp/mail.XXXXXX";
static int ports[3], sink_input;
static pid_t sink;
enum { SAFE, PLAIN, OTHER_NAME };

static const char *in_folder(const char *name)
{
	static char path[4][100];
	static int next;
	char *text = path[next++ % 4];
	snprintf(text, sizeof path[0], "%s/%s", folder, name);
	return text;
}

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(in_folder(name), "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	fclose(file);
}

static int set_up(void **state)
{
	int to[2], from[2];
	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(from), 0);
	sink = fork();
	assert_true(sink >= 0);
	if (sink == 0) {
		dup2(to[0], 0);
		dup2(from[1], 1);
		close(to[1]);
		close(from[0]);
		execl("/usr/bin/python3", "python3", "tests/support/mail_sink.py", folder,
			(char *)NULL);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	sink_input = to[1];
	FILE *said = fdopen(from[0], "r");
	assert_non_null(said);
	assert_int_equal(fscanf(said, "%d %d %d", &ports[0], &ports[1], &ports[2]), 3);
	fclose(said);
	write_file("password", "pass word\n");
	write_file("wrong", "password\n");
	return 0;
}

static int tear_down(void **state)
{
	char command[120];
	(void)state;
	close(sink_input);
	assert_int_equal(waitpid(sink, NULL, 0), sink);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

/* Sends by one of the servers; authority, password: files in the folder, or NULL. */
static enum mail_outcome send_by(
	int server, const char *authority, const char *password, const struct mail *mail)
{
	char url[60];
	struct buf faults = BUF_INIT(65536);
	for (size_t i = 0; i < config_setting_count; i++)
		unsetenv(config_settings[i].name);
	setenv("APP_ENV", "development", 1);
	setenv("PORT", "8101", 1);
	setenv("ADMIN_PORT", "8201", 1);
	setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1/none", 1);
	setenv("ISSUERS_FILE", "/dev/null", 1);
	setenv("SECRET_KEY_FILE", "/dev/null", 1);
	setenv("MAIL_FROM", "calendar@upward.example", 1);
	snprintf(url, sizeof url, "smtp://127.0.0.%d:%d", server == OTHER_NAME ? 3 : 2,
		ports[server]);
	setenv("MAIL_SERVER", url, 1);
	if (authority)
		setenv("MAIL_CA_FILE", in_folder(authority), 1);
	if (password) {
		setenv("MAIL_USER", "post", 1);
		setenv("MAIL_PASSWORD_FILE", in_folder(password), 1);
	}
	struct config *config = config_read(&faults);
	if (!config)
		fail_msg("%s", faults.data);
	struct mailer *mailer = mailer_open(config);
	assert_non_null(mailer);
	const enum mail_outcome outcome = mailer_send(mailer, mail);
	mailer_close(mailer);
	config_free(config);
	buf_release(&faults);
	return outcome;
}

static enum mail_outcome send_safely(const struct mail *mail)
{
	return send_by(SAFE, "ca.pem", "password", mail);
}

static struct mail ordinary(void)
{
	return (struct mail){ .id = ID,
		.to = "ada@example.org",
		.subject = "A meeting",
		.language = "en",
		.text = "Hello\r\n",
		.html = "<p>Hello</p>\r\n" };
}

/* All messages that have come, as mail_reader.py shows them; owned. */
static json_t *received(void)
{
	char command[160];
	snprintf(command, sizeof command, "/usr/bin/python3 tests/support/mail_reader.py %s",
		folder);
	FILE *said = popen(command, "r");
	assert_non_null(said);
	json_t *all = json_loadf(said, 0, NULL);
	assert_int_equal(pclose(said), 0);
	assert_true(json_is_array(all));
	return all;
}

static size_t count_received(void)
{
	json_t *all = received();
	const size_t count = json_array_size(all);
	json_decref(all);
	return count;
}

/* The newest; owned. It is well-formed, and went to ada alone. */
static json_t *newest(void)
{
	json_t *all = received();
	json_t *one = json_incref(json_array_get(all, json_array_size(all) - 1));
	json_decref(all);
	assert_non_null(one);
	if (json_array_size(json_object_get(one, "defects")) > 0)
		fail_msg("%s", json_dumps(one, 0));
	assert_string_equal(json_string_value(json_object_get(one, "to")), "ada@example.org");
	return one;
}

static const char *header(const json_t *mail, const char *name)
{
	const json_t *all = json_object_get(json_object_get(mail, "headers"), name);
	assert_true(json_array_size(all) <= 1);
	return json_string_value(json_array_get(all, 0));
}

static void a_message_goes_by_tls_after_a_login(void **state)
{
	const struct mail mail = ordinary();
	(void)state;
	assert_int_equal(send_safely(&mail), MAIL_SENT);
	json_t *one = newest();
	assert_string_equal(header(one, "x-tls"), "True");
	assert_string_equal(header(one, "x-login"), "post");
	assert_string_equal(header(one, "x-envelope-to"), "ada@example.org");
	json_decref(one);
}

/* Neither a message nor a password, nor whom it is for. */
static void nothing_goes_to_a_server_that_nobody_vouches_for(void **state)
{
	const struct mail mail = ordinary();
	(void)state;
	const size_t before = count_received();
	assert_int_equal(send_by(PLAIN, "ca.pem", "password", &mail), MAIL_NO_SERVER);
	assert_int_equal(send_by(PLAIN, NULL, NULL, &mail), MAIL_NO_SERVER);
	assert_int_equal(send_by(SAFE, NULL, "password", &mail), MAIL_NO_SERVER);
	assert_int_equal(send_by(OTHER_NAME, "ca.pem", "password", &mail), MAIL_NO_SERVER);
	assert_int_equal(send_by(SAFE, "ca.pem", "wrong", &mail), MAIL_NO_SERVER);
	assert_int_equal(count_received(), before);
	assert_int_not_equal(access(in_folder("leaked"), F_OK), 0);
}

static void an_address_cannot_bring_lines_along(void **state)
{
	static const char *const bad[] = { "ada@example.org\r\nBcc: eve@example.org",
		"ada@example.org>\r\nRCPT TO:<eve@example.org", "ada@example.org\n",
		"a\rb@example.org", "ada@example.org, eve@example.org", "<ada@example.org>",
		"ad\xc3\xa4@example.org", "ada@ex\xc3\xa4mple.org", "\"a b\"@example.org", "ada",
		"" };
	(void)state;
	const size_t before = count_received();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct mail mail = ordinary();
		mail.to = bad[i];
		assert_int_equal(send_safely(&mail), MAIL_BAD_ADDRESS);
	}
	struct mail mail = ordinary();
	mail.id = ID ">\r\nBcc: <eve@example.org";
	assert_int_equal(send_safely(&mail), MAIL_BAD_ADDRESS);
	mail = ordinary();
	mail.reply_to = "a@example.org>\r\nBcc: <eve@example.org";
	assert_int_equal(send_safely(&mail), MAIL_BAD_ADDRESS);
	mail = ordinary();
	mail.unsubscribe = "https://upward.example/x\r\nBcc: eve@example.org";
	assert_int_equal(send_safely(&mail), MAIL_BAD_ADDRESS);
	assert_int_equal(count_received(), before);
}

/* A character many times over, as an owned text. */
static char *many(const char *character, size_t times)
{
	const size_t length = strlen(character);
	char *text = malloc(length * times + 1);
	assert_non_null(text);
	for (size_t i = 0; i < times; i++)
		memcpy(text + i * length, character, length);
	text[length * times] = '\0';
	return text;
}

static void subjects_arrive_as_they_are_in_one_header(void **state)
{
	static const char *const subjects[] = { "Hello\r\nBcc: eve@example.org",
		"Hello\nX-Evil: 1\n\nbody",
		"=?UTF-8?Q?=0D=0ABcc=3A_eve?=", "Grüße an Łukasz 陳林 🙂", "tab\tand \x7f" };
	(void)state;
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects + 2; i++) {
		struct mail mail = ordinary();
		char *longer = many(i % 2 ? "陳" : "word ", 300);
		mail.subject = i < sizeof subjects / sizeof *subjects ? subjects[i] : longer;
		assert_int_equal(send_safely(&mail), MAIL_SENT);
		json_t *one = newest();
		assert_null(header(one, "bcc"));
		assert_null(header(one, "x-evil"));
		assert_string_equal(header(one, "x-envelope-to"), "ada@example.org");
		assert_string_equal(json_string_value(json_object_get(one, "plain")), mail.text);
		const char *subject = json_string_value(json_object_get(one, "subject"));
		for (const char *a = mail.subject, *b = subject; *a || *b; a++, b++) {
			const bool control = (unsigned char)*a < ' ' || *a == 0x7F;
			assert_int_equal(*b, control && *a ? ' ' : *a);
		}
		json_decref(one);
		free(longer);
	}
}

/* Lines that end a message, commands, single dots, and lines far beyond 998 octets. */
static void bodies_arrive_as_they_are(void **state)
{
	char *wide = many("é陳x", 8000);
	char *text = malloc(strlen(wide) + 200);
	(void)state;
	assert_non_null(text);
	sprintf(text,
		".\r\n..\r\n\r\n.\r\nMAIL FROM:<eve@example.org>\r\nFrom here  \r\n%s\r\n=3D\r\n",
		wide);
	struct mail mail = ordinary();
	mail.text = text;
	assert_int_equal(send_safely(&mail), MAIL_SENT);
	json_t *one = newest();
	assert_string_equal(json_string_value(json_object_get(one, "plain")), text);
	json_decref(one);
	free(text);
	free(wide);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_goes_by_tls_after_a_login),
		cmocka_unit_test(nothing_goes_to_a_server_that_nobody_vouches_for),
		cmocka_unit_test(an_address_cannot_bring_lines_along),
		cmocka_unit_test(subjects_arrive_as_they_are_in_one_header),
		cmocka_unit_test(bodies_arrive_as_they_are),
	};
	return cmocka_run_group_tests_name("mail", tests, set_up, tear_down);
}
