/* Of solver.h: a look at the flag, where tests can count it. */
#include "matching/engine/exact/solver.h"

bool is_cancelled(const struct solver *solver)
{
	return is_raised(solver->options.cancel);
}
