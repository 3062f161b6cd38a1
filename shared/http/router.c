#include "http/router.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"

static const char *const method_names[HTTP_METHODS] = {
	[HTTP_GET] = "GET",
	[HTTP_POST] = "POST",
	[HTTP_PUT] = "PUT",
	[HTTP_PATCH] = "PATCH",
	[HTTP_DELETE] = "DELETE",
};

/* The end of a path: the operation of each method, and for the nth parameter of the path its index
 * in path_fields. */
struct leaf {
	const struct operation *operation;
	unsigned char order[CALL_PATH_MOST];
};

struct node {
	char *text;   /* literal: the segment; parameter: what follows it, as ".ics" or "" */
	char *before; /* parameter: what precedes it; NULL for a literal */
	struct node
		*children; /* literals sorted first, then parameters, longest fixed part first */
	size_t child_count, literal_count;
	struct leaf leaves[HTTP_METHODS];
};

struct router {
	struct node root;
};

static void node_release(struct node *node)
{
	for (size_t i = 0; i < node->child_count; i++)
		node_release(&node->children[i]);
	free(node->children);
	free(node->text);
	free(node->before);
}

void router_free(struct router *router)
{
	if (!router)
		return;
	node_release(&router->root);
	free(router);
}

static size_t fixed_part(const struct node *node)
{
	return strlen(node->text) + strlen(node->before);
}

/* The order of children: literals by name, then parameters by the length of their fixed part. */
static int child_order(const struct node *a, const struct node *b)
{
	if (!a->before != !b->before)
		return a->before ? 1 : -1;
	if (!a->before)
		return strcmp(a->text, b->text);
	size_t fa = fixed_part(a), fb = fixed_part(b);
	if (fa != fb)
		return fa > fb ? -1 : 1;
	int by_before = strcmp(a->before, b->before);
	return by_before ? by_before : strcmp(a->text, b->text);
}

/* Parses one segment of a template into a node without children. false: it breaks the rules. */
static bool node_init(struct node *node, const char *segment, size_t len)
{
	*node = (struct node){ 0 };
	const char *open = memchr(segment, '{', len);
	if (!open) {
		node->text = strndup(segment, len);
		return node->text && len > 0 && !memchr(segment, '}', len);
	}
	size_t rest = len - (size_t)(open - segment);
	const char *close = memchr(open, '}', rest);
	if (!close || memchr(open + 1, '{', rest - 1))
		return false;
	node->before = strndup(segment, (size_t)(open - segment));
	node->text = strndup(close + 1, len - (size_t)(close + 1 - segment));
	return node->before && node->text && !strchr(node->text, '}');
}

/* The child for a segment, created if missing. NULL: out of memory, or the segment is malformed. */
static struct node *child_for(struct node *parent, const char *segment, size_t len)
{
	struct node made;
	if (!node_init(&made, segment, len)) {
		node_release(&made);
		return NULL;
	}
	size_t at = 0;
	while (at < parent->child_count && child_order(&parent->children[at], &made) < 0)
		at++;
	if (at < parent->child_count && child_order(&parent->children[at], &made) == 0) {
		node_release(&made);
		return &parent->children[at];
	}
	struct node *grown = realloc(
		parent->children, (parent->child_count + 1) * sizeof *parent->children);
	if (!grown) {
		node_release(&made);
		return NULL;
	}
	parent->children = grown;
	memmove(&grown[at + 1], &grown[at], (parent->child_count - at) * sizeof *grown);
	grown[at] = made;
	parent->child_count++;
	if (!made.before)
		parent->literal_count++;
	return &grown[at];
}

/* The index in path_fields of the parameter in this segment; -1 for none. */
static int field_of_segment(const struct operation *op, const char *segment, size_t len)
{
	const char *open = memchr(segment, '{', len);
	const char *name = open + 1;
	size_t name_len = (size_t)((const char *)memchr(name, '}', len) - name);
	for (size_t i = 0; i < op->path_count; i++) {
		const char *field = op->path_fields[i].name;
		if (strlen(field) == name_len && memcmp(field, name, name_len) == 0)
			return (int)i;
	}
	return -1;
}

