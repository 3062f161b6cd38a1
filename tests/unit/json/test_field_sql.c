/* Values as PostgreSQL input text: an array literal is read back by a reader of its own. */
#include "json/field.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

static char *to_sql(const struct field *field, const json_t *value)
{
	bool failed = true;
	char *text = field_to_sql(field, value, &failed);
	assert_false(failed);
	return text;
}

static void expect(enum field_type type, const char *json, const char *sql)
{
	const struct field field = { .name = "it", .type = type };
	json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
	char *text = to_sql(&field, value);
	if (!sql)
		assert_null(text);
	else
		assert_string_equal(text, sql);
	free(text);
	json_decref(value);
}

static void sql_scalars_are_as_they_are(void **state)
{
	(void)state;
	expect(FIELD_STRING, "\"it's \\\"q\\\" \\\\ {}\"", "it's \"q\" \\ {}");
	expect(FIELD_STRING, "\"\"", "");
	expect(FIELD_STRING, "null", NULL);
	expect(FIELD_INTEGER, "-9223372036854775808", "-9223372036854775808");
	expect(FIELD_NUMBER, "0.1", "0.1");
	expect(FIELD_NUMBER, "3", "3");
	expect(FIELD_BOOLEAN, "true", "true");
	expect(FIELD_BOOLEAN, "false", "false");
	expect(FIELD_OBJECT, "{\"a\":[1,0.1,null,true,\"\\u0001\\\"\"],\"b\":{}}",
		"{\"a\":[1,0.1,null,true,\"\\u0001\\\"\"],\"b\":{}}");
	expect(FIELD_ANY, "\"x\"", "\"x\"");
	assert_null(to_sql(&(struct field){ .type = FIELD_STRING }, NULL));
}

static void sql_numbers_read_back_as_themselves(void **state)
{
	const struct field field = { .name = "it", .type = FIELD_NUMBER };
	struct prng p = { 754 };
	(void)state;
	for (int i = 0; i < 50000; i++) {
		double number = (double)(int64_t)prng_next(&p) /
				(double)(1 + prng_below(&p, 1 << 30));
		json_t *value = json_real(number);
		char *text = to_sql(&field, value);
		assert_true(strtod(text, NULL) == number);
		assert_int_equal(strspn(text, "0123456789.e+-"), strlen(text));
		free(text);
		json_decref(value);
	}
}

/* Reads a one-dimensional array literal by the rules of PostgreSQL's manual, section 8.15.2: into
 * items, NULL for an unquoted NULL. -1 when it is malformed. */
static int read_array(const char *at, char items[][64], bool nulls[])
{
	int count = 0;
	if (*at++ != '{')
		return -1;
	if (*at == '}')
		return at[1] == '\0' ? 0 : -1;
	for (;; at++, count++) {
		size_t len = 0;
		nulls[count] = strncmp(at, "NULL", 4) == 0;
		if (nulls[count]) {
			at += 4;
		} else if (*at++ == '"') {
			while (*at != '"') {
				at += *at == '\\';
				if (*at == '\0')
					return -1;
				items[count][len++] = *at++;
			}
			at++;
		} else {
			return -1;
		}
		items[count][len] = '\0';
		if (*at == '}')
			return at[1] == '\0' ? count + 1 : -1;
		if (*at != ',')
			return -1;
	}
}

static const struct field text_item = { .type = FIELD_STRING, .flags = FIELD_NULLABLE };
static const struct field text_array = {
	.name = "it", .type = FIELD_ARRAY, .members = &text_item, .member_count = 1
};

static void sql_arrays_are_read_back_whatever_they_hold(void **state)
{
	static const char alphabet[] = "\\\"{},N'; \n\tULLa\xc3\xa9";
	struct prng p = { 8152 };
	char items[12][64];
	bool nulls[12];
	(void)state;
	for (int i = 0; i < 50000; i++) {
		json_t *array = json_array();
		int count = (int)prng_below(&p, 12);
		for (int k = 0; k < count; k++) {
			char text[64];
			size_t len = prng_below(&p, 16);
			for (size_t c = 0; c < len; c++)
				text[c] = alphabet[prng_below(&p, sizeof alphabet - 3)];
			if (prng_below(&p, 8) == 0) {
				len = 4;
				memcpy(text, "NULL", 4);
			}
			json_array_append_new(array,
				prng_below(&p, 8) == 0 ? json_null() : json_stringn(text, len));
		}
		char *sql = to_sql(&text_array, array);
		assert_int_equal(read_array(sql, items, nulls), count);
		for (int k = 0; k < count; k++) {
			json_t *item = json_array_get(array, (size_t)k);
			assert_int_equal(nulls[k], json_is_null(item));
			if (!nulls[k])
				assert_string_equal(items[k], json_string_value(item));
		}
		free(sql);
		json_decref(array);
	}
}

static void sql_arrays_of_objects_are_json(void **state)
{
	const struct field item = { .type = FIELD_OBJECT };
	const struct field field = { .type = FIELD_ARRAY, .members = &item, .member_count = 1 };
	json_t *value = json_loads("[{\"a\":1},{}]", 0, NULL);
	char *text = to_sql(&field, value);
	(void)state;
	assert_string_equal(text, "[{\"a\":1},{}]");
	free(text);
	json_decref(value);
}

static void sql_json_is_read_back(void **state)
{
	const struct field field = { .type = FIELD_ANY };
	json_t *value = json_loads("{\"\xc3\xa9\":[[],{},0.1,-7,1e300,\"\\u0007\\\\\",{\"n\":[null,"
				   "false]}],\"z\":\"\"}",
		0, NULL);
	char *text = to_sql(&field, value);
	json_t *again = json_loads(text, 0, NULL);
	(void)state;
	assert_true(json_equal(value, again));
	free(text);
	json_decref(value);
	json_decref(again);
}

static void sql_parameters_become_arrays(void **state)
{
	const struct field plain = { .name = "q", .type = FIELD_STRING };
	bool failed = true;
	char items[4][64];
	bool nulls[4];
	char *text = field_text_to_sql(&text_array, "a,\"b\\,NULL", &failed);
	(void)state;
	assert_false(failed);
	assert_string_equal(text, "{\"a\",\"\\\"b\\\\\",\"NULL\"}");
	assert_int_equal(read_array(text, items, nulls), 3);
	assert_false(nulls[2]);
	assert_string_equal(items[1], "\"b\\");
	free(text);
	text = field_text_to_sql(&plain, "a,b", &failed);
	assert_string_equal(text, "a,b");
	free(text);
	assert_null(field_text_to_sql(&plain, NULL, &failed));
	assert_false(failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sql_scalars_are_as_they_are),
		cmocka_unit_test(sql_numbers_read_back_as_themselves),
		cmocka_unit_test(sql_arrays_are_read_back_whatever_they_hold),
		cmocka_unit_test(sql_arrays_of_objects_are_json),
		cmocka_unit_test(sql_json_is_read_back),
		cmocka_unit_test(sql_parameters_become_arrays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
