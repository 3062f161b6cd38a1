#include "scheduling/notifications/unsubscription.h"

#include <stdio.h>
#include <string.h>

#include "base/base64url.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "scheduling/notifications/letter.h"
#include "scheduling/notifications/texts.h"
#include "http/state.h"

#define PURPOSE   "unsubscribe " /* no other use of the secret signs a text that begins like this */
#define CODE_MOST ((size_t)256)

char *unsubscription_code(const unsigned char secret[32], const char *person, const char *kind)
{
	unsigned char mark[HASH_BYTES];
	struct buf code = BUF_INIT(CODE_MOST);
	buf_print(&code, "%s.%s", person, kind);
	if (!buf_ok(&code))
		return NULL;
	hash_hmac_two(secret, 32, PURPOSE, sizeof PURPOSE - 1, code.data, code.len, mark);
	owned_text char *text = str_base64url(mark, sizeof mark);
	if (text)
		buf_print(&code, ".%s", text);
	char *whole = text ? buf_take(&code) : NULL;
	buf_release(&code);
	return whole;
}

bool unsubscription_verify(const unsigned char secret[32], const char *code,
	char ret_person[UNSUBSCRIPTION_PERSON], char ret_kind[UNSUBSCRIPTION_KIND])
{
	const char *kind = strchr(code, '.'), *mark = kind ? strchr(kind + 1, '.') : NULL;
	if (!mark || kind - code != UNSUBSCRIPTION_PERSON - 1 || mark - kind > UNSUBSCRIPTION_KIND)
		return false;
	snprintf(ret_person, UNSUBSCRIPTION_PERSON, "%s", code);
	snprintf(ret_kind, UNSUBSCRIPTION_KIND, "%.*s", (int)(mark - kind - 1), kind + 1);
	owned_text char *real = unsubscription_code(secret, ret_person, ret_kind);
	return str_is_uuid(ret_person) && real && strlen(real) == strlen(code) &&
	       hash_equal(real, code, strlen(real));
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
