/* Files of other HR systems: mappings, suggestions, derived levels, scope, dates, vacancies, skills. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

#define MAPPINGS "/api/v1/imports/mappings"

/* A file in German, as a payroll system writes it: titles, no levels; who is external is out. */
#define GERMAN_HEADER                                                                              \
	"Personalnummer;Benutzername;Vorname;Nachname;Stellenbezeichnung;Abteilung;Status;"        \
	"Vorgesetzter;Eintrittsdatum;Kostenstelle\n"
#define GERMAN_RULES                                                                               \
	"\"columns\": [{\"theirs\": \"Personalnummer\", \"ours\": \"external_id\"}, "              \
	"{\"theirs\": \"Benutzername\", \"ours\": \"user_name\"}, "                                \
	"{\"theirs\": \"VORNAME\", \"ours\": \"given_name\"}, "                                    \
	"{\"theirs\": \"Nachname\", \"ours\": \"family_name\"}, "                                  \
	"{\"theirs\": \"Stellenbezeichnung\", \"ours\": \"title\"}, "                              \
	"{\"theirs\": \"Abteilung\", \"ours\": \"department\"}, "                                  \
	"{\"theirs\": \"Status\", \"ours\": \"active\", \"values\": [{\"ours\": \"true\", "        \
	"\"theirs\": [\"aktiv\", \"ruhend\"]}, {\"ours\": \"false\", \"theirs\": "                 \
	"[\"ausgeschieden\"]}]}, "                                                                 \
	"{\"theirs\": \"Vorgesetzter\", \"ours\": \"manager_external_id\"}, "                      \
	"{\"theirs\": \"Eintrittsdatum\", \"ours\": \"hired_on\"}], "                              \
	"\"ignore\": [\"Kostenstelle\"], \"date_format\": \"DD.MM.YYYY\", "                        \
	"\"charset\": \"windows-1252\", \"fixed\": [{\"column\": \"country\", \"value\": "         \
	"\"DE\"}], "

static const char *mapping_of(const char *name, const char *rules)
{
	return api_text(api_expect(api_post(api_as("hris", NULL), MAPPINGS,
					   "{\"name\": \"%s\", %s}", name, rules),
				201),
		"id");
}

static const char *with(const char *mapping, const char *query)
{
	return api_path("mapping_id=%s%s", mapping, query);
}

static void a_mapping_is_saved_changed_and_deleted(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	const char *id = mapping_of("Payroll", GERMAN_RULES "\"level\": {\"from\": \"depth\"}");
	struct api_reply *one = api_expect(api_get(hris, MAPPINGS "/%s", id), 200);
	assert_int_equal(api_count(one, "columns"), 9);
	assert_string_equal(api_text(one, "columns.6.values.0.theirs.1"), "ruhend");
	assert_string_equal(api_text(one, "reports_of_leavers"), "keep");
	assert_int_equal(
		api_count(api_expect(api_get(api_as("admin", NULL), MAPPINGS), 200), "items"), 1);
	api_expect_problem(api_post(hris, MAPPINGS, "{\"name\": \"PAYROLL\"}"), 409, "name_taken");
	api_expect_problem(api_post(as("ada"), MAPPINGS, "{\"name\": \"x\"}"), 403, "forbidden");
	const char *path = api_path(MAPPINGS "/%s", id);
	api_if_match(hris, one);
	struct api_reply *changed = api_expect(
		api_patch(hris, path, "{\"date_format\": null, \"name\": \"Payroll 2\"}"), 200);
	assert_true(json_is_null(api_member(changed, "date_format")));
	assert_int_equal(api_count(changed, "columns"), 9);
	api_if_match(hris, one);
	api_expect_problem(api_patch(hris, path, "{\"name\": \"x\"}"), 412, "stale");
	api_if_match(hris, changed);
	api_expect_fault(api_expect_problem(api_patch(hris, path,
						    "{\"fixed\": [{\"column\": \"level\", \"value\": \"-1\"}]}"),
				 422, "unprocessable"),
		"/fixed/0/value");
	api_if_match(hris, changed);
	changed = api_expect(
		api_patch(hris, path,
			"{\"fixed\": [{\"column\": \"country\", \"value\": \"de\"}, {\"column\": \"languages\","
			" \"value\": \"de|en\"}], \"columns\": [{\"theirs\": \"a\", \"ours\": \"active_until\","
			" \"values\": [{\"ours\": \"31.12.2099\", \"theirs\": [\"never\"]}]}]}"),
		200);
	api_if_match(hris, changed);
	api_expect(api_delete(hris, "%s", path), 204);
	api_expect_problem(api_get(hris, "%s", path), 404, "not_found");
	struct api_reply *gone = api_expect_problem(api_send(hris, "POST", api_path("/api/v1/imports?mapping_id=%s", id),
				   "text/csv", "x", 1),
		422, "unknown_reference");
	assert_string_equal(api_text(gone, "errors.0.parameter"), "mapping_id");
}

