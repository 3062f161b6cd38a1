#include "db/object_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/str.h"

struct reader {
	struct object_statements *statements;
	const char *module, *file;
	int line;
	bool guard;
	struct buf *faults;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The length of the word at `text`; 0 if there is none. */
static size_t word_at(const char *text)
{
	size_t n = 0;

	while (is_word(text[n]))
		n++;
	return n;
}

static bool is_said(const char *text, const char *word)
{
	size_t n = strlen(word);

	return strncasecmp(text, word, n) == 0 && !is_word(text[n]);
}

static const char *behind(const char *text, const char *end)
{
	const char *found = strstr(text, end);

	return found ? found + strlen(end) : text + strlen(text);
}

/* The end of the comment or string that begins at `at`; `at` itself if there is none. */
static const char *skip_literal(const char *at)
{
	char tag[64];
	size_t n;

	if (strncmp(at, "--", 2) == 0)
		return at + strcspn(at, "\n");
	if (strncmp(at, "/*", 2) == 0)
		return behind(at + 2, "*/");
	if (*at == '\'')
		return behind(at + 1, "'");
	if (*at == '$' && at[n = 1 + word_at(at + 1)] == '$' && n + 2 < sizeof tag) {
		memcpy(tag, at, n + 1);
		tag[n + 1] = '\0';
		return behind(at + n + 1, tag);
	}
	return at;
}

/* The text with comments and strings blanked out; line breaks stay. Owned. */
static char *bare_of(const char *text)
{
	char *bare = str_copy(text);

	for (const char *at = text; bare && *at;) {
		const char *end = skip_literal(at);
		for (const char *c = at; c < end; c++) {
			if (*c != '\n')
				bare[c - text] = ' ';
		}
		at = end > at ? end : at + (word_at(at) ? word_at(at) : 1);
	}
	return bare;
}

static char *slice(const char *from, size_t len)
{
	char *copy = strndup(from, len);

	for (; copy && len > 0 && isspace((unsigned char)copy[len - 1]); len--)
		copy[len - 1] = '\0';
	return copy;
}

/* The position of the semicolon that ends the statement, skipping those within BEGIN ATOMIC …
 * END. */
static size_t end_of(const char *bare)
{
	int depth = 0;
	size_t at = 0;

	while (bare[at] && (bare[at] != ';' || depth > 0)) {
		size_t n = word_at(bare + at);
		if (is_said(bare + at, "BEGIN") || (depth > 0 && is_said(bare + at, "CASE")))
			depth++;
		else if (depth > 0 && is_said(bare + at, "END"))
			depth--;
		at += n ? n : 1;
	}
	return at;
}

/* The text after these words, or NULL if it does not begin with them. */
static const char *after_words(const char *text, const char *words)
{
	while (*words) {
		size_t n = word_at(words);
		if (n == 0 || word_at(text) != n || strncasecmp(text, words, n) != 0)
			return NULL;
		text += n + strspn(text + n, " \t\n");
		words += n + strspn(words + n, " ");
	}
	return text;
}

static size_t qualified_at(const char *text)
{
	size_t n = word_at(text);

	return n > 0 && text[n] == '.' ? n + 1 + word_at(text + n + 1) : 0;
}

/* The length of a function's arguments and result: up to the first of its other clauses. */
static size_t head_of(const char *bare)
{
	static const char *const clauses[] = { "LANGUAGE", "AS", "RETURN", "BEGIN", "STABLE",
		"IMMUTABLE", "VOLATILE", "SECURITY", "SET", "PARALLEL", "STRICT", "CALLED", "COST",
		"ROWS", "LEAKPROOF", "NOT", "WINDOW", "SUPPORT", "TRANSFORM" };
	int depth = 0;
	size_t at = 0;

	while (bare[at]) {
		size_t n = word_at(bare + at);
		for (size_t i = 0; n > 0 && depth == 0 && i < COUNT(clauses); i++) {
			if (is_said(bare + at, clauses[i]))
				return at;
		}
		depth += (bare[at] == '(') - (bare[at] == ')');
		at += n ? n : 1;
	}
	return at;
}

/* Adds the part of a string body that the server resolves: all of it in SQL, otherwise the
 * declarations, whose types are looked up. */
static void add_body(struct object_statement *one)
{
	for (char *at = one->text; *at;) {
		const char *end = skip_literal(at);
		if (*at == '$' && end > at) {
			bool sql = strcasestr(one->bound, "LANGUAGE sql") != NULL;
			for (char *c = at; c < end && (sql || !is_said(c, "BEGIN"));) {
				const char *inner = c > at ? skip_literal(c) : c;
				if (inner > c) {
					c = one->text + (inner - one->text);
					continue;
				}
				one->bound[c - one->text] = *c;
				c++;
			}
		}
		at = one->text + ((end > at ? end : at + 1) - one->text);
	}
}

static bool fault(struct reader *r, const char *said)
{
	buf_print(r->faults, "%s/objects/%s:%d: %s\n", r->module, r->file, r->line, said);
	return false;
}

static bool read_function(
	struct reader *r, struct object_statement *one, const char *bare, const char *name)
{
	size_t n = qualified_at(name), module = strlen(r->module);

