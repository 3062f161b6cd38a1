/*
 * Cursors. Laws: what page_cursor() makes opens to the same keys; with a byte changed, or for
 * another caller, it does not; no other text opens at all.
 */
#include "base/str.h"
#include "fuzz/fuzz.h"
#include "http/page.h"

static const unsigned char secret[32] = "fuzz";
static const struct page_key keys[] = { { "name", "text" }, { "id", "uuid" } };
static const struct operation list = {
	.id = "a_list", .kind = OPERATION_LIST, .page_keys = keys, .page_key_count = 2
};
static const struct principal mira = { .subject = "mira" }, amy = { .subject = "amy" };

static void check_made(const char *name, const char *id, size_t change)
{
	struct call call = { .operation = &list, .principal = &mira };
	const char *given[CALL_PAGE_KEYS] = { name, id };
	struct page_after after = { 0 };
	char *cursor = page_cursor(&call, secret, given);
	if (!cursor)
		return; /* too long for one */
	LAW(page_open(&call, secret, cursor, &after));
	for (int i = 0; i < 2; i++)
		LAW(given[i] ? after.keys[i] && str_equal(after.keys[i], given[i])
			     : !after.keys[i]);
	free(after.text);
	call.principal = &amy;
	LAW(!page_open(&call, secret, cursor, &after));
	call.principal = &mira;
	char *at = &cursor[change % strlen(cursor)];
	*at = *at == 'x' ? 'y' : 'x';
	LAW(!page_open(&call, secret, cursor, &after));
	free(cursor);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct call call = { .operation = &list, .principal = &mira };
	struct page_after after = { 0 };
	char *text = strndup((const char *)bytes, size);
	LAW(text);
	/* without the secret nobody can write one */
	LAW(!page_open(&call, secret, text, &after));
	size_t len = strlen(text), half = len / 2;
	char *name = strndup(text, half);
	LAW(name);
	check_made(name, text + half, len);
	check_made(NULL, text, len + 1);
	check_made(text, NULL, len * 7);
	free(name);
	free(text);
	return 0;
}
