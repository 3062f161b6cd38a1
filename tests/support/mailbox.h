/*
 * mailbox.h - the mail server of the stack, which keeps every message: starts it, makes scheduling use
 * it, and reads what has come.
 */
#ifndef UPWARD_TESTS_MAILBOX_H
#define UPWARD_TESTS_MAILBOX_H

#include <jansson.h>
#include <stddef.h>

/* Restarts scheduling with the mail server, and waits until both work. The first call empties the mailbox. */
void mailbox_open(void);
/* The same, and back: as group teardown. Also what api_release does. */
int mailbox_close(void **state);
/* The messages that have come, oldest first: members of mail_reader.py. Borrowed until mailbox_close. */
json_t *mailbox_all(void);
/* The newest message to the address whose subject contains the text, or NULL. */
json_t *mailbox_find(const char *to, const char *subject);
/* Waits for one. */
json_t *mailbox_wait(const char *to, const char *subject);
/* How many there are. */
size_t mailbox_count(const char *to, const char *subject);
/* What was posted to the stack's chat of this name, oldest first. Borrowed until mailbox_close. */
json_t *mailbox_posts(const char *name);
/* The address of that chat. */
const char *mailbox_chat(const char *name);
/* A text member of a message; fails the test if there is none. */
const char *mailbox_text(json_t *message, const char *member);
/* The first header of that name, in lower case, or NULL. */
const char *mailbox_header(json_t *message, const char *name);

#endif
