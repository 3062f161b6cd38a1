#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "base/cleanup.h"
#include "company.h"

static const char people[] = PEOPLE_HEADER
	"P-5,eve,Eve,Arslan,eve@example.org,Counsel,Legal,Paris,FR,Europe/"
	"Paris,3,P-1,2019-02-01,true\n"
	"P-3,cem,Cem,Arslan,cem@example.org,Analyst,Finance,Berlin,DE,Europe/"
	"Berlin,1,P-2,2023-09-01,"
	"true\n"
	"P-4,dora,Dora,Diaz,dora@example.org,Data Analyst,Finance,Berlin,DE,Europe/Berlin,1,P-2,"
	"2024-01-15,true\n"
	"P-2,ben,Ben,Brook,ben@example.org,Controller,Finance,Berlin,DE,Europe/Berlin,3,P-1,"
	"2017-05-02,true\n"
	"P-6,finn,Finn,Falk,finn@example.org,Analyst,Finance,Berlin,DE,Europe/"
	"Berlin,1,P-2,2020-01-01,"
	"false\n"
	"P-1,ada,Ada,Osei,ada@example.org,Chief "
	"Executive,Board,Berlin,DE,Europe/Berlin,5,,2010-01-04,"
	"true\n";

int company_arrives(void **state)
{
	(void)state;
	struct api_reply *import = api_import(people, NULL);
	assert_string_equal(api_text(import, "status"), "done");
	assert_int_equal(api_integer(import, "counts.created"), 6);
	return 0;
}

struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

const char *id_of(const char *user_name)
{
	return api_text(api_expect(api_get(as(user_name), "/api/v1/people/me"), 200), "id");
}

const char *awkward(unsigned seed)
{
	static const char *const pieces[] = { "|", "\\\\", "\\\"", "'", "=", "+", "-", "@", ":",
		";", ",", "a", "Z", " ", "\xc3\xa9", "\xe6\xbc\xa2", "\\\\|", "'=", "1" };
	static char text[200];
	unsigned state = seed * 2654435761U + 1;
	text[0] = '\0';
	for (unsigned left = 1 + seed % 9; left > 0; left--) {
		state = state * 1664525U + 1013904223U;
		strcat(text, pieces[(state >> 16) % COUNT(pieces)]);
	}
	sprintf(text + strlen(text), "%u", seed);
	return text;
}

void expect_same_refusal(const struct api_reply *one, const struct api_reply *other)
{
	json_t *a = json_copy(one->body), *b = json_copy(other->body);
	assert_int_equal(one->status, other->status);
	assert_int_equal(json_object_del(a, "request_id"), 0);
	assert_int_equal(json_object_del(b, "request_id"), 0);
	assert_true(json_equal(a, b));
	json_decref(a);
	json_decref(b);
}

bool list_has(const struct api_reply *reply, const char *list, const char *text)
{
	size_t at;
	json_t *item;
	json_array_foreach(api_member(reply, list), at, item)
	{
		if (json_is_string(item) && strcmp(json_string_value(item), text) == 0)
			return true;
	}
	return false;
}

const char *faults_of(const struct api_reply *import)
{
	static char told[4000];
	size_t at, used = 0;
	json_t *item;
	struct api_reply *rows = api_expect(
		api_get(api_as("hris", NULL), "/api/v1/imports/%s/rows?limit=200",
			api_text(import, "id")),
		200);
	told[0] = '\0';
	json_array_foreach(api_member(rows, "items"), at, item)
	{
		const char *column = json_string_value(json_object_get(item, "column"));
		used += (size_t)snprintf(told + used, sizeof told - used, "%lld %s %s; ",
			(long long)json_integer_value(json_object_get(item, "line")),
			column ? column : "-", json_string_value(json_object_get(item, "code")));
		assert_true(used < sizeof told);
	}
	return told;
}

void expect_status(const struct api_reply *import, const char *status, const char *problem)
{
	assert_string_equal(api_text(import, "status"), status);
	if (problem)
		assert_string_equal(api_text(import, "problem"), problem);
	else
		assert_true(json_is_null(api_member(import, "problem")));
}

const char *column_of(const char *external_id, const char *column)
{
	return api_sql("superuser", "SELECT %s FROM profiles.person WHERE external_id = '%s'",
		column, external_id);
}
