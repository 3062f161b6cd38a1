/*
 * person_skill.c - what people state about themselves. Only weekly hours need C: the old windows
 * must be deleted before the new ones are checked by the exclusion constraint.
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