	if (strncmp(name, r->module, module) != 0 || name[module] != '.')
		return fault(r, "an object is made in its module's own schema, which is named");
	one->name = slice(name, n);
	if (one->kind == OBJECT_FUNCTION) {
		name += n + strspn(name + n, " \t\n");
		one->head = slice(one->text + (name - bare), head_of(name));
		add_body(one);
	}
	return true;
}

static bool read_trigger(struct reader *r, struct object_statement *one, const char *name)
{
	const char *on = name;
	struct buf said = BUF_INIT(256);

	while (*on && !is_said(on, "ON"))
		on += word_at(on) ? word_at(on) : 1;
	if (*on)
		on += 2 + strspn(on + 2, " \t\n");
	if (word_at(name) == 0 || qualified_at(on) == 0)
		return fault(r, "a trigger has a name and a table with its schema");
	buf_add(&said, name, word_at(name));
	buf_text(&said, " on ");
	buf_add(&said, on, qualified_at(on));
	one->name = buf_take(&said);
	return true;
}

/* Determines the kind of statement and the object's name. */
static bool classify(struct reader *r, struct object_statement *one, const char *bare)
{
	const char *rest;

	if ((rest = after_words(bare, "CREATE OR REPLACE FUNCTION"))) {
		one->kind = OBJECT_FUNCTION;
		return read_function(r, one, bare, rest);
	}
	if ((rest = after_words(bare, "CREATE OR REPLACE VIEW"))) {
		one->kind = OBJECT_VIEW;
		return read_function(r, one, bare, rest);
	}
	if ((rest = after_words(bare, "CREATE OR REPLACE TRIGGER"))) {
		one->kind = OBJECT_TRIGGER;
		return read_trigger(r, one, rest);
	}
	one->kind = OBJECT_GRANT;
	if (after_words(bare, "GRANT") || after_words(bare, "REVOKE") ||
		after_words(bare, "COMMENT ON"))
		return true;
	return fault(r, "objects are CREATE OR REPLACE FUNCTION, VIEW or TRIGGER, GRANT, REVOKE, "
			"COMMENT ON and SET LOCAL ROLE");
}

static bool seal(struct object_statement *one)
{
	struct buf all = BUF_INIT(1 << 22);
	unsigned char hash[HASH_BYTES];

	buf_print(&all, "%s\n%s", one->guard ? "guard" : "owner", one->text);
	if (buf_ok(&all)) {
		hash_sha256(all.data, all.len, hash);
		hash_hex(hash, sizeof hash, one->checksum);
	}
	bool good = buf_ok(&all);
	buf_release(&all);
	one->name = one->name ? one->name : str_copy("");
	one->head = one->head ? one->head : str_copy("");
	return good && one->name && one->head;
}

static bool add_statement(struct reader *r, const char *text, const char *bare, size_t len)
{
	struct object_statements *list = r->statements;
	struct object_statement *grown = reallocarray(
		list->all, list->count + 1, sizeof *list->all);

	if (!grown)
		return false;
	list->all = grown;
	struct object_statement *one = &list->all[list->count++];
	*one = (struct object_statement){ .file = str_copy(r->file),
		.line = r->line,
		.guard = r->guard,
		.text = slice(text, len),
		.bound = strndup(bare, len) };
	if (!one->file || !one->text || !one->bound)
		return false;
	owned_text char *alone = strndup(bare, len);
	return alone && classify(r, one, alone) && seal(one);
}

static bool take_role(struct reader *r, const char *bare)
{
	const char *role = after_words(bare, "SET LOCAL ROLE");

	if (!role)
		return false;
	r->guard = is_said(role, "guard");
	if (!r->guard && !is_said(role, "owner"))
		(void)fault(r, "objects are made by owner or guard");
	return true;
}

bool object_text_read(struct object_statements *statements, const char *module, const char *file,
	const char *text, struct buf *faults)
{
	struct reader r = { .statements = statements,
		.module = module,
		.file = file,
		.line = 1,
		.faults = faults };
	size_t before = faults->len, at = 0;
	owned_text char *bare = bare_of(text);
	bool memory = bare != NULL;

	while (memory && bare[at]) {
		if (isspace((unsigned char)bare[at]) || bare[at] == ';') {
			r.line += bare[at++] == '\n';
			continue;
		}
		size_t len = end_of(bare + at);
		if (!take_role(&r, bare + at))
			memory = add_statement(&r, text + at, bare + at, len) ||
				 faults->len > before;
		for (size_t i = 0; i < len; i++)
			r.line += bare[at + i] == '\n';
		at += len;
	}
	if (!memory)
		buf_print(faults, "%s/objects/%s: no memory\n", module, file);
	return memory && faults->len == before;
}

/* ---- order ---- */

/* Whether the text names the object, with its schema. */
static bool names(const char *bound, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = bound; (at = strstr(at, name)); at += n) {
		if (!is_word(at[n]) && (at == bound || !is_word(at[-1])))
			return true;
	}
	return false;
}

