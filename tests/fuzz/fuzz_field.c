/*
 * A body from its bytes to SQL text. Laws: a refusal has exactly one fault and a value none; what a
 * table takes gives SQL text; JSON text reads back as the same value; every fault and problem is
 * valid UTF-8 and JSON.
 */
#include "base/str.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "json/field.h"

static const char *const words[] = { "a", "draft", NULL };
static const struct field item = {
	.type = FIELD_STRING, .flags = FIELD_NULLABLE, .text = TEXT_LINE, .max = 9
};
static const struct field inner[] = {
	{ .name = "a", .type = FIELD_INTEGER, .flags = FIELD_REQUIRED, .min = -9, .max = 9 },
	{ .name = "b", .type = FIELD_DATE },
	{ .name = "c", .type = FIELD_INSTANT },
};
static const struct field table[] = {
	{ .name = "a", .type = FIELD_STRING, .flags = FIELD_NULLABLE },
	{ .name = "b", .type = FIELD_NUMBER },
	{ .name = "c",
		.type = FIELD_ARRAY,
		.flags = FIELD_UNIQUE,
		.members = &item,
		.member_count = 1 },
	{ .name = "d", .type = FIELD_OBJECT, .members = inner, .member_count = 3 },
	{ .name = "e", .type = FIELD_ANY },
	{ .name = "f", .type = FIELD_STRING, .values = words },
	{ .name = "g", .type = FIELD_BOOLEAN },
	{ .name = "h", .type = FIELD_OBJECT, .flags = FIELD_OPEN },
};

static void check_faults(const struct faults *f)
{
	struct buf out = BUF_INIT(1 << 20);
	for (size_t i = 0; i < f->count; i++) {
		LAW(str_is_utf8(f->items[i].pointer, strlen(f->items[i].pointer), NULL));
		LAW(str_is_utf8(f->items[i].message, strlen(f->items[i].message), NULL));
		LAW(f->items[i].code[0] != '\0');
	}
	problem_write(
		&out, &(struct problem){
			      .base_url = "https://x.example", .request_id = "r", .faults = f });
	json_t *value = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, NULL);
	LAW(value);
	json_decref(value);
	buf_release(&out);
}

static void check_sql(const struct field *field, const json_t *value)
{
	bool failed = true;
	char *text = field_to_sql(field, value, &failed);
	LAW(!failed);
	LAW((text == NULL) == (value == NULL || json_is_null(value)));
	if (text)
		LAW(str_is_utf8(text, strlen(text), NULL));
	if (text && field->type == FIELD_ANY) {
		json_t *again = json_loads(text, JSON_DECODE_ANY, NULL);
		LAW(again && (json_equal(again, value) || json_is_real(value) ||
				     !json_is_string(value)));
		json_decref(again);
	}
	free(text);
}

static void check_text(const uint8_t *data, size_t size)
{
	owned(faults_release) struct faults f = { 0 };
	bool failed = true;
	char *text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	char *other = NULL;
	if (field_check_text(&table[2], text, &f, &other)) {
		char *sql = field_text_to_sql(&table[2], other ? other : text, &failed);
		LAW(sql && !failed && sql[0] == '{');
		free(sql);
	}
	free(other);
	(void)!field_check_text(&table[1], text, &f, &other);
	free(other);
	check_faults(&f);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(faults_release) struct faults f = { 0 };
	json_t *value = field_parse((const char *)data, size, &f);
	LAW(f.count == (value ? 0 : 1));
	if (value) {
		bool good = field_check(table, COUNT(table), value, "", &f);
		LAW(good == (f.count == 0));
		for (size_t i = 0; good && i < COUNT(table); i++)
			check_sql(&table[i], json_object_get(value, table[i].name));
		check_sql(&(struct field){ .type = FIELD_ANY }, value);
		json_decref(value);
	}
	check_faults(&f);
	check_text(data, size);
	return 0;
}
