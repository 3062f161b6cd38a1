/*
 * The interface to the people of a run.
 */
#ifndef ENGINE_PEOPLE_H
#define ENGINE_PEOPLE_H

#include "matching/engine/people/forest.h"
#include "matching/engine/people/packed.h"
#include "matching/engine/people/person.h"
#include "matching/engine/people/population.h"

#endif
