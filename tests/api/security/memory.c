#include "memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "support/client.h"

#define SERVICES   4
#define GROWTH_KIB 24576L
/* AddressSanitizer keeps what was freed in quarantine, up to 256 MiB, and more around it */
#define GROWTH_ASAN_KIB 524288L

static const char *const services[SERVICES] = { "profiles", "matching", "scheduling",
	"evaluation" };
static long noted[SERVICES];

static long resident_kib(const char *service)
{
	char path[64], line[256];
	long kib = 0;
	snprintf(path, sizeof path, "/proc/%d/status", api_pid(service));
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while (!kib && fgets(line, sizeof line, file))
		if (sscanf(line, "VmRSS: %ld kB", &kib) != 1)
			kib = 0;
	fclose(file);
	assert_true(kib > 0);
	return kib;
}

void memory_note(void)
{
	for (int i = 0; i < SERVICES; i++)
		noted[i] = resident_kib(services[i]);
}

void memory_check(void)
{
	long most = strcmp(api_stack("flavour"), "release") == 0 ? GROWTH_KIB : GROWTH_ASAN_KIB;
	for (int i = 0; i < SERVICES; i++) {
		long now = resident_kib(services[i]);
		print_message("%s: %ld KiB, then %ld\n", services[i], noted[i], now);
		assert_true(noted[i] > 0);
		assert_true(now - noted[i] < most);
	}
}
