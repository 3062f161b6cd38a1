#include "fourteen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "support/client.h"
#include "support/story.h"

const char *fourteen_programme, *fourteen_pairs[PAIRS];

static const char *department_of(int i)
{
	return i < 6 ? "Sales" : i < 13 ? "Law" : "=Odd";
}

const char *fourteen_leader(int i)
{
	return api_path("leader%d", i);
}

const char *fourteen_mentor(int i)
{
	return api_path("mentor%d", i);
}

static void import_people(void)
{
	char csv[8192];
	int used = snprintf(csv, sizeof csv,
		"external_id,user_name,given_name,family_name,department,level,manager_external_id,"
		"hired_on,active\nR,boss,Bo,Boss,Board,9,,2010-01-01,true\nH,head,He,Head,Data,6,R,"
		"2010-01-01,true\nA,ada,Ada,Min,HR,6,R,2010-01-01,true\n");
	for (int i = 0; i < PAIRS; i++)
		used += snprintf(csv + used, sizeof csv - (size_t)used,
			"L%d,leader%d,Lea,Der,%s,7,R,2012-01-01,true\n"
			"M%d,mentor%d,Men,Tor,Data,2,H,2022-01-01,true\n",
			i, i, department_of(i), i, i);
	assert_string_equal(api_text(api_import(csv, NULL), "status"), "done");
}

int fourteen_set_up(void **state)
{
	(void)state;
	import_people();
	fourteen_programme = story_programme("ada", "Reports");
	api_sql("superuser", "UPDATE matching.programme SET step = 'first_round' WHERE id = '%s'",
		fourteen_programme);
	api_sql("superuser", "UPDATE matching.programme SET step = 'activation' WHERE id = '%s'",
		fourteen_programme);
	for (int i = 0; i < PAIRS; i++) {
		const char *mentee_part = story_enrol(
			fourteen_leader(i), fourteen_programme, "mentee", 1);
		const char *mentor_part = story_enrol(
			fourteen_mentor(i), fourteen_programme, "mentor", 1);
		fourteen_pairs[i] = api_path("%s",
			api_sql("superuser",
				"INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id,"
				" mentor_enrolment_id, mentee_enrolment_id, origin, step, "
				"answer_by) SELECT "
				"gen_random_uuid(), m.programme_id, m.person_id, l.person_id, "
				"m.id, "
				"l.id, 'manual', 'pick', common.now() + interval '1 day' FROM "
				"matching.enrolment m, "
				"matching.enrolment l WHERE m.id = '%s' AND l.id = '%s' RETURNING "
				"id",
				mentor_part, mentee_part));
		api_sql("superuser", "UPDATE matching.pair SET step = 'acceptance' WHERE id = '%s'",
			fourteen_pairs[i]);
	}
	return 0;
}
