/* Problem details: the table is whole, and what is written is one JSON object of RFC 9457. */
#include <jansson.h>

#include "base/str.h"
#include "base/utf8.h"
#include "json/problem.h"
#include "support/unit/unit.h"

static json_t *write_problem(const struct problem *p)
{
	struct buf out = BUF_INIT(65536);
	problem_write(&out, p);
	assert_true(buf_ok(&out));
	json_t *value = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(value);
	buf_release(&out);
	return value;
}

static const char *member(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void problem_table_is_whole_and_without_doubles(void **state)
{
	(void)state;
	assert_true(PROBLEM_COUNT > 2);
	for (int i = 0; i < PROBLEM_COUNT; i++) {
		enum problem_code code = PROBLEM_COUNT;
		assert_true(problem_find(problem_kinds[i].code, &code));
		assert_int_equal(code, i);
		assert_in_range(problem_kinds[i].status, 400, 599);
		assert_true(strlen(problem_kinds[i].title) > 3);
	}
	enum problem_code code = PROBLEM_COUNT;
	assert_false(problem_find("no_such_code", &code));
	assert_false(problem_find("", &code));
	assert_int_equal(code, PROBLEM_COUNT);
}

static void problem_constraints_are_found_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < constraint_problem_count; i++)
		assert_ptr_equal(problem_of_constraint(constraint_problems[i].constraint),
			&constraint_problems[i]);
	assert_null(problem_of_constraint("no_such_constraint"));
	assert_null(problem_of_constraint(""));
}

static void problem_writes_every_kind(void **state)
{
	(void)state;
	for (int i = 0; i < PROBLEM_COUNT; i++) {
		const struct problem_kind *kind = &problem_kinds[i];
		const struct problem p = { .code = (enum problem_code)i,
			.detail = "a \"detail\"\n",
			.instance = "/api/v1/pairs/7",
			.request_id = "r-1",
			.base_url = "https://upward.example" };
		char type[200];
		json_t *value = write_problem(&p);
		snprintf(type, sizeof type, "https://upward.example/problems/%s", kind->code);
		assert_string_equal(member(value, "type"), type);
		assert_string_equal(member(value, "code"), kind->code);
		assert_string_equal(member(value, "title"), kind->title);
		assert_string_equal(member(value, "detail"), "a \"detail\"\n");
		assert_string_equal(member(value, "request_id"), "r-1");
		assert_int_equal(
			json_integer_value(json_object_get(value, "status")), kind->status);
		if (kind->status == 401 || kind->status == 404)
			assert_null(member(value, "instance"));
		else
			assert_string_equal(member(value, "instance"), "/api/v1/pairs/7");
		assert_null(json_object_get(value, "errors"));
		json_decref(value);
	}
}

static void problem_lists_faults_and_further_members(void **state)
{
	owned(faults_release) struct faults f = { 0 };
	(void)state;
	faults_add(&f, false, "/a~1b", "too_long", "must have at most %d characters", 5);
	faults_add(&f, true, "limit", "type", "must be an integer");
	const struct problem p = { .request_id = "r-2",
		.base_url = "https://x.example",
		.faults = &f,
		.extra = "\"current_status\":\"draft\",\"n\":1" };
	json_t *value = write_problem(&p);
	json_t *errors = json_object_get(value, "errors");
	assert_int_equal(json_array_size(errors), 2);
	assert_string_equal(member(json_array_get(errors, 0), "pointer"), "/a~1b");
	assert_string_equal(member(json_array_get(errors, 0), "code"), "too_long");
	assert_string_equal(
		member(json_array_get(errors, 0), "message"), "must have at most 5 characters");
	assert_null(member(json_array_get(errors, 0), "parameter"));
	assert_string_equal(member(json_array_get(errors, 1), "parameter"), "limit");
	assert_string_equal(member(value, "current_status"), "draft");
	assert_null(member(value, "detail"));
	assert_null(json_object_get(value, "more_errors"));
	json_decref(value);
}

static void faults_keep_the_first_and_say_that_there_are_more(void **state)
{
	owned(faults_release) struct faults f = { 0 };
	(void)state;
	for (int i = 0; i < FAULTS_MOST; i++)
		faults_add(&f, false, "/x", "type", "fault %d", i);
	assert_false(f.more);
	faults_add(&f, false, "/x", "type", "one too many");
	assert_true(f.more);
	assert_int_equal(f.count, FAULTS_MOST);
	assert_string_equal(f.items[FAULTS_MOST - 1].message, "fault 31");
	json_t *value = write_problem(&(struct problem){
		.request_id = "r", .base_url = "https://x.example", .faults = &f });
	assert_true(json_is_true(json_object_get(value, "more_errors")));
	json_decref(value);
}

static void faults_are_cut_between_characters(void **state)
{
	char text[700] = "";
	owned(faults_release) struct faults f = { 0 };
	(void)state;
	for (int i = 0; i < 200; i++)
		memcpy(text + (size_t)i * 3, "\xe2\x82\xac", 4);
	faults_add(&f, false, text, text, "x%s", text);
	assert_true(str_is_utf8(f.items[0].pointer, strlen(f.items[0].pointer), NULL));
	assert_true(str_is_utf8(f.items[0].code, strlen(f.items[0].code), NULL));
	assert_true(str_is_utf8(f.items[0].message, strlen(f.items[0].message), NULL));
	assert_int_equal(strlen(f.items[0].pointer), 159);
	assert_int_equal(strlen(f.items[0].code), 30);
	assert_int_equal(strlen(f.items[0].message), 199);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(problem_table_is_whole_and_without_doubles),
		cmocka_unit_test(problem_constraints_are_found_by_name),
		cmocka_unit_test(problem_writes_every_kind),
		cmocka_unit_test(problem_lists_faults_and_further_members),
		cmocka_unit_test(faults_keep_the_first_and_say_that_there_are_more),
		cmocka_unit_test(faults_are_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
