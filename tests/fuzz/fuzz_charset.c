/*
 * Text in another encoding; the first byte chooses which, and how large its pieces are. Laws: the
 * pieces make no difference; what is told from Windows-1252 and UTF-16 is well-formed, of UTF-16
 * what libunistring says; and the file parser takes whatever comes out.
 */
#include <unistr.h>
#include "base/buf.h"
#include "base/charset.h"
#include "base/str.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "profiles/employee_file/file.h"

#define TEXT_MOST ((size_t)1 << 20)

static enum recode_outcome recode(
	enum charset charset, const char *bytes, size_t size, size_t piece, struct buf *out)
{
	char text[RECODER_ROOM];
	struct recoder r;
	size_t made;
	enum recode_outcome outcome = RECODE_GOOD;
	recoder_init(&r, charset);
	for (size_t at = 0; at < size && outcome == RECODE_GOOD; at += piece) {
		const char *in = bytes + at;
		size_t left = size - at < piece ? size - at : piece;
		while (left > 0 && outcome == RECODE_GOOD) {
			size_t before = left;
			outcome = recoder_next(&r, &in, &left, text, sizeof text, &made);
			LAW(outcome != RECODE_GOOD || left < before || made > 0);
			buf_add(out, text, made);
		}
	}
	if (outcome == RECODE_GOOD) {
		outcome = recoder_end(&r, text, sizeof text, &made);
		buf_add(out, text, made);
	}
	recoder_release(&r);
	LAW(outcome != RECODE_FAILED && buf_ok(out));
	return outcome;
}

/* UTF-16 with a mark, by another hand. */
static void check_utf16(
	const uint8_t *data, size_t size, enum recode_outcome outcome, const struct buf *text)
{
	size_t count = size / 2 - 1, len = 0;
	uint16_t *units = malloc(2 * count + 2);
	LAW(units);
	for (size_t i = 0; i < count; i++) {
		const uint8_t *unit = data + 2 + 2 * i;
		units[i] = (uint16_t)(data[0] == 0xff ? unit[0] | unit[1] << 8
						      : unit[1] | unit[0] << 8);
	}
	uint8_t *told = u16_to_u8(units, count, NULL, &len);
	LAW((outcome == RECODE_GOOD) == (told && size % 2 == 0));
	if (outcome == RECODE_GOOD)
		LAW(len == text->len && (len == 0 || memcmp(told, text->data, len) == 0));
	free(told);
	free(units);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum charset charsets[] = { CHARSET_UTF8, CHARSET_UTF16,
		CHARSET_WINDOWS_1252 };
	struct buf whole = BUF_INIT(TEXT_MOST), pieces = BUF_INIT(TEXT_MOST);
	struct import_file file;
	if (size < 2)
		return 0;
	enum charset charset = charsets[data[0] % 3];
	size_t piece = 1 + data[0] / 3 % 8;
	data++;
	size--;
	const char *bytes = (const char *)data;
	enum recode_outcome outcome = recode(charset, bytes, size, size, &whole);
	LAW(recode(charset, bytes, size, piece, &pieces) == outcome);
	bool marked = size >= 2 &&
		      (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0);
	if (marked)
		check_utf16(data, size, outcome, &whole);
	if (outcome == RECODE_GOOD) {
		LAW(whole.len == pieces.len);
		LAW(whole.len == 0 || memcmp(whole.data, pieces.data, whole.len) == 0);
		const char *text = whole.data ? whole.data : "";
		if (charset != CHARSET_UTF8 && strncmp(text, "\xef\xbb\xbf", 3) != 0)
			LAW(!u8_check((const uint8_t *)text, whole.len));
		if (str_is_utf8(text, whole.len, NULL)) {
			LAW(import_file_read(
				"01890000-0000-7000-8000-000000000000", NULL, text, whole.len,
				&file));
			import_file_release(&file);
		}
	}
	buf_release(&whole);
	buf_release(&pieces);
	return 0;
}
