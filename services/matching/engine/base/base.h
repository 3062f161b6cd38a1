/*
 * Everything that all parts of the engine share: status and faults, policy, options, result;
 * growing arrays and a crew of threads.
 */
#ifndef ENGINE_BASE_H
#define ENGINE_BASE_H

#include "matching/engine/base/crew.h"
#include "matching/engine/base/grow.h"
#include "matching/engine/base/options.h"
#include "matching/engine/base/policy.h"
#include "matching/engine/base/result.h"
#include "matching/engine/base/status.h"

#endif
