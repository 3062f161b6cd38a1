/* Field tables: each fault has its pointer and code, all come at once, nothing good is refused. */
#include "json/field.h"
#include "support/unit/unit.h"

static const char *const statuses[] = { "draft", "open", NULL };
static const struct field tag = { .type = FIELD_STRING, .min = 1, .max = 5 };
static const struct field point_members[] = {
	{ .name = "x", .type = FIELD_INTEGER, .flags = FIELD_REQUIRED, .min = -5, .max = 5 },
	{ .name = "y", .type = FIELD_NUMBER },
};
static const struct field point = {
	.type = FIELD_OBJECT, .members = point_members, .member_count = 2
};
static const struct field table[] = {
	{ .name = "title", .type = FIELD_STRING, .flags = FIELD_REQUIRED, .min = 2, .max = 4 },
	{ .name = "status", .type = FIELD_STRING, .values = statuses },
	{ .name = "note", .type = FIELD_STRING, .flags = FIELD_NULLABLE },
	{ .name = "weight", .type = FIELD_NUMBER, .min = 0, .max = 1 },
	{ .name = "level", .type = FIELD_INTEGER, .min = 0, .max = 20 },
	{ .name = "open", .type = FIELD_BOOLEAN },
	{ .name = "due_on", .type = FIELD_DATE },
	{ .name = "tags",
		.type = FIELD_ARRAY,
		.flags = FIELD_UNIQUE,
		.min = 1,
		.max = 3,
		.members = &tag,
		.member_count = 1 },
	{ .name = "points", .type = FIELD_ARRAY, .members = &point, .member_count = 1 },
	{ .name = "a/b~c",
		.type = FIELD_OBJECT,
		.flags = FIELD_OPEN,
		.members = point_members,
		.member_count = 2 },
	{ .name = "any", .type = FIELD_ANY },
};

/* "pointer code; pointer code" of the faults of a body. */
static const char *faults_of(const char *body)
{
	static char text[4000];
	owned(faults_release) struct faults f = { 0 };
	json_t *value = json_loads(body, JSON_DECODE_ANY, NULL);
	assert_non_null(value);
	bool good = field_check(table, sizeof table / sizeof *table, value, "", &f);
	json_decref(value);
	assert_int_equal(good, f.count == 0);
	text[0] = '\0';
	for (size_t i = 0; i < f.count; i++) {
		size_t len = strlen(text);
		assert_int_not_equal(f.items[i].message[0], '\0');
		assert_false(f.items[i].parameter);
		snprintf(text + len, sizeof text - len, "%s%s %s", i > 0 ? "; " : "",
			f.items[i].pointer, f.items[i].code);
	}
	return text;
}

#define EXPECT(body, faults) assert_string_equal(faults_of(body), faults)

static void field_takes_what_fits(void **state)
{
	(void)state;
	EXPECT("{\"title\":\"ab\"}", "");
	EXPECT("{\"title\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\",\"note\":null,\"weight\":0.5}", "");
	EXPECT("{\"title\":\"ab\",\"status\":\"open\",\"level\":20,\"open\":false,"
	       "\"due_on\":\"2024-02-29\",\"tags\":[\"a\",\"b\"],\"points\":[],"
	       "\"any\":{\"x\":[null]},\"a/b~c\":{\"x\":1,\"other\":true}}",
		"");
	EXPECT("{\"title\":\"ab\",\"weight\":1,\"points\":[{\"x\":-5},{\"x\":5,\"y\":1e9}]}", "");
}

