/*
 * Checks the prices against every pair.
 */
#ifndef ENGINE_CHECK_PRICES_H
#define ENGINE_CHECK_PRICES_H

#include "matching/engine/check/checking.h"

/* Checks feasibility, slackness and gap; false if refused or cancelled. */
bool check_prices(struct checking *checking);

#endif
