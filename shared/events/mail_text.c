#include "events/mail_text.h"

#include <nettle/base64.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"

#define WORD_BYTES  42 /* with =?UTF-8?B? and ?=, 68 characters */
#define PLAIN_BYTES 60

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7F;
}

static bool is_plain(const char *text)
{
	for (const char *at = text; *at; at++)
		if (*at < ' ' || *at > '~')
			return false;
	return strlen(text) <= PLAIN_BYTES && !strstr(text, "=?");
}

/* The bytes of the next word: whole characters. */
static size_t word_length(const char *text)
{
	size_t length = strlen(text);
	if (length <= WORD_BYTES)
		return length;
	for (length = WORD_BYTES; length > WORD_BYTES - 4; length--)
		if (((unsigned char)text[length] & 0xC0) != 0x80)
			break;
	return length;
}

void mail_encode_words(struct buf *out, const char *text)
{
	if (is_plain(text)) {
		buf_text(out, text);
		return;
	}
	for (bool first = true; *text; first = false) {
		char word[BASE64_ENCODE_RAW_LENGTH(WORD_BYTES) + 1];
		uint8_t bytes[WORD_BYTES];
		size_t length = word_length(text);
		for (size_t i = 0; i < length; i++)
			bytes[i] = is_control(text[i]) ? ' ' : (uint8_t)text[i];
		base64_encode_raw(word, length, bytes);
		word[BASE64_ENCODE_RAW_LENGTH(length)] = '\0';
		buf_print(out, "%s=?UTF-8?B?%s?=", first ? "" : "\r\n ", word);
		text += length;
	}
}

void mail_date(int64_t seconds, char ret_date[MAIL_DATE])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const struct civil c = civil_from_seconds(seconds);
	int day = civil_weekday(civil_days(c.year, c.month, c.day));
	snprintf(ret_date, MAIL_DATE, "%.3s, %d %.3s %04d %02d:%02d:%02d +0000",
		days + (size_t)3 * (size_t)day, c.day, months + (size_t)3 * (size_t)(c.month - 1),
		c.year, c.hour, c.minute, c.second);
}