static bool add(struct node *root, const struct operation *op, char *reason, size_t reason_size)
{
	struct node *node = root;
	struct leaf leaf = { .operation = op };
	size_t parameters = 0, segments = 0;
	const char *at = op->path;
	while (*at == '/') {
		size_t len = strcspn(++at, "/");
		node = child_for(node, at, len);
		int field = node && node->before ? field_of_segment(op, at, len) : 0;
		if (!node || field < 0 || parameters == CALL_PATH_MOST ||
			++segments > TARGET_SEGMENTS_MOST) {
			snprintf(reason, reason_size, "%s: bad path %s", op->id, op->path);
			return false;
		}
		if (node->before)
			leaf.order[parameters++] = (unsigned char)field;
		at += len;
	}
	if (parameters != op->path_count || op->path_count > CALL_PATH_MOST) {
		snprintf(reason, reason_size, "%s: path and parameters differ", op->id);
		return false;
	}
	if (node->leaves[op->method].operation) {
		snprintf(reason, reason_size, "%s and %s share one path", op->id,
			node->leaves[op->method].operation->id);
		return false;
	}
	node->leaves[op->method] = leaf;
	return true;
}

struct router *router_new(
	const struct operation *operations, size_t count, char *ret_reason, size_t reason_size)
{
	struct router *router = calloc(1, sizeof *router);
	if (!router) {
		snprintf(ret_reason, reason_size, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		if (!add(&router->root, &operations[i], ret_reason, reason_size)) {
			router_free(router);
			return NULL;
		}
	}
	return router;
}

/* The state of a match on its way down: the text of the nth parameter, and its length. */
struct walk {
	struct target *target;
	char *values[CALL_PATH_MOST];
	size_t lengths[CALL_PATH_MOST];
	size_t count;
};

static bool ends_here(const struct node *node)
{
	for (int m = 0; m < HTTP_METHODS; m++) {
		if (node->leaves[m].operation)
			return true;
	}
	return false;
}

static const struct node *literal_child(const struct node *node, const char *segment)
{
	size_t low = 0, high = node->literal_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(segment, node->children[middle].text);
		if (order == 0)
			return &node->children[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static const struct node *descend(const struct node *node, size_t depth, struct walk *walk)
{
	if (depth == walk->target->segment_count)
		return ends_here(node) ? node : NULL;
	char *segment = walk->target->segments[depth];
	const struct node *child = literal_child(node, segment);
	const struct node *end = child ? descend(child, depth + 1, walk) : NULL;
	if (end)
		return end;
	size_t len = strlen(segment);
	for (size_t i = node->literal_count; i < node->child_count; i++) {
		child = &node->children[i];
		size_t before = strlen(child->before), after = strlen(child->text);
		if (len <= before + after || memcmp(segment, child->before, before) != 0 ||
			memcmp(segment + len - after, child->text, after) != 0)
			continue;
		size_t mine = walk->count++;
		walk->values[mine] = segment + before;
		walk->lengths[mine] = len - before - after;
		end = descend(child, depth + 1, walk);
		if (end)
			return end;
		walk->count = mine;
	}
	return NULL;
}

void router_find(const struct router *router, const char *method, struct target *target,
	struct route *ret_route)
{
	*ret_route = (struct route){ 0 };
	struct walk walk = { .target = target };
	const struct node *node = descend(&router->root, 0, &walk);
	if (!node)
		return;
	if (str_equal(method, "HEAD"))
		method = "GET";
	const struct leaf *leaf = NULL;
	for (int m = 0; m < HTTP_METHODS; m++) {
		if (!node->leaves[m].operation)
			continue;
		ret_route->methods |= 1U << m;
		if (str_equal(method, method_names[m]))
			leaf = &node->leaves[m];
	}
	if (!leaf)
		return;
	ret_route->operation = leaf->operation;
	for (size_t i = 0; i < walk.count; i++) {
		walk.values[i][walk.lengths[i]] = '\0';
		ret_route->values[leaf->order[i]] = walk.values[i];
	}
}

const char *router_allow(unsigned methods, char *text, size_t size)
{
	snprintf(text, size, "%s%sOPTIONS%s%s%s", methods >> HTTP_DELETE & 1U ? "DELETE, " : "",
		methods >> HTTP_GET & 1U ? "GET, HEAD, " : "",
		methods >> HTTP_PATCH & 1U ? ", PATCH" : "",
		methods >> HTTP_POST & 1U ? ", POST" : "", methods >> HTTP_PUT & 1U ? ", PUT" : "");
	return text;
}
