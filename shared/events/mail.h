/*
 * mail.h - sends messages by SMTP (RFC 5321), over one connection that is kept between messages.
 *
 * libcurl speaks the protocol and builds the MIME parts. Towards a server that is not on loopback,
 * TLS with a checked certificate is required: smtps://, or STARTTLS. No header can gain a line: texts
 * are encoded (RFC 2047), and an address or id with anything but visible ASCII is refused.
 */
#ifndef UPWARD_EVENTS_MAIL_H
#define UPWARD_EVENTS_MAIL_H

#include <stdbool.h>
#include <stdint.h>
#include "base/cleanup.h"

struct config;
struct mailer;

/* All texts are UTF-8 and borrowed; those of the body have CRLF line ends. */
struct mail {
	const char *id; /* the part of the Message-ID before the @; the same for every attempt */
	const char *to; /* an address */
	const char *reply_to;           /* an address, or NULL: the sender's */
	const char *subject, *language; /* language: BCP 47 */
	const char *text, *html;
	const char *unsubscribe; /* URL for RFC 8058, or NULL */
	/* An invitation (RFC 6047), or NULL; method: that of the calendar. */
	const char *calendar, *method;
};

enum mail_outcome {
	MAIL_SENT,
	MAIL_REFUSED,    /* for good: the server said 5xx about this message */
	MAIL_DELAYED,    /* 4xx: try later */
	MAIL_NO_SERVER,  /* no connection, no TLS, no login: the same holds for other messages */
	MAIL_BAD_ADDRESS /* never sent */
};

/* Whether a server is set: MAIL_SERVER. */
CHECKED bool mail_configured(const struct config *config);
/* Returns owned, or NULL if no server is set, its password cannot be read, or out of memory. Connects
 * with the first message. One thread at a time; config is borrowed. */
CHECKED struct mailer *mailer_open(const struct config *config);
void mailer_close(struct mailer *mailer);
CHECKED enum mail_outcome mailer_send(struct mailer *mailer, const struct mail *mail);

/* The sender's address: MAIL_FROM, or else the mailbox of calendar invitations. */
#define MAIL_ADDRESS 330
void mail_sender(const struct config *config, char ret_address[MAIL_ADDRESS]);
/* The mailbox that invitations name as their organiser: CALENDAR_MAILBOX, or else calendar@ the host of
 * PUBLIC_BASE_URL. */
void mail_calendar_box(const struct config *config, char ret_address[MAIL_ADDRESS]);

#endif
