#include "scheduling/notifications/mail_job.h"

#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "events/mail.h"
#include "gen/scheduling/statements.h"
#include "http/state.h"
#include "json/load.h"
#include "ops/config.h"
#include "scheduling/notifications/letter.h"
#include "scheduling/notifications/offer.h"
#include "scheduling/notifications/queue.h"
#include "scheduling/notifications/texts.h"
#include "scheduling/notifications/unsubscription.h"
#include "scheduling/sessions/invite_rows.h"

#define BATCH     "100"
#define LEASE_US  UINT64_C(240000000) /* of the five minutes of a claim: the last message may take one */
#define LINK_MOST ((size_t)1024)

/* The columns of delivery_claim. */
enum { ID, PERSON, SESSION, ADDRESS, LANGUAGE, TIME_ZONE, ITEMS };

/* What a coordinator has written, a paragraph a line; nothing if it is not there. */
static void write_announcement(
	struct letter *letter, const struct mail_language *language, const json_t *message)
{
	const char *text = json_string_value(json_object_get(message, "text"));
	const json_t *from = json_object_get(message, "from");
	if (!text)
		return;
	letter_paragraph(letter, json_string_value(json_object_get(message, "title")));
	while (*text) {
		size_t length = strcspn(text, "\n");
		owned_text char *line = length > 0 ? strndup(text, length) : NULL;
		if (line)
			letter_paragraph(letter, line);
		text += length + (text[length] == '\n');
	}
	letter_fact(letter, texts_word(language, "from"),
		json_string_value(json_object_get(from, "display_name")));
}

/* Whose message it is, and where they are. */
struct reader {
	struct db_session *w;
	const char *person, *zone;
	const struct mail_language *language;
};

static void write_item(struct letter *letter, const struct reader *to, const json_t *item)
{
	const struct mail_language *language = to->language;
	const char *pair = json_string_value(json_object_get(item, "pair"));
	char when[TEXTS_WHEN] = "";
	const json_t *due = json_object_get(item, "due");
	if (json_is_integer(due))
		texts_when(json_integer_value(due), to->zone, when);
	letter_paragraph(letter,
		texts_kind(language, json_string_value(json_object_get(item, "kind")), "text"));
	letter_fact(letter, texts_word(language, "on_behalf_of"),
		json_string_value(json_object_get(item, "on_behalf_of")));
	letter_fact(letter, texts_word(language, "partner"),
		json_string_value(json_object_get(item, "partner")));
	letter_fact(letter, texts_word(language, "due"), when);
	write_announcement(letter, language, json_object_get(item, "message"));
	if (pair)
		offer_write(to->w, pair, to->person, language, letter);
	letter_link(letter, texts_word(language, "open"),
		json_string_value(json_object_get(item, "link")));
}

/* What all messages of a run share. */
struct sender {
	const struct service_state *service;
	struct db_session *w;
	struct mailer *mailer;
};

/* The kind of the only notification, or UNSUBSCRIPTION_ALL. */
static const char *kind_of(const json_t *items)
{
	return json_array_size(items) == 1
		       ? json_string_value(json_object_get(json_array_get(items, 0), "kind"))
		       : UNSUBSCRIPTION_ALL;
}

/* The message of some notifications; mail->subject is set. */
static bool write_notifications(
	const struct reader *to, const json_t *items, struct letter *letter, struct mail *mail)
{
	const struct mail_language *language = to->language;
	size_t i;
	json_t *item;
	const char *kind = kind_of(items);
	bool one = json_array_size(items) == 1;
	mail->subject = one ? texts_kind(language, kind, "subject")
			    : texts_word(language, "digest_subject");
	letter_open(letter, language->tag, mail->subject);
	letter_paragraph(letter, texts_word(language, "greeting"));
	if (!one)
		letter_paragraph(letter, texts_word(language, "digest"));
	json_array_foreach((json_t *)items, i, item) write_item(letter, to, item);
	letter_foot(letter);
	letter_paragraph(letter, texts_word(language, "reason"));
	letter_link(letter, texts_word(language, "unsubscribe"), mail->unsubscribe);
	return letter_close(letter);
}

/* The invitation to a session, or its cancellation; *ret_calendar is owned. */
static bool write_invitation(const struct sender *sender, const struct mail_language *language,
	const struct db_rows *claimed, int row, struct letter *letter, struct mail *mail,
	char **ret_calendar)
{
	struct event_session session;
	char when[TEXTS_WHEN];
	owned_rows struct db_rows *rows = NULL;
	const struct step read = STEP(&stmt_session_invite, db_value(claimed, row, SESSION),
		db_value(claimed, row, PERSON));
	if (!queue_run(sender->w, &read, &rows) || db_rows_count(rows) == 0)
		return false;
	*ret_calendar = invite_of_row(sender->service->config, rows, &session);
	bool off = session.status == EVENT_CANCELLED;
	mail->method = off ? "CANCEL" : "REQUEST";
	mail->calendar = *ret_calendar;
	mail->subject = texts_word(language, off ? "cancelled_subject" : "invitation_subject");
	texts_when(session.starts, db_value(claimed, row, TIME_ZONE), when);
	letter_open(letter, language->tag, mail->subject);
	letter_paragraph(letter, texts_word(language, "greeting"));
	letter_paragraph(letter, texts_word(language, off ? "cancelled" : "invitation"));
	letter_fact(letter, texts_word(language, "partner"), session.partner);
	letter_fact(letter, texts_word(language, "due"), when);
	letter_foot(letter);
	letter_paragraph(letter, texts_word(language, "reason"));
	return letter_close(letter) && *ret_calendar;
}

