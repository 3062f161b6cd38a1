/* The file of preferences: what it says, and every fault by line and column. */
#include "matching/cli/people_file.h"
#include "matching/cli/preferences_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define PEOPLE "id,role,level\nm1,mentee,5\nm2,mentee,5\nt1,mentor,1\nt2,mentor,1\nb,both,3\nx,,9\n"
enum { M1, M2, T1, T2, BOTH, NOBODY };

/* Reads both files, seals; the faults as text. Owned, like the people. */
static char *read_files(const char *text, struct people *people)
{
	struct file_faults faults = { 0 };
	struct people_when when = { 0 };
	char *said = NULL;
	size_t len;
	FILE *out = open_memstream(&said, &len);
	assert_non_null(out);
	assert_int_equal(
		people_read(PEOPLE, sizeof PEOPLE - 1, when, &faults, people), READING_DONE);
	assert_int_equal(faults.total, 0);
	assert_int_equal(preferences_read(text, strlen(text), &faults, people), READING_DONE);
	assert_int_equal(people_seal(people, &faults), READING_DONE);
	file_faults_print(&faults, "f", out);
	fclose(out);
	file_faults_release(&faults);
	return said;
}

static void expect_faults(const char *text, const char *faults)
{
	struct people people = { 0 };
	char *said = read_files(text, &people);
	assert_string_equal(said, faults);
	free(said);
	people_release(&people);
}

static uint32_t place(const struct people *people, uint32_t person, bool as_mentee, uint32_t choice)
{
	return engine_population_choice(people->population, person, as_mentee, choice);
}

static void lines_stand_in_the_order_of_preference(void **state)
{
	struct people people = { 0 };
	(void)state;
	char *said = read_files(
		"\xef\xbb\xbf"
		"choice;id;side\r\nt2;m1;\r\nm1;t1;mentor\r\nt1;m1;mentee\r\n\"m1\";b;mentor\r\n"
		"t1;b;mentee\r\nb;m1;\r\nm2;b;mentor\r\n",
		&people);
	assert_string_equal(said, "");
	assert_int_equal(people.choices, 7);
	assert_int_equal(place(&people, M1, true, T2), 1);
	assert_int_equal(place(&people, M1, true, T1), 2);
	assert_int_equal(place(&people, M1, true, BOTH), 3);
	assert_int_equal(place(&people, T1, false, M1), 1);
	assert_int_equal(place(&people, BOTH, false, M1), 1);
	assert_int_equal(place(&people, BOTH, false, M2), 2);
	assert_int_equal(place(&people, BOTH, true, T1), 1);
	assert_int_equal(place(&people, BOTH, true, M1), 0);
	free(said);
	people_release(&people);
	expect_faults("id,choice\n", "");
	/* a choice that is not on the other side is no fault: it is never offered */
	expect_faults("id,choice\nm1,m2\nm1,x\n", "");
}

static void every_fault_has_its_line_and_column(void **state)
{
	(void)state;
	expect_faults("side,id,choice\n,m1,zz\n,yy,t1\n,m1,m1\n,m1,t1\n,m1\n,m1,t1\nmentor,m1,t2\n"
		      "boss,m1,t2\n,b,t2\n,x,t1\n\"a\"b,m1,t1\n,,t1\n",
		"f:2:3: choice: \"zz\" is nobody's id in the people file\n"
		"f:3:2: id: \"yy\" is nobody's id in the people file\n"
		"f:4:3: choice: \"m1\" is the person's own id\n"
		"f:6: 2 fields, the heading has 3\n"
		"f:7:3: choice: the person has stated this choice already\n"
		"f:8:1: side: \"mentor\" is not what the person is in the people file\n"
		"f:9:1: side: \"boss\" is neither mentee nor mentor, nor empty\n"
		"f:10:2: id: \"b\" is on both sides: the column side must say which chooses\n"
		"f:11:2: id: \"x\" is neither mentee nor mentor in the people file\n"
		"f:12: is no record: misplaced quotation mark or too long\n"
		"f:13:2: id: \"\" is nobody's id in the people file\n");
	expect_faults("", "f:1: the file has no heading\n");
	expect_faults("id,rank,id\nm1,1,m1\n", "f:1: the column choice is missing\n"
					       "f:1:2: there is no column \"rank\"\n"
					       "f:1:3: the column id stands there twice\n");
	expect_faults(
		"id,choice\nm1,\"t1\n", "f:2: is no record: a quotation mark is never closed\n");
}

static void more_than_sixty_four_choices_are_refused(void **state)
{
	char text[8192] = "id,role,level\nm,mentee,5\n", wanted[4096] = "id,choice\n";
	struct people people = { 0 };
	struct file_faults faults = { 0 };
	struct people_when when = { 0 };
	size_t used = strlen(text), asked = strlen(wanted);
	(void)state;
	for (int t = 0; t < 66; t++) {
		used += (size_t)snprintf(text + used, sizeof text - used, "t%d,mentor,1\n", t);
		asked += (size_t)snprintf(wanted + asked, sizeof wanted - asked, "m,t%d\n", t);
	}
	assert_int_equal(people_read(text, used, when, &faults, &people), READING_DONE);
	assert_int_equal(preferences_read(wanted, asked, &faults, &people), READING_DONE);
	assert_int_equal(people_seal(&people, &faults), READING_DONE);
	assert_int_equal(faults.total, 1);
	assert_int_equal(faults.list[0].line, 66);
	assert_int_equal(faults.list[0].column, 1);
	assert_string_equal(faults.list[0].text, "id: more than 64 choices of one person");
	file_faults_release(&faults);
	people_release(&people);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_stand_in_the_order_of_preference),
		cmocka_unit_test(every_fault_has_its_line_and_column),
		cmocka_unit_test(more_than_sixty_four_choices_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
