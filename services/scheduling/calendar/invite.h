/*
 * invite.h - a session as an invitation (iTIP, RFC 5546): METHOD:REQUEST, or CANCEL after it was
 * cancelled; and the reply to one: who answers, which invitation, and how. No I/O.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_INVITE_H
#define UPWARD_SCHEDULING_CALENDAR_INVITE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"
#include "scheduling/calendar/event.h"

#define INVITE_PEOPLE 2

struct invite_person {
	const char *address; /* a URI: mailto:… or urn:uuid:… */
	const char *name;    /* NULL: unknown */
	bool accepted;       /* otherwise the answer is still awaited */
};

struct invite {
	const char *organizer; /* a URI: the platform's mailbox, to which replies go */
	struct invite_person people[INVITE_PEOPLE];
};

/* Returns owned text with CRLF line ends, or NULL if out of memory. */
CHECKED char *invite_write(const struct event_session *session, const struct invite *invite);

enum invite_answer { INVITE_ACCEPTED, INVITE_DECLINED, INVITE_TENTATIVE };

#define INVITE_ID      37
#define INVITE_ADDRESS 320

struct invite_reply {
	char session_id[INVITE_ID];   /* of the UID */
	char address[INVITE_ADDRESS]; /* of the ATTENDEE: a URI as written */
	int sequence;                 /* of the invitation that it answers */
	enum invite_answer answer;
};

/* Reads METHOD:REPLY with one VEVENT and one ATTENDEE. false: it is not such a text, does not
 * answer one of our invitations, or is an answer that is not supported here (DELEGATED,
 * NEEDS-ACTION). */
CHECKED bool invite_read_reply(const char *text, size_t length, struct invite_reply *ret_reply);

#endif
