#include "events/mail.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/str.h"
#include "events/mail_text.h"
#include "events/worker.h"
#include "ops/config.h"
#include "ops/log.h"

#define CONNECT_MS   10000L
#define WHOLE_MS     30000L
#define HEADER_BYTES ((size_t)8192)
#define SECRET_MOST  512
#define SENDER_BYTES (MAIL_ADDRESS + 68) /* an address with an id, in angle brackets */
#define SENDER_NAME  "Reverse mentoring"

struct mailer {
	CURL *curl;
	const char *server, *user;
	const char *bounces;     /* a mailbox, or NULL */
	const char *authorities; /* a file, or NULL: those of the system */
	char *password;      /* owned */
	char from[MAIL_ADDRESS], domain[MAIL_ADDRESS];
	bool local; /* the server is on loopback */
};

bool mail_configured(const struct config *config)
{
	return config_text(config, "MAIL_SERVER") != NULL;
}

void mail_calendar_box(const struct config *config, char ret_address[MAIL_ADDRESS])
{
	const char *mailbox = config_text(config, "CALENDAR_MAILBOX");
	const char *url = config_text(config, "PUBLIC_BASE_URL"), *host = strstr(url, "://");
	host = host ? host + 3 : url;
	if (mailbox)
		snprintf(ret_address, MAIL_ADDRESS, "%s", mailbox);
	else
		snprintf(
			ret_address, MAIL_ADDRESS, "calendar@%.*s", (int)strcspn(host, ":/"), host);
}

void mail_sender(const struct config *config, char ret_address[MAIL_ADDRESS])
{
	const char *from = config_text(config, "MAIL_FROM");
	if (from)
		snprintf(ret_address, MAIL_ADDRESS, "%s", from);
	else
		mail_calendar_box(config, ret_address);
}

static bool is_loopback(const char *server)
{
	static const char *const hosts[] = { "127.0.0.1", "[::1]", "localhost" };
	const char *host = strstr(server, "://") + 3;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		size_t length = strlen(hosts[i]);
		if (strncmp(host, hosts[i], length) == 0 && (host[length] == ':' || !host[length]))
			return true;
	}
	return false;
}

/* The first line of the password file, or NULL. */
static char *read_password(const char *path)
{
	char text[SECRET_MOST];
	owned_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (length <= 0)
		return NULL;
	text[length] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	char *password = str_copy(text);
	hash_wipe(text, sizeof text);
	return password;
}

struct mailer *mailer_open(const struct config *config)
{
	struct mailer *mailer = mail_configured(config) ? calloc(1, sizeof *mailer) : NULL;
	const char *file = config_text(config, "MAIL_PASSWORD_FILE");
	if (!mailer)
		return NULL;
	mailer->server = config_text(config, "MAIL_SERVER");
	mailer->user = config_text(config, "MAIL_USER");
	mailer->bounces = config_text(config, "MAIL_BOUNCES");
	mailer->authorities = config_text(config, "MAIL_CA_FILE");
	mailer->password = file ? read_password(file) : NULL;
	mailer->local = is_loopback(mailer->server);
	mail_sender(config, mailer->from);
	const char *at = strrchr(mailer->from, '@');
	snprintf(mailer->domain, sizeof mailer->domain, "%s", at ? at + 1 : "upward.invalid");
	mailer->curl = curl_easy_init();
	if (mailer->curl && (!file || mailer->password))
		return mailer;
	log_error("mail_off", LOG_TEXT(LOG_REASON, mailer->curl ? "password" : "memory"));
	mailer_close(mailer);
	return NULL;
}

void mailer_close(struct mailer *mailer)
{
	if (!mailer)
		return;
	curl_easy_cleanup(mailer->curl);
	if (mailer->password)
		hash_wipe(mailer->password, strlen(mailer->password));
	free(mailer->password);
	free(mailer);
}

/* ---- the message ----------------------------------------------------------------------------- */

