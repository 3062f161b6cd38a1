#include "matching/cli/faults.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"
#include "base/utf8.h"

#define TEXT_MOST 512

void file_faults_add(
	struct file_faults *faults, int64_t line, size_t column, const char *format, ...)
{
	char text[TEXT_MOST];
	va_list values;
	faults->total++;
	if (faults->count == FAULTS_KEPT)
		return;
	if (faults->count == faults->room) {
		size_t room = faults->room ? faults->room * 2 : 16;
		struct file_fault *list = realloc(faults->list, room * sizeof *list);
		if (!list)
			return;
		faults->list = list;
		faults->room = room;
	}
	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	char *copy = str_copy(text);
	if (!copy)
		return;
	faults->list[faults->count] = (struct file_fault){ line, column, faults->count, copy };
	faults->count++;
}

void file_faults_release(struct file_faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		free(faults->list[i].text);
	free(faults->list);
	*faults = (struct file_faults){ 0 };
}

static int compare(const void *left, const void *right)
{
	const struct file_fault *a = left, *b = right;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

void file_faults_print(struct file_faults *faults, const char *file, FILE *out)
{
	if (faults->count)
		qsort(faults->list, faults->count, sizeof *faults->list, compare);
	for (size_t i = 0; i < faults->count; i++) {
		const struct file_fault *fault = &faults->list[i];
		fprintf(out, "%s:", file);
		if (fault->line > 0)
			fprintf(out, "%lld:", (long long)fault->line);
		if (fault->column > 0)
			fprintf(out, "%zu:", fault->column);
		fprintf(out, " %s\n", fault->text);
	}
	if (faults->total > faults->count)
		fprintf(out, "%s: and %zu more faults\n", file, faults->total - faults->count);
}

const char *file_faults_quote(const char *word, size_t len, char ret_text[FAULTS_QUOTE])
{
	static const char more[] = "...";
	size_t at = 0, used = 0;
	while (at < len) {
		size_t step = str_utf8_step(word + at);
		bool plain = step > 0 && at + step <= len && (unsigned char)word[at] >= 0x20 &&
			     word[at] != 0x7f;
		step = plain ? step : 1;
		if (used + step >= FAULTS_QUOTE - sizeof more)
			break;
		memcpy(ret_text + used, plain ? word + at : "?", step);
		used += step;
		at += step;
	}
	snprintf(ret_text + used, FAULTS_QUOTE - used, "%s", at < len ? more : "");
	return ret_text;
}
