/*
 * The intake of text; the first byte chooses the kind. Laws: what is taken is UTF-8 of the length
 * that was said, stands when it is taken again, and holds no control character but a line's own.
 */
#include "base/str.h"
#include "base/text.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"

static void check(enum text_kind kind, const char *text, size_t size)
{
	struct text taken, again;
	char message[80];
	enum text_fault fault = text_take(kind, text, size, &taken);
	LAW(fault != TEXT_NO_MEMORY);
	if (fault) {
		LAW(!taken.changed);
		text_say(fault, taken.culprit, message, sizeof message);
		LAW(strlen(message) > 10 && strlen(message) < sizeof message - 1);
		return;
	}
	const char *stored = taken.changed ? taken.changed : text;
	size_t len = taken.changed ? strlen(stored) : size, characters;
	LAW(str_is_utf8(stored, len, &characters) && characters == taken.characters);
	LAW(!memchr(stored, '\0', len));
	LAW(text_take(kind, stored, len, &again) == TEXT_GOOD && !again.changed);
	for (size_t i = 0; kind != TEXT_EXACT && i < len; i++)
		LAW((unsigned char)stored[i] >= ' ' ||
			(kind == TEXT_LINES && (stored[i] == '\n' || stored[i] == '\t')));
	if (kind == TEXT_KEY || kind == TEXT_EXACT)
		LAW(len == 0 || memmem(text, size, stored, len));
	free(taken.changed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum text_kind kinds[] = { TEXT_EXACT, TEXT_LINE, TEXT_LINES, TEXT_KEY };
	if (size > 0)
		check(kinds[data[0] % 4], (const char *)data + 1, size - 1);
	return 0;
}
