/* Every state, step and caller of scheduling's nouns. */
#include "ways.h"
#include "staff.h"

int main(void)
{
	static const struct noun *const nouns[] = { &noun_agreement, &noun_session,
		&noun_touchpoint, &noun_gathering, NULL };
	return lifecycle_main("scheduling", nouns, staff_build, NULL);
}
