#include "matching/engine/base/options.h"

bool is_raised(const atomic_bool *cancel)
{
	return cancel && atomic_load_explicit(cancel, memory_order_relaxed);
}