static void field_names_each_fault(void **state)
{
	(void)state;
	EXPECT("[]", " type");
	EXPECT("null", " type");
	EXPECT("{}", "/title required");
	EXPECT("{\"title\":null}", "/title null");
	EXPECT("{\"title\":7}", "/title type");
	EXPECT("{\"title\":\"a\"}", "/title too_short");
	EXPECT("{\"title\":\"abcde\"}", "/title too_long");
	EXPECT("{\"title\":\"ab\",\"status\":\"closed\"}", "/status not_allowed");
	EXPECT("{\"title\":\"ab\",\"status\":null}", "/status null");
	EXPECT("{\"title\":\"ab\",\"weight\":1.5}", "/weight too_large");
	EXPECT("{\"title\":\"ab\",\"weight\":-0.1}", "/weight too_small");
	EXPECT("{\"title\":\"ab\",\"weight\":\"1\"}", "/weight type");
	EXPECT("{\"title\":\"ab\",\"level\":21}", "/level too_large");
	EXPECT("{\"title\":\"ab\",\"level\":-1}", "/level too_small");
	EXPECT("{\"title\":\"ab\",\"level\":3.0}", "/level type");
	EXPECT("{\"title\":\"ab\",\"level\":true}", "/level type");
	EXPECT("{\"title\":\"ab\",\"open\":1}", "/open type");
	EXPECT("{\"title\":\"ab\",\"due_on\":\"2023-02-29\"}", "/due_on format");
	EXPECT("{\"title\":\"ab\",\"due_on\":20240229}", "/due_on type");
	EXPECT("{\"title\":\"ab\",\"tags\":{}}", "/tags type");
	EXPECT("{\"title\":\"ab\",\"tags\":[]}", "/tags too_few");
	EXPECT("{\"title\":\"ab\",\"tags\":[\"a\",\"b\",\"c\",\"d\"]}", "/tags too_many");
	EXPECT("{\"title\":\"ab\",\"tags\":[\"a\",\"b\",\"a\"]}", "/tags not_unique");
	EXPECT("{\"title\":\"ab\",\"tags\":[\"a\",\"\",7]}", "/tags/1 too_short; /tags/2 type");
	EXPECT("{\"title\":\"ab\",\"points\":[{\"x\":1},{\"y\":1,\"z\":2}]}",
		"/points/1/x required; /points/1/z unknown_member");
	EXPECT("{\"title\":\"ab\",\"a/b~c\":{\"x\":9}}", "/a~1b~0c/x too_large");
	EXPECT("{\"title\":\"ab\",\"Title\":1,\"~/\":2}",
		"/Title unknown_member; /~0~1 unknown_member");
}

static void field_collects_all_faults(void **state)
{
	(void)state;
	EXPECT("{\"status\":7,\"weight\":2,\"open\":null,\"tags\":[1,2],\"extra\":{}}",
		"/title required; /status type; /weight too_large; /open null; /tags/0 type; "
		"/tags/1 type; /extra unknown_member");
}

static void field_stops_telling_after_the_most(void **state)
{
	owned(faults_release) struct faults f = { 0 };
	json_t *body = json_object();
	(void)state;
	for (int i = 0; i < 100; i++) {
		char name[20];
		snprintf(name, sizeof name, "x%d", i);
		json_object_set_new(body, name, json_true());
	}
	assert_false(field_check(table, 1, body, "/inner", &f));
	assert_int_equal(f.count, FAULTS_MOST);
	assert_true(f.more);
	assert_string_equal(f.items[0].pointer, "/inner/title");
	json_decref(body);
}

static void field_cuts_a_long_pointer_between_characters(void **state)
{
	char name[1001] = "";
	owned(faults_release) struct faults f = { 0 };
	json_t *body = json_object();
	(void)state;
	for (int i = 0; i < 250; i++)
		memcpy(name + (size_t)i * 4, "\xf0\x9f\x98\x80", 5);
	json_object_set_new(body, name, json_true());
	assert_false(field_check(NULL, 0, body, "", &f));
	assert_int_equal(f.count, 1);
	size_t len = strlen(f.items[0].pointer);
	assert_in_range(len, 100, sizeof f.items[0].pointer - 1);
	assert_int_equal(len % 4, 1);
	assert_memory_equal(f.items[0].pointer + 1, name, len - 1);
	json_decref(body);
}

