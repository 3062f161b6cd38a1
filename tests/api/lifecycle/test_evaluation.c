/* Every state, step and caller of evaluation's nouns. */
#include "ways.h"
#include "staff.h"

int main(void)
{
	static const struct noun *const nouns[] = { &noun_goal, &noun_attempt, &noun_help_request,
		&noun_improvement, &noun_disclosure, &noun_story, &noun_certificate, NULL };
	return lifecycle_main("evaluation", nouns, staff_build, NULL);
}
