/* is_cancelled() of solver.h, in its own file so that tests can count the calls. */
#include "matching/engine/exact/solver.h"

bool is_cancelled(const struct solver *solver)
{
	return is_raised(solver->options.cancel);
}