/* Appends one header to the list; false, and the list unchanged, if it is too long or there is no memory. */
static PRINTF(2, 3) bool add_header(struct curl_slist **headers, const char *format, ...)
{
	char line[HEADER_BYTES];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	struct curl_slist *longer = length > 0 && (size_t)length < sizeof line
					    ? curl_slist_append(*headers, line)
					    : NULL;
	if (longer)
		*headers = longer;
	return longer != NULL;
}

static struct curl_slist *write_headers(const struct mailer *mailer, const struct mail *mail)
{
	char date[MAIL_DATE];
	struct curl_slist *headers = NULL;
	struct buf subject = BUF_INIT(HEADER_BYTES);
	mail_encode_words(&subject, mail->subject);
	mail_date(clock_seconds(), date);
	bool good = buf_ok(&subject) && subject.data && add_header(&headers, "Date: %s", date) &&
		    add_header(&headers, "From: %s <%s>", SENDER_NAME, mailer->from) &&
		    add_header(&headers, "To: <%s>", mail->to) &&
		    add_header(&headers, "Subject: %s", subject.data) &&
		    add_header(&headers, "Message-ID: <%s@%s>", mail->id, mailer->domain) &&
		    add_header(&headers, "Content-Language: %s", mail->language) &&
		    /* RFC 3834, and what Exchange reads: no automatic answers */
		    add_header(&headers, "Auto-Submitted: auto-generated") &&
		    add_header(&headers, "X-Auto-Response-Suppress: All");
	if (good && mail->reply_to)
		good = add_header(&headers, "Reply-To: <%s>", mail->reply_to);
	if (good && mail->unsubscribe)
		good = add_header(&headers, "List-Unsubscribe: <%s>", mail->unsubscribe) &&
		       add_header(&headers, "List-Unsubscribe-Post: List-Unsubscribe=One-Click");
	buf_release(&subject);
	if (good)
		return headers;
	curl_slist_free_all(headers);
	return NULL;
}

static bool add_part(
	curl_mime *mime, const char *type, const char *text, const char *encoder, const char *file)
{
	curl_mimepart *part = curl_mime_addpart(mime);
	return part && curl_mime_data(part, text, CURL_ZERO_TERMINATED) == CURLE_OK &&
	       curl_mime_type(part, type) == CURLE_OK &&
	       curl_mime_encoder(part, encoder) == CURLE_OK &&
	       (!file || curl_mime_filename(part, file) == CURLE_OK);
}

/* multipart/mixed with multipart/alternative; an invitation also as a file (RFC 6047 appendix). */
static curl_mime *write_body(CURL *curl, const struct mail *mail)
{
	char type[96];
	curl_mime *whole = curl_mime_init(curl), *same = curl_mime_init(curl);
	curl_mimepart *part = whole ? curl_mime_addpart(whole) : NULL;
	snprintf(type, sizeof type, "text/calendar; charset=UTF-8; method=%s",
		mail->method ? mail->method : "");
	bool good =
		part && same &&
		add_part(same, "text/plain; charset=UTF-8", mail->text, "quoted-printable", NULL) &&
		add_part(same, "text/html; charset=UTF-8", mail->html, "quoted-printable", NULL);
	if (good && mail->calendar)
		good = add_part(same, type, mail->calendar, "base64", NULL);
	if (!good || curl_mime_subparts(part, same) != CURLE_OK) {
		curl_mime_free(same);
		curl_mime_free(whole);
		return NULL;
	}
	if (curl_mime_type(part, "multipart/alternative") == CURLE_OK &&
		(!mail->calendar ||
			add_part(whole, "application/ics", mail->calendar, "base64", "invite.ics")))
		return whole;
	curl_mime_free(whole);
	return NULL;
}

/* ---- sending --------------------------------------------------------------------------------- */

/* A message of which a part is on its way is finished: otherwise it might arrive twice. */
static int ask_stop(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t sent)
{
	(void)context, (void)a, (void)b, (void)c;
	return sent == 0 && worker_stopping();
}

