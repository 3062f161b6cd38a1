/*
 * Every exact conversion on the same text. Laws: none reads past the NUL (sanitizers); what has one
 * form only is written back as it was; formats that exclude each other do; JSON strings parse.
 */
#include <inttypes.h>
#include <jansson.h>

#include "base/base64url.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/country.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/zone.h"
#include "fuzz/fuzz.h"
#include "ops/config.h"

static void check_formats(const char *text)
{
	char utc[STR_INSTANT], again[STR_INSTANT];
	int date = str_is_date(text), instant = str_to_instant(text, utc), uuid = str_is_uuid(text);
	int mail = str_is_email(text), uri = str_is_uri(text), country = str_is_country(text);
	int language = str_is_language(text), clock = str_is_local_time(text);
	LAW(date + instant + uuid + mail + uri + country + clock <= 1);
	LAW(!instant || (str_to_instant(utc, again) && strcmp(utc, again) == 0));
	LAW(!(language && (date || instant || uuid || mail || uri || country || clock)));
	if (date + instant + uuid + mail + uri + country + clock + language > 0)
		LAW(str_is_visible_ascii(text, strlen(text)));
}

static void check_values(const char *text)
{
	int64_t number, seconds;
	unsigned char *bytes;
	size_t len;
	char back[32];
	if (str_to_i64(text, &number) && strcmp(text, "-0") != 0) {
		snprintf(back, sizeof back, "%" PRId64, number);
		LAW(strcmp(back, text) == 0);
	}
	if (str_from_base64url(text, &bytes, &len)) {
		char *again = str_base64url(bytes, len);
		LAW(again && strcmp(again, text) == 0);
		free(again);
		free(bytes);
	}
	if (local_to_utc("Europe/Dublin", text, false, &seconds) == ZONE_DONE) {
		char wall[ZONE_LOCAL_TEXT];
		int offset;
		if (utc_to_local("Europe/Dublin", seconds, wall, &offset) == ZONE_DONE)
			LAW(strncmp(wall, text, strlen(text)) == 0);
	}
}

static void check_json(const char *text)
{
	struct buf b = BUF_INIT(1 << 20);
	buf_json(&b, text);
	json_t *value = b.failed ? NULL : json_loadb(b.data, b.len, JSON_DECODE_ANY, NULL);
	LAW(b.failed || value);
	if (value && str_is_utf8(text, strlen(text), NULL))
		LAW(strcmp(json_string_value(value), text) == 0);
	json_decref(value);
	buf_clear(&b);
	config_mask_dsn(text, &b);
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t characters = 0;
	if (str_is_utf8((const char *)data, size, &characters))
		LAW(characters <= size);
	char *text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	check_formats(text);
	check_values(text);
	check_json(text);
	free(text);
	return 0;
}
