/*
 * certificate.c - signs certificates, and the page by which anybody with its URL verifies one. The URL has the id and
 * the signature: without the right signature it is as if there were nothing.
 */
#include <stdio.h>
#include <string.h>

#include "auth/stamp.h"
#include "base/hash.h"
#include "base/str.h"
#include "gen/evaluation/contract.h"
#include "gen/evaluation/statements.h"
#include "http/steps.h"
#include "service/service.h"

#define PURPOSE   "certificate" /* no other use of the secret has this name */
#define ID_LENGTH 36
#define PAGE_MOST ((size_t)32768)

struct reply certificate_create(const struct call *call)
{
	char signature[STAMP_TEXT] = "";
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const char *actor = principal_actor(call->principal), *pair = call_value(call, "pair_id");
	const struct step ready = STEP(&stmt_certificate_ready, call->new_id.text, actor, pair);
	enum db_outcome outcome = database_read(call->db, DB_POOL, &ready, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	const char *facts = db_value(rows, 0, 0);
	if (facts && !stamp_sign(call->service->secret, PURPOSE, facts, signature))
		return reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	const struct step issue = STEP(
		&stmt_certificate_issue, call->new_id.text, actor, pair, facts, signature);
	return call_write(call, &issue, 1, NULL, NULL);
}

static void put_escaped(struct buf *page, const char *text)
{
	for (; *text; text++)
		if (strchr("<>&\"'", *text))
			buf_print(page, "&#%d;", *text);
		else
			buf_char(page, *text);
}

static void put_fact(struct buf *page, const char *name, const char *value)
{
	buf_print(page, "<dt>%s</dt><dd>", name);
	put_escaped(page, value);
	buf_text(page, "</dd>\n");
}

static void put_page(const struct call *call, const struct db_rows *rows, struct buf *page)
{
	char key[STAMP_KEY] = "";
	const char *name = db_value(rows, 0, 2);
	bool keyed = stamp_key(call->service->secret, PURPOSE, key);
	buf_text(page,
		"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width\">\n"
		"<meta name=\"robots\" content=\"noindex\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<title>Certificate</title>\n<style>\n"
		"@page { size: A4 landscape; margin: 20mm }\n"
		"body { font-family: serif; margin: 3em auto; max-width: 45em; color: #111 }\n"
		"main { border: 3px double #555; padding: 2em 3em; break-inside: avoid }\n"
		"h1 { font-size: 2.2em; margin: 0 0 .5em } dt { font-weight: bold; margin-top: "
		".6em }\n"
		"dd { margin: 0 } footer { margin-top: 2em; font-size: .75em; overflow-wrap: "
		"anywhere }\n"
		"@media print { body { margin: 0; max-width: none } }\n"
		"</style></head>\n<body><main><h1>Certificate</h1>\n<p>");
	if (name)
		put_escaped(page, name);
	else
		buf_text(page, "The holder of this page");
	buf_print(page, " has completed a reverse mentoring as a %s.</p>\n<dl>\n",
		db_value(rows, 0, 3));
	put_fact(page, "Programme", db_value(rows, 0, 4));
	put_fact(page, "From", db_value(rows, 0, 5));
	put_fact(page, "To", db_value(rows, 0, 6));
	put_fact(page, "Sessions held", db_value(rows, 0, 7));
	put_fact(page, "Issued on", db_value(rows, 0, 8));
	buf_text(page,
		"</dl></main>\n<footer><p>The signature of this certificate holds. It can be "
		"verified at this address for as long as its holder wants.</p>\n");
	if (keyed)
		buf_print(page, "<p>Ed25519, public key %s</p>\n", key);
	buf_text(page, "</footer></body></html>\n");
}

struct reply certificate_page_read(const struct call *call)
{
	char id[ID_LENGTH + 1];
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	struct buf page = BUF_INIT(PAGE_MOST);
	const char *code = call_value(call, "certificate_code");
	snprintf(id, sizeof id, "%s", code);
	if (!str_is_uuid(id) || code[ID_LENGTH] != '.')
		return reply_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL);
	const struct step open = STEP(&stmt_certificate_open, id);
	enum db_outcome outcome = database_read(call->db, DB_POOL, &open, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	if (db_rows_count(rows) == 0 || !stamp_holds(call->service->secret, PURPOSE,
						db_value(rows, 0, 0), code + ID_LENGTH + 1))
		return reply_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL);
	put_page(call, rows, &page);
	char *text = buf_ok(&page) ? buf_take(&page) : NULL;
	buf_release(&page);
	return reply_text(200, "text/html; charset=utf-8", text, text ? strlen(text) : 0);
}