static bool set_options(const struct mailer *mailer, struct curl_slist *headers, curl_mime *body,
	struct curl_slist *recipients, const char *sender)
{
	CURL *curl = mailer->curl;
	int code = (int)curl_easy_setopt(curl, CURLOPT_URL, mailer->server);
	code |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	code |= curl_easy_setopt(
		curl, CURLOPT_USE_SSL, (long)(mailer->local ? CURLUSESSL_TRY : CURLUSESSL_ALL));
	code |= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, mailer->local ? 0L : 1L);
	code |= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, mailer->local ? 0L : 2L);
	if (mailer->authorities)
		code |= curl_easy_setopt(curl, CURLOPT_CAINFO, mailer->authorities);
	code |= curl_easy_setopt(curl, CURLOPT_PROXY, "");
	code |= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	code |= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	code |= curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, WHOLE_MS);
	code |= curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender);
	code |= curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	code |= curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	code |= curl_easy_setopt(curl, CURLOPT_MIMEPOST, body);
	code |= curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	code |= curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_stop);
	if (mailer->user) {
		code |= curl_easy_setopt(curl, CURLOPT_USERNAME, mailer->user);
		code |= curl_easy_setopt(
			curl, CURLOPT_PASSWORD, mailer->password ? mailer->password : "");
	}
	return code == CURLE_OK;
}

static enum mail_outcome outcome_of(CURL *curl, CURLcode code)
{
	long said = 0;
	if (code == CURLE_OK)
		return MAIL_SENT;
	if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &said) != CURLE_OK)
		said = 0;
	log_warning(
		"mail_not_sent", LOG_NUMBER(LOG_ERROR_NUMBER, code), LOG_NUMBER(LOG_STATUS, said));
	if (code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY) {
		if (said >= 500 && said < 600 && said != 530 && said != 535)
			return MAIL_REFUSED;
		if (said >= 400 && said < 500 && said != 421)
			return MAIL_DELAYED;
	}
	return MAIL_NO_SERVER;
}

/* Where this message bounces to: name+<id>@host of the mailbox for bounces (RFC 5233), or the sender. */
static void write_sender(const struct mailer *mailer, const char *id, char ret_sender[SENDER_BYTES])
{
	const char *at = mailer->bounces ? strrchr(mailer->bounces, '@') : NULL;
	if (at)
		snprintf(ret_sender, SENDER_BYTES, "<%.*s+%s%s>", (int)(at - mailer->bounces),
			mailer->bounces, id, at);
	else
		snprintf(ret_sender, SENDER_BYTES, "<%s>", mailer->from);
}

enum mail_outcome mailer_send(struct mailer *mailer, const struct mail *mail)
{
	char sender[SENDER_BYTES], to[MAIL_ADDRESS + 2];
	if (!str_is_email(mail->to) || !str_is_visible_ascii(mail->id, 64) ||
		strlen(mail->to) >= MAIL_ADDRESS ||
		(mail->unsubscribe && !str_is_uri(mail->unsubscribe)) ||
		(mail->reply_to && !str_is_visible_ascii(mail->reply_to, MAIL_ADDRESS)))
		return MAIL_BAD_ADDRESS;
	write_sender(mailer, mail->id, sender);
	snprintf(to, sizeof to, "<%s>", mail->to);
	curl_easy_reset(mailer->curl); /* keeps the connection */
	struct curl_slist *headers = write_headers(mailer, mail);
	struct curl_slist *recipients = curl_slist_append(NULL, to);
	curl_mime *body = write_body(mailer->curl, mail);
	enum mail_outcome outcome = MAIL_DELAYED;
	if (headers && recipients && body && set_options(mailer, headers, body, recipients, sender))
		outcome = outcome_of(mailer->curl, curl_easy_perform(mailer->curl));
	curl_slist_free_all(headers);
	curl_slist_free_all(recipients);
	curl_mime_free(body);
	return outcome;
}
