#include "matching/cli/out_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct out_file out_open(const char *directory, const char *name)
{
	struct out_file out = { 0 };
	struct buf path = BUF_INIT(1u << 16), part = BUF_INIT(1u << 16);
	if (directory)
		buf_print(&path, "%s/", directory);
	buf_text(&path, name);
	out.path = buf_take(&path);
	buf_print(&part, "%s.part", out.path ? out.path : "");
	out.part = buf_take(&part);
	if (out.path && out.part)
		out.file = fopen(out.part, "we");
	if (!out.file) {
		fprintf(stderr, "upward-match: %s: %s\n", name, strerror(errno));
		out.failed = true;
	}
	return out;
}

void out_bytes(struct out_file *out, const void *bytes, size_t len)
{
	if (!out->failed && fwrite(bytes, 1, len, out->file) != len)
		out->failed = true;
}

void out_print(struct out_file *out, const char *format, ...)
{
	va_list values;
	if (out->failed)
		return;
	va_start(values, format);
	if (vfprintf(out->file, format, values) < 0)
		out->failed = true;
	va_end(values);
}

void out_cell(struct out_file *out, const char *text)
{
	if (!strpbrk(text, ",;\"\r\n")) {
		out_bytes(out, text, strlen(text));
		return;
	}
	out_bytes(out, "\"", 1);
	for (const char *c = text; *c; c++)
		out_bytes(out, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
	out_bytes(out, "\"", 1);
}

void out_buf(struct out_file *out, struct buf *b)
{
	if (!buf_ok(b))
		out->failed = true;
	else if (b->len)
		out_bytes(out, b->data, b->len);
	buf_clear(b);
}

static void release(struct out_file *out)
{
	free(out->path);
	free(out->part);
	*out = (struct out_file){ .failed = true };
}

void out_drop(struct out_file *out)
{
	if (out->file) {
		fclose(out->file);
		unlink(out->part);
	}
	release(out);
}

bool out_close(struct out_file *out)
{
	bool good = out->file && !out->failed;
	errno = good ? 0 : errno;
	if (out->file && fclose(out->file) != 0)
		good = false;
	if (good && rename(out->part, out->path) != 0)
		good = false;
	if (!good && out->file) {
		fprintf(stderr, "upward-match: %s: %s\n", out->path,
			errno ? strerror(errno) : "could not be written");
		unlink(out->part);
	}
	release(out);
	return good;
}