struct order {
	struct object_statement *from, *to;
	size_t count, placed;
	char *seen;
};

/* Places what the object needs before it. An object that was seen before is skipped: it is placed
 * already, or it depends on itself. */
static void place(struct order *order, size_t i)
{
	if (order->seen[i]++)
		return;
	for (size_t j = 0; j < order->count; j++) {
		if (!order->seen[j] && order->from[j].kind <= OBJECT_VIEW &&
			names(order->from[i].bound, order->from[j].name))
			place(order, j);
	}
	order->to[order->placed++] = order->from[i];
}

bool object_text_order(struct object_statements *statements)
{
	struct order order = { .from = statements->all, .count = statements->count };

	if (order.count == 0)
		return true;
	order.to = calloc(order.count, sizeof *order.to);
	order.seen = calloc(order.count, 1);
	bool good = order.to && order.seen;
	for (int kind = OBJECT_FUNCTION; good && kind <= OBJECT_TRIGGER; kind++) {
		for (size_t i = 0; i < order.count; i++) {
			bool now = (int)order.from[i].kind == kind ||
				   (kind == OBJECT_FUNCTION && order.from[i].kind == OBJECT_VIEW);
			if (now)
				place(&order, i);
		}
	}
	free(order.seen);
	if (!good) {
		free(order.to);
		return false;
	}
	free(statements->all);
	statements->all = order.to;
	return true;
}

void object_text_release(struct object_statements *statements)
{
	for (size_t i = 0; i < statements->count; i++) {
		struct object_statement *one = &statements->all[i];
		free(one->file);
		free(one->text);
		free(one->name);
		free(one->head);
		free(one->bound);
	}
	free(statements->all);
	*statements = (struct object_statements){ 0 };
}