/* One format each by its own checker: a good text, a bad one. */
static void field_checks_formats(void **state)
{
	static const struct {
		enum field_type type;
		const char *good, *bad;
	} cases[] = {
		{ FIELD_UUID, "0190b6f0-1111-7abc-8def-0123456789ab", "0190b6f0" },
		{ FIELD_DATE, "2024-02-29", "2024-2-29" },
		{ FIELD_INSTANT, "2024-02-29T10:00:00Z", "2024-02-29T10:00:00" },
		{ FIELD_LOCAL_TIME, "23:59", "24:00" },
		{ FIELD_LOCAL_END, "24:00", "24:30" },
		{ FIELD_TIME_ZONE, "Asia/Kathmandu", "Asia/Katmandoo" },
		{ FIELD_EMAIL, "a@b.de", "a@b" },
		{ FIELD_LANGUAGE, "pt-BR", "portuguese" },
		{ FIELD_COUNTRY, "BR", "UK" },
		{ FIELD_PLACE, "DE-BY", "UK-ENG" },
		{ FIELD_URI, "https://example.com/", "example.com" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct field field = { .name = "it", .type = cases[i].type };
		owned(faults_release) struct faults f = { 0 };
		char *other;
		json_t *good = json_string(cases[i].good), *bad = json_string(cases[i].bad);
		assert_true(field_check_value(&field, good, "/it", &f));
		assert_true(field_check_text(&field, cases[i].good, &f, &other));
		assert_null(other);
		assert_int_equal(f.count, 0);
		assert_false(field_check_value(&field, bad, "/it", &f));
		assert_false(field_check_text(&field, cases[i].bad, &f, &other));
		assert_int_equal(f.count, 2);
		assert_string_equal(f.items[0].code, "format");
		assert_string_equal(f.items[1].code, "format");
		json_decref(good);
		json_decref(bad);
	}
}

/* Texts are put into the form in which they are stored, deep inside too, and checked in that form.
 */
static void field_takes_texts_in(void **state)
{
	const struct field line = {
		.name = "it", .type = FIELD_STRING, .text = TEXT_LINE, .max = 3
	};
	const struct field all = { .name = "all",
		.type = FIELD_ARRAY,
		.flags = FIELD_UNIQUE,
		.members = &line,
		.member_count = 1 };
	owned(faults_release) struct faults f = { 0 };
	char *other = NULL;
	json_t *value = json_pack("[s, s]", " e\u0301e\u0301e\u0301 ", "abc");
	(void)state;
	assert_true(field_check_value(&all, value, "/all", &f));
	assert_true(f.rewritten);
	assert_string_equal(json_string_value(json_array_get(value, 0)), "\u00e9\u00e9\u00e9");
	json_decref(value);
	value = json_pack("[s, s, s]", "abc ", "abc", "a\u200b");
	assert_false(field_check_value(&all, value, "/all", &f));
	assert_int_equal(f.count, 1);
	assert_string_equal(f.items[0].pointer, "/all/2");
	assert_string_equal(f.items[0].message, "contains U+200B, which is invisible");
	json_array_remove(value, 2);
	assert_false(field_check_value(&all, value, "/all", &f));
	assert_string_equal(f.items[1].code, "not_unique");
	json_decref(value);
	assert_true(field_check_text(&line, " ab\u00a0", &f, &other));
	assert_string_equal(other, "ab");
	free(other);
	assert_true(field_check_text(&all, " ab,c", &f, &other));
	assert_string_equal(other, "ab,c");
	free(other);
}

/* Another spelling of an instant is the same instant, in a body and beside it. */
static void field_takes_instants_of_any_offset(void **state)
{
	const struct field at = { .name = "at", .type = FIELD_INSTANT, .max = 35 };
	owned(faults_release) struct faults f = { 0 };
	char *other = NULL;
	json_t *value = json_string("2026-12-01T01:00:00+01:00");
	(void)state;
	assert_true(field_check_value(&at, value, "/at", &f));
	assert_true(f.rewritten);
	assert_string_equal(json_string_value(value), "2026-12-01T00:00:00Z");
	assert_true(field_check_text(&at, "2026-12-01T00:00:00+00:00", &f, &other));
	assert_string_equal(other, "2026-12-01T00:00:00Z");
	free(other);
	json_decref(value);
}

/* What may be said is listed, however long the value that was sent. */
static void field_lists_what_is_allowed(void **state)
{
	static const char *const reasons[] = { "ill", "busy", "travel", "other", NULL };
	const struct field reason = {
		.name = "reason", .type = FIELD_STRING, .values = reasons, .max = 6
	};
	owned(faults_release) struct faults f = { 0 };
	json_t *value = json_string("Travel; sorry");
	(void)state;
	assert_false(field_check_value(&reason, value, "/reason", &f));
	assert_string_equal(f.items[0].code, "not_allowed");
	assert_string_equal(f.items[0].message, "must be one of ill, busy, travel, other");
	json_decref(value);
}

/* "code" of a parameter's fault, "" when it was taken. */
static const char *text_code(const struct field *field, const char *text)
{
	static struct faults f;
	faults_release(&f);
	owned_text char *other = NULL;
	if (field_check_text(field, text, &f, &other)) {
		assert_int_equal(f.count, 0);
		return "";
	}
	assert_int_equal(f.count, 1);
	assert_true(f.items[0].parameter);
	assert_string_equal(f.items[0].pointer, field->name);
	return f.items[0].code;
}

static void field_checks_parameters(void **state)
{
	const struct field limit = { .name = "limit", .type = FIELD_INTEGER, .min = 1, .max = 200 };
	const struct field share = { .name = "share", .type = FIELD_NUMBER, .min = 0, .max = 1 };
	const struct field all = { .name = "all", .type = FIELD_BOOLEAN };
	const struct field item = { .type = FIELD_STRING, .values = statuses };
	const struct field status = { .name = "status",
		.type = FIELD_ARRAY,
		.flags = FIELD_UNIQUE,
		.max = 3,
		.members = &item,
		.member_count = 1 };
	(void)state;
	assert_string_equal(text_code(&limit, "200"), "");
	assert_string_equal(text_code(&limit, "0"), "too_small");
	assert_string_equal(text_code(&limit, "201"), "too_large");
	assert_string_equal(text_code(&limit, "1e2"), "type");
	assert_string_equal(text_code(&limit, ""), "type");
	assert_string_equal(text_code(&share, "0.25"), "");
	assert_string_equal(text_code(&share, "2.5e-1"), "");
	assert_string_equal(text_code(&share, "1.5"), "too_large");
	for (const char *const *bad = (const char *const[]){ "", "-", ".5", "5.", "00.5", "+1",
		     "0x1", "nan", "inf", "1e", "1e400", "0.5 ", NULL };
		*bad; bad++)
		assert_string_equal(text_code(&share, *bad), "type");
	assert_string_equal(text_code(&all, "true"), "");
	assert_string_equal(text_code(&all, "TRUE"), "type");
	assert_string_equal(text_code(&status, "open"), "");
	assert_string_equal(text_code(&status, "open,draft"), "");
	assert_string_equal(text_code(&status, "open,closed"), "not_allowed");
	assert_string_equal(text_code(&status, "open,open"), "not_unique");
	assert_string_equal(text_code(&status, "open,"), "too_short");
	assert_string_equal(text_code(&status, ""), "too_short");
	assert_string_equal(text_code(&status, "open,draft,open,draft"), "too_many");
}

static void field_refuses_a_parameter_that_is_no_utf8(void **state)
{
	const struct field name = { .name = "name", .type = FIELD_STRING, .max = 3 };
	(void)state;
	assert_string_equal(text_code(&name, "\xc3\xa9\xc3\xa9\xc3\xa9"), "");
	assert_string_equal(text_code(&name, "a\xff"), "format");
	assert_string_equal(text_code(&name, "abcd"), "too_long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(field_takes_what_fits),
		cmocka_unit_test(field_names_each_fault),
		cmocka_unit_test(field_collects_all_faults),
		cmocka_unit_test(field_stops_telling_after_the_most),
		cmocka_unit_test(field_cuts_a_long_pointer_between_characters),
		cmocka_unit_test(field_checks_formats),
		cmocka_unit_test(field_takes_texts_in),
		cmocka_unit_test(field_takes_instants_of_any_offset),
		cmocka_unit_test(field_lists_what_is_allowed),
		cmocka_unit_test(field_checks_parameters),
		cmocka_unit_test(field_refuses_a_parameter_that_is_no_utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