/* The link that ends mails of this kind, owned; NULL: out of memory. */
static char *write_link(
	const struct service_state *service, const char *person, const json_t *items)
{
	struct buf url = BUF_INIT(LINK_MOST);
	owned_text char *code = unsubscription_code(service->secret, person, kind_of(items));
	if (code)
		buf_print(&url, "%s/api/v1/notifications/unsubscriptions/%s", service->base_url,
			code);
	char *text = code ? buf_take(&url) : NULL;
	buf_release(&url);
	return text;
}

static enum mail_outcome send_one(
	const struct sender *sender, const struct db_rows *rows, int row, const json_t *items)
{
	struct letter letter = { 0 };
	char mailbox[MAIL_ADDRESS];
	owned_text char *link = NULL;
	owned_text char *calendar = NULL;
	const struct mail_language *language = texts_language(db_value(rows, row, LANGUAGE));
	struct mail mail = { .id = db_value(rows, row, ID),
		.to = db_value(rows, row, ADDRESS),
		.language = language->tag };
	enum mail_outcome outcome = MAIL_DELAYED;
	bool written;
	if (db_value(rows, row, SESSION)) {
		mail_calendar_box(sender->service->config, mailbox);
		mail.reply_to = mailbox;
		written = write_invitation(sender, language, rows, row, &letter, &mail, &calendar);
	} else {
		mail.unsubscribe = link = write_link(
			sender->service, db_value(rows, row, PERSON), items);
		const struct reader to = { sender->w, db_value(rows, row, PERSON),
			db_value(rows, row, TIME_ZONE), language };
		written = link && write_notifications(&to, items, &letter, &mail);
	}
	if (written) {
		mail.text = letter.text.data;
		mail.html = letter.html.data;
		outcome = mailer_send(sender->mailer, &mail);
	}
	letter_release(&letter);
	return outcome;
}

/* What became of an attempt. false: no other message can be sent now either. */
static bool conclude(struct db_session *w, const char *id, enum mail_outcome outcome)
{
	static const char *const faults[] = { [MAIL_REFUSED] = "refused",
		[MAIL_DELAYED] = "delayed",
		[MAIL_NO_SERVER] = "no_server",
		[MAIL_BAD_ADDRESS] = "bad_address" };
	if (outcome == MAIL_SENT)
		queue_end(w, id, "sent", NULL);
	else if (outcome == MAIL_REFUSED || outcome == MAIL_BAD_ADDRESS)
		queue_end(w, id, "dead", faults[outcome]);
	else
		queue_again(w, id, faults[outcome], 0);
	return outcome != MAIL_NO_SERVER;
}

/* Handles a claimed message. false: no other one can be sent now. */
static bool handle(const struct sender *sender, const struct db_rows *rows, int row)
{
	struct db_session *w = sender->w;
	const char *id = db_value(rows, row, ID), *text = db_value(rows, row, ITEMS);
	json_t *items = json_load_whole(text, strlen(text), 0, NULL, NULL);
	bool more = true;
	if (json_array_size(items) == 0)
		queue_end(w, id, "dropped", "nothing_left");
	else if (!db_value(rows, row, ADDRESS))
		queue_end(w, id, "dropped", "no_address");
	else
		more = conclude(w, id, send_one(sender, rows, row, items));
	json_decref(items);
	return more;
}

/* Claims and sends some. false: there were none, or none can be sent now. */
static bool send_some(const struct sender *sender)
{
	struct db_session *w = sender->w;
	owned_rows struct db_rows *rows = NULL;
	int done = 0;
	bool more = true;
	const uint64_t until = clock_monotonic_us() + LEASE_US;
	if (!queue_run(w, &STEP(&stmt_delivery_claim, BATCH), &rows))
		return false;
	while (more && done < db_rows_count(rows) && clock_monotonic_us() < until &&
		!worker_stopping())
		more = handle(sender, rows, done++);
	queue_release(w, rows, done);
	return more && done > 0 && !worker_stopping();
}

bool mail_job_run(struct service_state *service, struct db_session *w)
{
	bool open = mail_configured(service->config);
	queue_write(w, &STEP(&stmt_channel_open, open ? "true" : "false"));
	const struct sender sender = { service, w, open ? mailer_open(service->config) : NULL };
	while (sender.mailer && send_some(&sender))
		;
	mailer_close(sender.mailer);
	return false;
}

bool delivery_tidy_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	return job_run_statement(w, &stmt_delivery_forget);
}
