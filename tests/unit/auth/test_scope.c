/* Roles, their names, and the scopes they hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "auth/scope.h"

static void every_scope_is_found_by_its_name(void **state)
{
	(void)state;
	for (int scope = 0; scope < SCOPE_COUNT; scope++) {
		enum scope found = SCOPE_COUNT;
		assert_non_null(scope_rows[scope].name);
		assert_true(scope_find(scope_rows[scope].name, &found));
		assert_int_equal(found, scope);
	}
	enum scope untouched = SCOPE_COUNT;
	assert_false(scope_find("people:", &untouched));
	assert_false(scope_find("", &untouched));
	assert_int_equal(untouched, SCOPE_COUNT);
}

static void every_scope_but_public_is_held_by_a_role(void **state)
{
	(void)state;
	scope_set all = 0;
	for (unsigned role = 1; role < ROLE_SETS; role *= 2)
		all |= scope_of_roles(role);
	for (int scope = 0; scope < SCOPE_COUNT; scope++)
		assert_true((all & SCOPE_BIT(scope)) != 0);
}

static void no_role_holds_public_operations_alone(void **state)
{
	(void)state;
	assert_true(scope_of_roles(0) == SCOPE_BIT(SCOPE_PUBLIC));
}

static void a_scope_is_held_when_one_of_the_roles_holds_it(void **state)
{
	(void)state;
	for (unsigned roles = 0; roles < ROLE_SETS; roles++)
		for (int scope = 1; scope < SCOPE_COUNT; scope++)
			assert_int_equal((scope_of_roles(roles) & SCOPE_BIT(scope)) != 0,
				(scope_rows[scope].roles & roles) != 0);
}

static void only_hr_systems_export_people_and_participants_import_none(void **state)
{
	(void)state;
	assert_true((scope_of_roles(ROLE_HRIS) & SCOPE_BIT(SCOPE_PEOPLE_EXPORT)) != 0);
	assert_true((scope_of_roles((ROLE_SETS - 1) & ~(unsigned)ROLE_HRIS) &
			    SCOPE_BIT(SCOPE_PEOPLE_EXPORT)) == 0);
	assert_true((scope_of_roles(ROLE_PARTICIPANT) & SCOPE_BIT(SCOPE_IMPORTS_WRITE)) == 0);
}

static void role_names_are_exact(void **state)
{
	(void)state;
	assert_int_equal(role_of_name("participant"), ROLE_PARTICIPANT);
	assert_int_equal(role_of_name("programme_admin"), ROLE_PROGRAMME_ADMIN);
	assert_int_equal(role_of_name("admin"), ROLE_ADMIN);
	assert_int_equal(role_of_name("hris"), ROLE_HRIS);
	assert_int_equal(role_of_name("auditor"), ROLE_AUDITOR);
	assert_int_equal(role_of_name("mail_gateway"), ROLE_MAIL_GATEWAY);
	assert_int_equal(role_of_name("Admin"), 0);
	assert_int_equal(role_of_name("admin "), 0);
	assert_int_equal(role_of_name(""), 0);
}

static void roles_become_an_array_literal(void **state)
{
	(void)state;
	char text[ROLES_SQL_BYTES];
	role_names_sql(0, text);
	assert_string_equal(text, "{}");
	role_names_sql(ROLE_ADMIN, text);
	assert_string_equal(text, "{admin}");
	memset(text, 'x', sizeof text);
	role_names_sql(ROLE_SETS - 1, text);
	assert_string_equal(text, "{participant,programme_admin,admin,hris,auditor,mail_gateway}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_scope_is_found_by_its_name),
		cmocka_unit_test(every_scope_but_public_is_held_by_a_role),
		cmocka_unit_test(no_role_holds_public_operations_alone),
		cmocka_unit_test(a_scope_is_held_when_one_of_the_roles_holds_it),
		cmocka_unit_test(only_hr_systems_export_people_and_participants_import_none),
		cmocka_unit_test(role_names_are_exact),
		cmocka_unit_test(roles_become_an_array_literal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
