/* Delivery status notifications as Postfix, Exchange and others write them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events/bounce.h"
#include "support/unit/unit.h"

#define ID    "3f0b2c86-3a0e-4a51-9c2d-6b1f6f0a7f12"
#define OTHER "4f0b2c86-3a0e-4a51-9c2d-6b1f6f0a7f12"

#define POSTFIX_HEAD(to)                                                                           \
	"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.org (Mail Delivery System)\r\n"         \
	"Subject: Undelivered Mail Returned to Sender\r\nTo: " to "\r\n"                           \
	"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"                                    \
	"Content-Type: multipart/report; report-type=delivery-status;\r\n"                         \
	"\tboundary=\"9B095B5ADSN=_1\"\r\n\r\nThis is a MIME-encapsulated message.\r\n\r\n"        \
	"--9B095B5ADSN=_1\r\nContent-Description: Notification\r\n"                                \
	"Content-Type: text/plain; charset=us-ascii\r\n\r\n"                                       \
	"<ada@example.org>: Status: 5.9.9\r\nAction: failed\r\n\r\n"
#define REPORT(action, status)                                                                     \
	"--9B095B5ADSN=_1\r\nContent-Description: Delivery report\r\n"                             \
	"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n"      \
	"X-Postfix-Queue-ID: 4F1\r\nArrival-Date: Mon, 30 Nov 2026 09:00:00 +0000 (UTC)\r\n\r\n"   \
	"Final-Recipient: rfc822; ada@example.org\r\nOriginal-Recipient:\r\n"                      \
	" rfc822;ada@example.org\r\nAction: " action "\r\nStatus: " status "\r\n"                  \
	"Remote-MTA: dns; mx\r\nDiagnostic-Code: smtp; 550 5.7.9 no\r\n\r\n"
#define RETURNED(type, id)                                                                         \
	"--9B095B5ADSN=_1\r\nContent-Type: " type "\r\n\r\n"                                       \
	"Received: by mx\r\nFrom: x <a@example.org>\r\nMessage-ID:\r\n <" id "@example.org>\r\n"   \
	"\r\nMessage-ID: <" OTHER "@example.org>\r\n\r\n--9B095B5ADSN=_1--\r\n"

static bool reads(const char *text, struct bounce *ret_bounce)
{
	*ret_bounce = (struct bounce){ .status = "untouched" };
	bool good = bounce_read(text, strlen(text), ret_bounce);
	if (!good)
		assert_string_equal(ret_bounce->status, "untouched");
	return good;
}

static void what_came_back_is_found_by_its_message_id(void **state)
{
	(void)state;
	static const char *const texts[] = {
		POSTFIX_HEAD("calendar@example.org") REPORT("failed", "5.1.1")
			RETURNED("message/rfc822", ID),
		POSTFIX_HEAD("calendar@example.org") REPORT("Failed (no such user)", "5.1.1 (bad)")
			RETURNED("text/rfc822-headers; charset=us-ascii", ID),
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct bounce b;
		assert_true(reads(texts[i], &b));
		assert_string_equal(b.message, ID);
		assert_string_equal(b.status, "5.1.1");
		assert_true(b.final);
	}
}

static void the_reply_address_takes_precedence(void **state)
{
	(void)state;
	struct bounce b;
	assert_true(reads(POSTFIX_HEAD("<bounces+" ID "@example.org>") REPORT("failed", "5.2.2")
				  RETURNED("message/rfc822", OTHER),
		&b));
	assert_string_equal(b.message, ID);
	/* with it, nothing need have come back */
	assert_true(
		reads(POSTFIX_HEAD("bounces+" ID "@example.org") REPORT("failed", "5.2.2"), &b));
	/* and line ends may be those of Unix */
	char *text = strdup(POSTFIX_HEAD("bounces+" ID "@example.org") REPORT("failed", "5.2.2"));
	size_t used = 0;
	for (const char *at = text; *at; at++)
		if (*at != '\r')
			text[used++] = *at;
	text[used] = '\0';
	assert_true(reads(text, &b));
	assert_string_equal(b.status, "5.2.2");
	free(text);
}

static void a_delay_is_no_failure(void **state)
{
	(void)state;
	struct bounce b;
	assert_true(
		reads(POSTFIX_HEAD("bounces+" ID "@example.org") REPORT("delayed", "4.4.1"), &b));
	assert_false(b.final);
	assert_string_equal(b.status, "4.4.1");
	/* given up after days: for good, but the mailbox may exist */
	assert_true(
		reads(POSTFIX_HEAD("bounces+" ID "@example.org") REPORT("failed", "4.4.1"), &b));
	assert_false(b.final);
}

static void anything_else_is_refused(void **state)
{
	(void)state;
	struct bounce b;
	static const char *const texts[] = { "", "\r\n", "To: bounces+" ID "@example.org\r\n\r\n",
		POSTFIX_HEAD("bounces+" ID "@example.org"),
		POSTFIX_HEAD("bounces+" ID "@example.org") REPORT("delivered", "2.0.0"),
		POSTFIX_HEAD("bounces+" ID "@example.org") REPORT("relayed", "5.0.0"),
		POSTFIX_HEAD("bounces+" ID "@example.org") REPORT("failed", "5.1"),
		POSTFIX_HEAD("bounces+" ID "@example.org") REPORT("failed", "6.1.1"),
		POSTFIX_HEAD("bounces+" ID "@example.org") REPORT("failed", "5.1.1.1.1.1.1"),
		POSTFIX_HEAD("bounces+" ID "@example.org") REPORT("failed", "2.1.1"),
		POSTFIX_HEAD("calendar@example.org") REPORT("failed", "5.1.1"),
		POSTFIX_HEAD("bounces+" ID "x@example.org") REPORT("failed", "5.1.1"),
		POSTFIX_HEAD("calendar@example.org") REPORT("failed", "5.1.1")
			RETURNED("message/rfc822", "not-ours"),
		POSTFIX_HEAD("calendar@example.org") REPORT("failed", "5.1.1")
			RETURNED("text/plain", ID) };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (reads(texts[i], &b))
			fail_msg("text %zu was read: %s %s", i, b.message, b.status);
	static const char nul[] = POSTFIX_HEAD("bounces+" ID "@example.org")
		REPORT("failed", "5.1.1") "\0";
	assert_false(bounce_read(nul, sizeof nul, &b));
}

/* Every beginning is read or refused, and nothing beyond it is looked at. */
static void a_text_may_end_anywhere(void **state)
{
	(void)state;
	struct bounce b;
	static const char text[] = POSTFIX_HEAD("calendar@example.org") REPORT("failed", "5.1.1")
		RETURNED("message/rfc822", ID);
	for (size_t length = 0; length < sizeof text; length++) {
		char *part = malloc(length + 1);
		assert_non_null(part);
		memcpy(part, text, length);
		(void)!bounce_read(part, length, &b);
		free(part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_came_back_is_found_by_its_message_id),
		cmocka_unit_test(the_reply_address_takes_precedence),
		cmocka_unit_test(a_delay_is_no_failure),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(a_text_may_end_anywhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