static void a_mapping_that_cannot_be_right_is_refused(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	static const char *const wrong[][2] = {
		{ "\"columns\": [{\"theirs\": \"a\", \"ours\": \"shoe\"}]", "/columns/0/ours" },
		{ "\"columns\": [{\"theirs\": \"a\", \"ours\": \"title\"}, {\"theirs\": \"b\", "
		  "\"ours\": \"title\"}]",
			"/columns/1/ours" },
		{ "\"columns\": [{\"theirs\": \"a\", \"ours\": \"email\", \"values\": [{\"ours\": "
		  "\"x\", \"theirs\": [\"y\"]}]}]",
			"/columns/0/values" },
		{ "\"columns\": [{\"theirs\": \"a\", \"ours\": \"level\", \"values\": [{\"ours\": "
		  "\"1\", \"theirs\": [\"y\"]}, {\"ours\": \"2\", \"theirs\": [\"Y\"]}]}]",
			"/columns/0/values" },
		{ "\"level\": {\"from\": \"title\"}", "/level/values" },
		{ "\"fixed\": [{\"column\": \"title\", \"value\": \"Clerk\"}, {\"column\": \"level\", "
		  "\"value\": \"banana\"}]",
			"/fixed/1/value" },
		{ "\"fixed\": [{\"column\": \"country\", \"value\": \"XX1\"}]", "/fixed/0/value" },
		{ "\"fixed\": [{\"column\": \"time_zone\", \"value\": \"Mars/Olympus\"}]", "/fixed/0/value" },
		{ "\"fixed\": [{\"column\": \"active\", \"value\": \"perhaps\"}]", "/fixed/0/value" },
		{ "\"fixed\": [{\"column\": \"languages\", \"value\": \"en;?\"}]", "/fixed/0/value" },
		{ "\"fixed\": [{\"column\": \"title\", \"value\": \"\\u200b\"}]", "/fixed/0/value" },
		{ "\"columns\": [{\"theirs\": \"a\", \"ours\": \"title\"}, {\"theirs\": \"b\", \"ours\": "
		  "\"level\", \"values\": [{\"ours\": \"1\", \"theirs\": [\"y\"]}, {\"ours\": \"high\", "
		  "\"theirs\": [\"z\"]}]}]",
			"/columns/1/values/1/ours" },
		{ "\"columns\": [{\"theirs\": \"a\", \"ours\": \"active_until\", \"values\": [{\"ours\": "
		  "\"2027-02-30\", \"theirs\": [\"never\"]}]}], \"date_format\": \"DD.MM.YYYY\"",
			"/columns/0/values/0/ours" },
		{ "\"level\": {\"from\": \"title\", \"values\": [{\"ours\": \"top\", \"theirs\": "
		  "[\"Chief\"]}]}",
			"/level/values/0/ours" },
		{ "\"out_of_scope\": {\"rules\": [{\"column\": \"a\"}]}", "/out_of_scope/rules/0" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct api_reply *no = api_expect(
			api_post(hris, MAPPINGS, "{\"name\": \"w\", %s}", wrong[i][0]), 422);
		assert_non_null(strstr(no->text, wrong[i][1]));
	}
}

static void a_file_is_read_through_its_mapping(void **state)
{
	(void)state;
	const char *id = mapping_of("By depth", GERMAN_RULES
		"\"level\": {\"from\": \"depth\", \"top\": 9}, \"out_of_scope\": "
		"{\"rules\": [{\"column\": \"Abteilung\", \"values\": [\"Extern\"]}]}");
	/* Windows-1252: J\xfcrgen */
	struct api_reply *dry = api_import(GERMAN_HEADER
		"D1;d1;J\xfcrgen;Gro\xdf;Vorstand;Leitung;Aktiv;;3.1.2016;100\n"
		"D2;d2;Uwe;Kern;Leiter;IT;aktiv;D1;14.01.2009;100\n"
		"D3;d3;Eva;Lang;Sachbearbeiterin;IT;ruhend;D2;31.12.2020;200\n"
		"D4;;Ext;Erner;;Extern;aktiv;D2;;\n",
		with(id, "&dry_run=true"));
	expect_status(dry, "checked", NULL);
	assert_int_equal(api_integer(dry, "counts.created"), 3);
	assert_int_equal(api_integer(dry, "counts.out_of_scope"), 1);
	assert_int_equal(api_integer(dry, "counts.skipped"), 0);
	assert_string_equal(faults_of(dry), "");
	assert_int_equal(api_count(dry, "derived_levels"), 3);
	assert_int_equal(api_integer(dry, "derived_levels.0.level"), 9);
	assert_string_equal(api_text(dry, "mapping_id"), id);
	struct api *hris = api_as("hris", NULL);
	api_expect(api_post(hris, api_path("/api/v1/imports/%s/confirmation", api_text(dry, "id")),
			   "{}"),
		200);
	api_wait_until(60, strcmp(column_of("D3", "count(*)"), "1") == 0);
	assert_string_equal(
		column_of("D3", "level || ' ' || hired_on || ' ' || country"), "7 2020-12-31 DE");
	assert_string_equal(column_of("D1", "display_name"), "J\u00fcrgen Gro\u00df");
	assert_string_equal(column_of("D2", "hired_on"), "2009-01-14");
	assert_string_equal(column_of("D4", "count(*)"), "0");
	/* the same file again changes nothing */
	struct api_reply *again = api_import(GERMAN_HEADER
		"D1;d1;J\u00fcrgen;Gro\u00df;Vorstand;Leitung;Aktiv;;3.1.2016;100\n"
		"D2;d2;Uwe;Kern;Leiter;IT;aktiv;D1;14.01.2009;100\n"
		"D3;d3;Eva;Lang;Sachbearbeiterin;IT;ruhend;D2;31.12.2020;200\n",
		with(id, ""));
	expect_status(again, "done", NULL);
	assert_int_equal(api_integer(again, "counts.unchanged"), 3);
}

static void unknown_values_are_listed_once(void **state)
{
	(void)state;
	const char *id = mapping_of("By title",
		GERMAN_RULES "\"level\": {\"from\": \"title\", \"values\": [{\"ours\": \"8\", "
			     "\"theirs\": [\"Vorstand\"]}, {\"ours\": \"2\", \"theirs\": "
			     "[\"Leiter\", \"Leiterin\"]}]}");
	struct api_reply *import = api_import(GERMAN_HEADER
		"U1;u1;A;A;Vorstand;L;aktiv;;;\n"
		"U2;u2;B;B;Praktikant;L;aktiv;U1;;\n"
		"U3;u3;C;C;Werkstudent;L;aktiv;U1;;\n"
		"U4;u4;D;D;PRAKTIKANT;L;aktiv;U1;1.13.2020;\n"
		"U5;u5;E;E;leiterin;L;aktiv;U1;;\n",
		with(id, "&skip_errors=true"));
	expect_status(import, "done", NULL);
	assert_string_equal(faults_of(import), "1 Stellenbezeichnung unknown_values; "
					       "5 Eintrittsdatum not_a_date; ");
	assert_int_equal(api_count(import, "unknown_values"), 3);
	assert_string_equal(api_text(import, "unknown_values.0.value"), "Praktikant");
	assert_string_equal(api_text(import, "unknown_values.0.column"), "Stellenbezeichnung");
	assert_int_equal(api_integer(import, "counts.created"), 2);
	assert_int_equal(api_integer(import, "counts.skipped"), 3);
	assert_string_equal(column_of("U5", "level || title"), "2leiterin");
}

static void a_mapping_is_suggested(void **state)
{
	(void)state;
	struct api_reply *import = api_import(
		"Employee ID,Work Email,Login,First Name,Last Name,Job Title,Manager ID,Hire "
		"Date,Shoe size\n"
		"S1,s1@co.example,s1,Sam,Smith,Chief,,31/01/2020,44\n"
		"S2,s2@co.example,s2,Sue,Stone,Clerk,S1,01/02/2021,38\n",
		"dry_run=true");
	expect_status(import, "faulty", "faults");
	json_t *suggested = api_member(import, "suggested_mapping");
	assert_non_null(suggested);
	assert_int_equal(api_count(import, "suggested_mapping.columns"), 8);
	assert_string_equal(api_text(import, "suggested_mapping.columns.0.ours"), "external_id");
	assert_string_equal(api_text(import, "suggested_mapping.columns.1.ours"), "email");
	assert_string_equal(
		api_text(import, "suggested_mapping.columns.6.ours"), "manager_external_id");
	assert_string_equal(api_text(import, "suggested_mapping.ignore.0"), "Shoe size");
	assert_string_equal(api_text(import, "suggested_mapping.date_format"), "DD/MM/YYYY");
	assert_string_equal(api_text(import, "suggested_mapping.level.from"), "depth");
	/* it is taken as it is, with a name */
	json_object_set_new(suggested, "name", json_string("Suggested"));
	char *text = json_dumps(suggested, 0);
	const char *id = api_text(
		api_expect(api_post(api_as("hris", NULL), MAPPINGS, "%s", text), 201), "id");
	free(text);
	import = api_import(
		"Employee ID,Work Email,Login,First Name,Last Name,Job Title,Manager ID,Hire "
		"Date,Shoe size\n"
		"S1,s1@co.example,s1,Sam,Smith,Chief,,31/01/2020,44\n"
		"S2,s2@co.example,s2,Sue,Stone,Clerk,S1,01/02/2021,38\n",
		with(id, ""));
	expect_status(import, "done", NULL);
	assert_string_equal(column_of("S2", "level || ' ' || hired_on"), "9 2021-02-01");
}

static void dates_ahead_are_acted_on_when_they_come(void **state)
{
	(void)state;
	const char *header = "external_id,user_name,given_name,level,active_from,active_until,"
			     "on_leave_from,on_leave_until\n";
	const char *day[3];
	for (int i = 0; i < 3; i++)
		day[i] = api_sql("superuser", "SELECT common.today() + %d", 10 * (i + 1));
	struct api_reply *import = api_import(
		api_path("%sT1,t1,Joiner,1,%s,,,\n"
			 "T2,t2,Leaver,1,,%s,,\n"
			 "T3,t3,Parent,1,,,%s,%s\n"
			 "T4,t4,Past,1,2020-01-01,2020-02-01,,\n"
			 "T5,t5,Wrong,1,%s,%s,,\n",
			header, day[0], day[0], day[0], day[1], day[1], day[0]),
		"skip_errors=true");
	expect_status(import, "done", NULL);
	assert_string_equal(faults_of(import), "6 active_until dates_reversed; ");
	assert_string_equal(column_of("T1", "status"), "inactive");
	assert_string_equal(column_of("T2", "status"), "active");
	assert_string_equal(column_of("T4", "status"), "inactive");
	struct api *hris = api_as("hris", NULL);
	struct api_reply *leaver = api_expect(api_get(hris, "/api/v1/people/%s", id_of("t2")), 200);
	assert_string_equal(api_text(leaver, "hr.active_until"), day[0]);
	assert_true(json_is_null(
		api_member(api_get(as("t2"), "/api/v1/people/me"), "hr.active_until")));
	api_clock(11LL * 24 * 3600);
	api_wait_until(60, strcmp(column_of("T1", "status"), "active") == 0 &&
				   strcmp(column_of("T2", "status"), "inactive") == 0 &&
				   strcmp(column_of("T3", "status"), "on_leave") == 0);
	assert_string_equal(
		api_sql("superuser", "SELECT string_agg(o.type, ' ' ORDER BY p.external_id, o.id) "
				     "FROM common.outbox o JOIN profiles.person p ON p.id = "
				     "o.subject_id WHERE p.external_id IN ('T1', 'T2', 'T3')"),
		"person.created person.reactivated person.created person.deactivated "
		"person.created person.updated");
	api_clock(21LL * 24 * 3600);
	api_wait_until(60, strcmp(column_of("T3", "status"), "active") == 0);
	/* by hand: a leave ahead, which begins on its day */
	const char *parent = api_path("/api/v1/people/%s", id_of("t3"));
	api_if_match(hris, api_get(hris, "%s", parent));
	api_expect(api_patch(hris, parent, "{\"on_leave_from\": \"%s\"}", day[2]), 200);
	api_clock(31LL * 24 * 3600);
	api_wait_until(60, strcmp(column_of("T3", "status"), "on_leave") == 0);
	api_clock(0);
}

static void a_vacant_post_is_filled_when_its_holder_arrives(void **state)
{
	(void)state;
	const char *header = "external_id,user_name,given_name,level,manager_external_id\n";
	struct api_reply *import = api_import(
		api_path("%sV2,v2,Vic,2,V-Boss\nV3,v3,Val,1,v-boss\n", header), NULL);
	expect_status(import, "done", NULL);
	assert_string_equal(faults_of(import), "2 manager_external_id unknown_manager; "
					       "3 manager_external_id unknown_manager; ");
	assert_int_equal(api_integer(import, "counts.faults"), 0);
	assert_string_equal(column_of("V2", "manager_external_id"), "V-Boss");
	/* two reports of one vacant post are as close as two of one manager */
	assert_string_equal(
		api_sql("superuser", "SELECT matching.unsafe('%s', '%s', 1::smallint, NULL)",
			id_of("v3"), id_of("v2")),
		"pair_same_manager");
	import = api_import(api_path("%sV2,v2,Vic,2,V-Boss\nV-Boss,vb,Vera,5,P-1\n", header), NULL);
	expect_status(import, "done", NULL);
	assert_int_equal(api_integer(import, "counts.created"), 1);
	assert_string_equal(column_of("V3", "manager_id = (SELECT id FROM profiles.person WHERE "
					    "external_id = 'V-Boss') AND manager_external_id IS "
					    "NULL"),
		"t");
	/* she leaves; who reports to her is named, and moved only where that is asked for */
	const char *leave = "external_id,user_name,given_name,level,active\nV-Boss,vb,Vera,5,no\n";
	struct api_reply *dry = api_import(leave, "dry_run=true");
	assert_string_equal(faults_of(dry), "2 manager_external_id reports_of_leaver; ");
	assert_int_equal(api_integer(dry, "counts.updated"), 0);
	api_import(leave, with(mapping_of("Hand over", "\"reports_of_leavers\": \"next_manager\""),
				  "&confirm_deactivations=1"));
	assert_string_equal(column_of("V3", "manager_id = (SELECT id FROM profiles.person WHERE "
					    "external_id = 'P-1')"),
		"t");
}

static void skills_and_interests_come_by_file(void **state)
{
	(void)state;
	const char *skill = api_text(
		api_expect(api_post(api_as("admin", NULL), "/api/v1/skills",
				   "{\"name\": \"Data Analysis\", \"aliases\": "
				   "[\"analytics\"]}"),
			201),
		"id");
	const char *header = "external_id,user_name,given_name,level,skills,interests\n";
	struct api_reply *import = api_import(
		api_path("%sK1,k1,Kay,1,analytics:4::yes,Chess|Go\nK2,k2,Kim,1,data analysis:1:3,\n"
			 "K3,k3,Ken,1,Data Analisys:2,\nK4,k4,Kip,1,Data Analisys,\n"
			 "K5,k5,Kit,1,data analysis:9,\n",
			header),
		"skip_errors=true");
	expect_status(import, "done", NULL);
	assert_string_equal(faults_of(import), "4 skills unknown_skill; 6 skills not_a_skill; ");
	struct api_reply *rows = api_get(
		api_as("hris", NULL), "/api/v1/imports/%s/rows", api_text(import, "id"));
	assert_non_null(strstr(rows->text, "The nearest is Data Analysis."));
	assert_int_equal(api_integer(import, "counts.skipped"), 3);
	struct api_reply *kay = api_expect(api_get(as("k1"), "/api/v1/people/me/skills"), 200);
	assert_string_equal(api_text(kay, "skills.0.skill_id"), skill);
	assert_int_equal(api_integer(kay, "skills.0.current"), 4);
	assert_true(json_is_true(api_member(kay, "skills.0.offered")));
	assert_true(
		list_has(api_get(as("k1"), "/api/v1/people/me/interests"), "interests", "chess"));
	/* Kim sets hers; tonight's file leaves them alone, unless it says so */
	api_expect(api_put(as("k2"), "/api/v1/people/me/skills",
			   "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 3}]}", skill),
		200);
	const char *file = api_path("%sK1,k1,Kay,1,data analysis:5,\nK2,k2,Kim,1,,\n", header);
	import = api_import(file, NULL);
	assert_int_equal(api_integer(import, "counts.updated"), 1);
	assert_int_equal(api_integer(import, "counts.unchanged"), 1);
	assert_int_equal(
		api_integer(api_get(as("k2"), "/api/v1/people/me/skills"), "skills.0.current"), 3);
	assert_int_equal(
		api_count(api_get(as("k1"), "/api/v1/people/me/interests"), "interests"), 0);
	import = api_import(file, "own_fields=replace"); /* an empty cell replaces nothing */
	assert_int_equal(api_integer(import, "counts.unchanged"), 2);
	import = api_import(
		api_path("%sK2,k2,Kim,1,data analysis:5,\n", header), "own_fields=replace");
	assert_int_equal(api_integer(import, "counts.updated"), 1);
	assert_int_equal(
		api_integer(api_get(as("k2"), "/api/v1/people/me/skills"), "skills.0.current"), 5);
}

static void who_is_out_of_scope_stays_or_leaves(void **state)
{
	(void)state;
	const char *header = "external_id,user_name,given_name,level,department\n";
	api_import(api_path("%sO1,o1,Olga,1,Contractors\n", header), NULL);
	const char *keep = mapping_of("Keep", "\"out_of_scope\": {\"rules\": [{\"column\": "
					      "\"department\", \"values\": [\"contractors\"]}, "
					      "{\"column\": \"level\", \"empty\": true}]}");
	const char *file = api_path("%sO1,o1,Olga,1,Contractors\nO2,o2,Ole,,Sales\n"
				    "O3,o3,Ola,1,Sales\n",
		header);
	struct api_reply *import = api_import(file, with(keep, ""));
	expect_status(import, "done", NULL);
	assert_int_equal(api_integer(import, "counts.out_of_scope"), 2);
	assert_int_equal(api_integer(import, "counts.created"), 1);
	assert_string_equal(column_of("O1", "status"), "active");
	const char *drop = mapping_of("Drop",
		"\"out_of_scope\": {\"rules\": [{\"column\": \"department\", \"values\": "
		"[\"contractors\"]}], \"people\": \"deactivate\"}");
	import = api_import(api_path("%sO1,o1,Olga,1,Contractors\n", header), with(drop, ""));
	expect_status(import, "done", NULL);
	assert_int_equal(api_integer(import, "counts.deactivated"), 1);
	assert_string_equal(column_of("O1", "status || given_name"), "inactiveOlga");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mapping_is_saved_changed_and_deleted),
		cmocka_unit_test(a_mapping_that_cannot_be_right_is_refused),
		cmocka_unit_test(a_file_is_read_through_its_mapping),
		cmocka_unit_test(unknown_values_are_listed_once),
		cmocka_unit_test(a_mapping_is_suggested),
		cmocka_unit_test(a_vacant_post_is_filled_when_its_holder_arrives),
		cmocka_unit_test(skills_and_interests_come_by_file),
		cmocka_unit_test(who_is_out_of_scope_stays_or_leaves),
		cmocka_unit_test(dates_ahead_are_acted_on_when_they_come),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
