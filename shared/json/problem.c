#include "json/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"
#include "base/utf8.h"

bool problem_find(const char *code, enum problem_code *ret_code)
{
	for (int i = 0; i < PROBLEM_COUNT; i++) {
		if (str_equal(problem_kinds[i].code, code)) {
			*ret_code = (enum problem_code)i;
			return true;
		}
	}
	return false;
}

const struct constraint_problem *problem_of_constraint(const char *constraint)
{
	for (size_t i = 0; i < constraint_problem_count; i++) {
		if (str_equal(constraint_problems[i].constraint, constraint))
			return &constraint_problems[i];
	}
	return NULL;
}

/* Copies as many whole characters as fit. */
static void copy_characters(char *to, size_t room, const char *from)
{
	size_t len = 0;
	size_t step;
	while ((step = str_utf8_step(from + len)) > 0 && len + step < room)
		len += step;
	memcpy(to, from, len);
	to[len] = '\0';
}

void faults_add(struct faults *f, bool parameter, const char *pointer, const char *code,
	const char *message, ...)
{
	char text[sizeof f->items[0].message + 4];
	va_list args;
	if (!f->items)
		f->items = malloc(FAULTS_MOST * sizeof *f->items);
	f->lost |= !f->items;
	f->more |= f->count == FAULTS_MOST;
	if (!f->items || f->count == FAULTS_MOST)
		return;
	struct fault *fault = &f->items[f->count++];
	fault->parameter = parameter;
	copy_characters(fault->pointer, sizeof fault->pointer, pointer);
	copy_characters(fault->code, sizeof fault->code, code);
	va_start(args, message);
	vsnprintf(text, sizeof text, message, args);
	va_end(args);
	copy_characters(fault->message, sizeof fault->message, text);
}

void faults_release(struct faults *f)
{
	free(f->items);
	*f = (struct faults){ 0 };
}

static void write_member(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_print(out, ",\"%s\":", name);
	buf_json(out, value);
}

static void write_faults(struct buf *out, const struct faults *f)
{
	buf_text(out, ",\"errors\":[");
	for (size_t i = 0; i < f->count; i++) {
		const struct fault *fault = &f->items[i];
		buf_text(out, i > 0 ? ",{" : "{");
		buf_text(out, fault->parameter ? "\"parameter\":" : "\"pointer\":");
		buf_json(out, fault->pointer);
		write_member(out, "code", fault->code);
		write_member(out, "message", fault->message);
		buf_char(out, '}');
	}
	buf_char(out, ']');
	if (f->more)
		buf_text(out, ",\"more_errors\":true");
}

void problem_write(struct buf *out, const struct problem *p)
{
	const struct problem_kind *kind = &problem_kinds[p->code];
	/* 401 and 404 must not differ by what was requested */
	bool silent = kind->status == 401 || kind->status == 404;
	owned_text char *type = NULL;
	if (asprintf(&type, "%s/problems/%s", p->base_url, kind->code) < 0) {
		type = NULL;
		out->failed = true;
		return;
	}
	buf_text(out, "{\"type\":");
	buf_json(out, type);
	write_member(out, "title", kind->title);
	buf_print(out, ",\"status\":%d", kind->status);
	write_member(out, "detail", p->detail);
	write_member(out, "instance", silent ? NULL : p->instance);
	write_member(out, "code", kind->code);
	write_member(out, "request_id", p->request_id);
	if (p->faults && p->faults->count > 0)
		write_faults(out, p->faults);
	if (p->extra)
		buf_print(out, ",%s", p->extra);
	buf_char(out, '}');
}
