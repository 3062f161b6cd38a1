/*
 * unit.h - included by every unit test: cmocka, with the headers it needs but does not include.
 */
#ifndef UPWARD_TESTS_UNIT_H
#define UPWARD_TESTS_UNIT_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#endif
