/*
 * country.h - countries and their parts, by the codes of ISO 3166.
 */
#ifndef UPWARD_BASE_COUNTRY_H
#define UPWARD_BASE_COUNTRY_H

#include <stdbool.h>
#include "base/cleanup.h"

CHECKED bool str_is_country(const char *text); /* ISO 3166-1 alpha-2, upper case, a known one */
CHECKED bool str_is_place(const char *text);   /* a country, or a part of one: DE, DE-BY */

#endif
