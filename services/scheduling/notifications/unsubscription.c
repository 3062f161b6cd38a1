#include "scheduling/notifications/unsubscription.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64url.h"
#include "base/buf.h"
#include "base/seal.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "scheduling/notifications/letter.h"
#include "scheduling/notifications/texts.h"
#include "http/state.h"

#define PURPOSE "unsubscribe"

/* What a code says, always of the same length: a longer kind shows in none. */
struct said {
	char person[UNSUBSCRIPTION_PERSON], kind[UNSUBSCRIPTION_KIND];
};
#define SEALED (sizeof(struct said) + SEAL_MORE)

char *unsubscription_code(const unsigned char secret[32], const char *person, const char *kind)
{
	unsigned char sealed[SEALED];
	struct said said = { 0 };
	if (strlen(person) >= sizeof said.person || strlen(kind) >= sizeof said.kind)
		return NULL;
	memcpy(said.person, person, strlen(person));
	memcpy(said.kind, kind, strlen(kind));
	seal_text(secret, PURPOSE, &said, sizeof said, sealed);
	return str_base64url(sealed, sizeof sealed);
}

bool unsubscription_verify(const unsigned char secret[32], const char *code,
	char ret_person[UNSUBSCRIPTION_PERSON], char ret_kind[UNSUBSCRIPTION_KIND])
{
	struct said said;
	size_t len = 0;
	unsigned char *sealed = NULL;
	if (!str_from_base64url(code, &sealed, &len))
		return false;
	bool good = len == SEALED && seal_open(secret, PURPOSE, sealed, len, &said);
	free(sealed);
	if (!good)
		return false;
	memcpy(ret_person, said.person, sizeof said.person);
	memcpy(ret_kind, said.kind, sizeof said.kind);
	return true;
}

/* The page in the person's language: a question with a button, or that it is done. */
static struct reply page(const struct call *call, const char *person, bool done)
{
	struct letter letter;
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(&stmt_unsubscription_language, person);
	enum db_outcome outcome = database_read(call->db, DB_POOL, &step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	const struct mail_language *language = texts_language(db_value(rows, 0, 0));
	const char *title = texts_word(language, "unsubscribe_title");
	letter_open(&letter, language->tag, title);
	letter_paragraph(&letter, done ? texts_word(language, "unsubscribe_done") : title);
	if (!done)
		buf_print(&letter.html,
			"<form method=\"post\"><input type=\"hidden\" name=\"List-Unsubscribe\" "
			"value=\"One-Click\"><button>%s</button></form>\r\n",
			texts_word(language, "unsubscribe"));
	letter_foot(&letter);
	char *text = letter_close(&letter) ? buf_take(&letter.html) : NULL;
	letter_release(&letter);
	return reply_text(200, "text/html; charset=utf-8", text, text ? strlen(text) : 0);
}

struct reply unsubscription_read(const struct call *call)
{
	char person[UNSUBSCRIPTION_PERSON], kind[UNSUBSCRIPTION_KIND];
	if (!unsubscription_verify(call->service->secret, call_value(call, "code"), person, kind))
		return reply_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL);
	return page(call, person, false);
}

struct reply unsubscription_create(const struct call *call)
{
	char person[UNSUBSCRIPTION_PERSON], kind[UNSUBSCRIPTION_KIND];
	struct db_error error = { 0 };
	struct db_rows *rows = NULL;
	if (!unsubscription_verify(call->service->secret, call_value(call, "code"), person, kind))
		return reply_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL);
	const struct step step = STEP(&stmt_unsubscription_take, person, kind);
	enum db_outcome outcome = call_transaction(call, &step, 1, &rows, &error);
	db_rows_free(rows);
	return outcome == DB_DONE ? page(call, person, true) : call_refusal(call, outcome, &error);
}
