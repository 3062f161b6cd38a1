/*
 * person_skill.c - what people say of themselves. SQL does it all, but for weekly hours, whose old
 * windows have to be gone before the new ones meet the exclusion constraint.
 */
#include "gen/profiles/contract.h"
#include "gen/profiles/statements.h"
#include "http/steps.h"

struct reply person_weekly_hours_put(const struct call *call)
{
	const char *person = call_value(call, "person_id");
	const struct step steps[] = {
		STEP(&stmt_weekly_hours_clear, person, principal_actor(call->principal)),
		call_step(call),
	};
	return call_write(call, steps, COUNT(steps), NULL, NULL);
}
