#include "auth/scope.h"

#include "base/str.h"

static const struct {
	const char *name;
	enum role role;
} role_names[] = {
	{ "participant", ROLE_PARTICIPANT },
	{ "programme_admin", ROLE_PROGRAMME_ADMIN },
	{ "admin", ROLE_ADMIN },
	{ "hris", ROLE_HRIS },
	{ "auditor", ROLE_AUDITOR },
	{ "mail_gateway", ROLE_MAIL_GATEWAY },
};

scope_set scope_of_roles(unsigned roles)
{
	scope_set held = SCOPE_BIT(SCOPE_PUBLIC);
	for (int scope = SCOPE_PUBLIC + 1; scope < SCOPE_COUNT; scope++)
		if (scope_rows[scope].roles & roles)
			held |= SCOPE_BIT(scope);
	return held;
}

bool scope_find(const char *name, enum scope *ret_scope)
{
	for (int scope = 0; scope < SCOPE_COUNT; scope++) {
		if (str_equal(scope_rows[scope].name, name)) {
			*ret_scope = (enum scope)scope;
			return true;
		}
	}
	return false;
}

unsigned role_of_name(const char *name)
{
	for (size_t i = 0; i < COUNT(role_names); i++)
		if (str_equal(role_names[i].name, name))
			return role_names[i].role;
	return 0;
}

void role_names_sql(unsigned roles, char ret_text[ROLES_SQL_BYTES])
{
	size_t used = 0;
	ret_text[used++] = '{';
	for (size_t i = 0; i < COUNT(role_names); i++) {
		if (!(roles & role_names[i].role))
			continue;
		if (used > 1)
			ret_text[used++] = ',';
		size_t length = __builtin_strlen(role_names[i].name);
		__builtin_memcpy(ret_text + used, role_names[i].name, length);
		used += length;
	}
	ret_text[used++] = '}';
	ret_text[used] = 0;
}
