/* Every state, step and caller of profiles' noun. */
#include "ways.h"
#include "staff.h"

int main(void)
{
	static const struct noun *const nouns[] = { &noun_import, NULL };
	return lifecycle_main("profiles", nouns, staff_company, NULL);
}
