/*
 * random.h - unpredictable bytes from getrandom(2). Cannot fail: if the kernel refuses, the process
 * aborts, because nothing may continue with predictable ids or keys.
 */
#ifndef UPWARD_BASE_RANDOM_H
#define UPWARD_BASE_RANDOM_H

#include <stddef.h>

void random_bytes(void *bytes, size_t len);

#endif
