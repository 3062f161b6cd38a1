/*
 * marked.h - the mentor of the world, who fills every field of api/visibility.yaml with a value that is nowhere else,
 * and who may see which of them by that table.
 */
#ifndef UPWARD_TESTS_MARKED_H
#define UPWARD_TESTS_MARKED_H

#include "world.h"

enum audience { NOBODY, PARTNERS, COLLEAGUES, AUDIENCES };

/* What stands in an answer that shows the field, and what would in a message; NULL: nothing that only it has. */
struct marked_field {
	const char *name, *marker, *said;
};

#define FIELDS 27
extern const struct marked_field marked_fields[FIELDS];

/* The table: by default and by choice, and the roles, a bit each. */
struct marked_rule {
	enum audience fixed;
	bool chosen; /* by the person */
	bool hris, programme_admin, admin;
};

extern const char *const marked_audiences[AUDIENCES];

/* The place of a field; -1: everybody sees it. */
int marked_find(const char *name);
/* The table, as the person reads it. */
void marked_read(const struct world *world, struct marked_rule ret_table[FIELDS]);
bool marked_may_see(const struct marked_rule *rule, enum caller caller, enum audience choice);
/* The person fills every field; returns the skill that they offer. */
const char *marked_fill(const struct world *world);
/* What the world has of the person beside the profile is marked too. */
void marked_belongings(const struct world *world);
/* The person shows all that can be chosen to these. */
void marked_choose(
	const struct world *world, const struct marked_rule table[FIELDS], enum audience choice);

#endif
