/*
 * preference.c - stores how somebody wants to be told, unless it names a kind of notification that does not exist.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "json/load.h"
#include "scheduling/notifications/texts.h"

#define LIST_BYTES ((size_t)8 << 10)
#define KIND       "kinds."
#define SUBJECT    ".subject"

/* The place of the first kind that there is not, or -1. */
static int unknown_kind(const char *text)
{
	json_t *kinds = text ? json_load_whole(text, strlen(text), 0, NULL, NULL) : NULL, *item;
	size_t i;
	int found = -1;
	json_array_foreach(kinds, i, item)
	{
		const char *kind = json_string_value(json_object_get(item, "kind"));
		if (found < 0 && (!kind || !*texts_kind(texts_language(NULL), kind, "subject")))
			found = (int)i;
	}
	json_decref(kinds);
	return found;
}

/* Every kind, in the order of the alphabet. */
static void list_kinds(struct buf *out)
{
	const struct mail_text *texts = texts_language(NULL)->texts;
	const char *separator = "";
	for (size_t i = 0; i < mail_text_count; i++) {
		const char *key = texts[i].key, *end = strrchr(key, '.');
		if (strncmp(key, KIND, strlen(KIND)) != 0 || !str_equal(end, SUBJECT))
			continue;
		key += strlen(KIND);
		buf_print(out, "%s%.*s", separator, (int)(end - key), key);
		separator = ", ";
	}
}

static struct reply refuse(const struct call *call, int place)
{
	char pointer[32];
	struct buf detail = BUF_INIT(LIST_BYTES);
	snprintf(pointer, sizeof pointer, "/kinds/%d/kind", place);
	buf_text(&detail, "There is no such kind of notification. There are: ");
	list_kinds(&detail);
	buf_char(&detail, '.');
	struct reply reply = reply_problem(call, PROBLEM_UNPROCESSABLE, pointer,
		buf_ok(&detail) ? detail.data : NULL, NULL);
	buf_release(&detail);
	return reply;
}

struct reply preference_put(const struct call *call)
{
	const char *kinds = call_value(call, "kinds");
	int unknown = unknown_kind(kinds);
	if (unknown >= 0)
		return refuse(call, unknown);
	const struct step step = STEP(&stmt_preference_store, principal_actor(call->principal),
		call->if_match < 0 ? NULL : call->if_match_text, call_value(call, "mail"),
		call_value(call, "chat"), call_value(call, "invitations"), kinds,
		call_value(call, "quiet_hours"), call_value(call, "working_hours"),
		call_value(call, "locale"), call_value(call, "session_reminder_minutes"));
	return call_write(call, &step, 1, NULL, NULL);
}
