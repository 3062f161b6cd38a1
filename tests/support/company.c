#include "support/company.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/client.h"
#include "support/story.h"

static const char *const people = "external_id,user_name,given_name,family_name,email,title,"
				  "department,location,country,time_zone,level,"
				  "manager_external_id,hired_on,active,languages\n"
				  "C-1,chief,Carla,Chief,chief@co.example,Chief "
				  "executive,Board,Berlin,DE,Europe/Berlin,8,,2001-02-03,true,en\n"
				  "C-2,sales.lead,Sam,Lead,sales.lead@co.example,Director,Sales,"
				  "Berlin,DE,Europe/Berlin,6,C-1,2005-01-01,true,en|de\n"
				  "C-3,it.lead,Ivy,Lead,it.lead@co.example,Director,IT,London,GB,"
				  "Europe/London,6,C-1,2006-01-01,true,en\n"
				  "C-4,hr.lead,Hal,Lead,hr.lead@co.example,Director,HR,Paris,FR,"
				  "Europe/Paris,6,C-1,2007-01-01,true,en|fr\n"
				  "C-5,sales.team,Tom,Team,sales.team@co.example,Team "
				  "lead,Sales,Berlin,DE,Europe/Berlin,4,C-2,2010-01-01,true,en\n"
				  "C-6,it.team,Tia,Team,it.team@co.example,Team "
				  "lead,IT,London,GB,Europe/London,4,C-3,2011-01-01,true,en\n"
				  "C-7,hr.team,Tim,Team,hr.team@co.example,Team "
				  "lead,HR,Paris,FR,Europe/Paris,4,C-4,2012-01-01,true,en\n"
				  "C-8,sales.desk,Dan,Desk,sales.desk@co.example,Desk "
				  "lead,Sales,Berlin,DE,Europe/Berlin,3,C-5,2013-01-01,true,en\n"
				  "C-9,it.desk,Dot,Desk,it.desk@co.example,Desk "
				  "lead,IT,London,GB,Europe/London,3,C-6,2014-01-01,true,en\n"
				  "C-10,ann,Ann,Ames,ann@co.example,Associate,Sales,Berlin,DE,"
				  "Europe/Berlin,1,C-8,2022-01-01,true,en\n"
				  "C-11,bob,Bob,Boyd,bob@co.example,Associate,Sales,Berlin,DE,"
				  "Europe/Berlin,1,C-8,2022-01-01,true,en\n"
				  "C-12,cleo,Cleo,Cole,cleo@co.example,Associate,Sales,Berlin,DE,"
				  "Europe/Berlin,1,C-8,2022-01-01,true,en\n"
				  "C-13,dev,Dev,Dutt,dev@co.example,Engineer,IT,London,GB,Europe/"
				  "London,1,C-9,2023-01-01,true,en\n"
				  "C-14,eve,Eve,East,eve@co.example,Engineer,IT,London,GB,Europe/"
				  "London,1,C-9,2023-01-01,true,en\n"
				  "C-15,fay,Fay,Finn,fay@co.example,Engineer,IT,London,GB,Europe/"
				  "London,1,C-9,2023-01-01,true,en\n"
				  "C-16,stranger,Stan,Stone,stranger@co.example,Clerk,Legal,Rome,"
				  "IT,Europe/Rome,3,C-7,2020-01-01,true,en\n"
				  "C-17,other.admin,Olga,Orr,other.admin@co.example,Manager,HR,"
				  "Paris,FR,Europe/Paris,4,C-4,2015-01-01,true,en\n";

static const char *const juniors[] = { "ann", "bob", "cleo", "dev", "eve", "fay" };

void company_import(void)
{
	struct api_reply *done = api_import(people, NULL);
	assert_string_equal(api_text(done, "status"), "done");
	story_wants("chief", "generative AI", "data literacy", NULL);
	story_wants("it.lead", "generative AI", "social media", NULL);
	for (size_t i = 0; i < sizeof juniors / sizeof *juniors; i++)
		story_teaches(juniors[i], "generative AI", i % 2 ? "social media" : "data literacy",
			NULL);
}

const char *company_programme(const char *title, int capacity)
{
	const char *programme = story_programme("hr.lead", title);
	story_enrol("chief", programme, "mentee", 1);
	story_enrol("it.lead", programme, "mentee", 1);
	for (size_t i = 0; i < sizeof juniors / sizeof *juniors; i++)
		story_enrol(juniors[i], programme, "mentor", capacity);
	return programme;
}

#define CRAFTS 10

static void import_crowd(int leaders, int young)
{
	size_t room = (size_t)(leaders + young + 1) * 160, used = 0;
	char *csv = malloc(room);
	assert_non_null(csv);
	used += (size_t)snprintf(csv, room,
		"external_id,user_name,given_name,family_name,level,manager_external_id,"
		"department,languages\n");
	for (int i = 1; i <= leaders; i++)
		used += (size_t)snprintf(
			csv + used, room - used, "L-%d,leader%d,Lee,Leader,6,C-1,Board,en\n", i, i);
	for (int i = 1; i <= young; i++)
		used += (size_t)snprintf(csv + used, room - used,
			"J-%d,junior%d,Joy,Junior,1,%s,%s,en\n", i, i,
			i / CRAFTS % 2 ? "C-8" : "C-9", i / CRAFTS % 2 ? "Sales" : "IT");
	assert_true(used < room);
	assert_string_equal(api_text(api_import(csv, NULL), "status"), "done");
	free(csv);
}

const char *company_enrolled_crowd(const char *title, int leaders, int young, int capacity)
{
	import_crowd(leaders, young);
	/* each craft is wanted by a tenth of the leaders and taught by a tenth of the juniors */
	for (int i = 0; i < CRAFTS; i++)
		api_sql("superuser",
			"INSERT INTO profiles.person_skill (person_id, skill_id, current, target, "
			"offered) SELECT id, '%s', CASE level WHEN 1 THEN 4 ELSE 1 END, CASE level "
			"WHEN 6 THEN 4 ELSE 0 END, level = 1 FROM profiles.person WHERE user_name "
			"~ '^(leader|junior)[0-9]*%d$'",
			story_skill(api_path("craft %d", i)), i);
	struct api *lead = api_as("programme_admin", "hr.lead");
	struct api_reply *made = api_expect(
		api_post(lead, "/api/v1/programmes",
			"{\"title\": \"%s\", \"purpose\": \"digital_skills\", \"starts_on\": "
			"\"2027-01-11\", \"ends_on\": \"2027-07-09\", \"rules\": "
			"{\"exposure_cap\": 8}}",
			title),
		201);
	const char *id = api_text(made, "id");
	api_expect(api_post(lead, api_path("/api/v1/programmes/%s/recruitment", id), NULL), 200);
	api_sql("superuser",
		"INSERT INTO matching.enrolment (id, programme_id, person_id, role, capacity, "
		"step) SELECT gen_random_uuid(), '%s', id, CASE level WHEN 1 THEN 'mentor' ELSE "
		"'mentee' END, CASE level WHEN 1 THEN %d ELSE 1 END, 'creation' FROM "
		"profiles.person WHERE user_name ~ '^(leader|junior)[0-9]'",
		id, capacity);
	return id;
}

const char *company_crowd(const char *title, int leaders, int young, int capacity)
{
	const char *id = company_enrolled_crowd(title, leaders, young, capacity);
	story_round("hr.lead", id);
	return id;
}
