#include "shim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/client.h"

static struct faults *faults;
static char name[64], library[300];

bool shim_possible(void)
{
	if (strcmp(api_stack("flavour"), "tsan") != 0)
		return true;
	printf("skipped: ThreadSanitizer does not bear another library before it\n");
	return false;
}

struct faults *shim_open(void)
{
	if (faults)
		return faults;
	snprintf(name, sizeof name, "/upward-faults-%d", (int)getpid());
	int memory = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
	assert_true(memory >= 0);
	assert_int_equal(fchmod(memory, 0666), 0); /* PostgreSQL may run as another user */
	assert_int_equal(ftruncate(memory, sizeof *faults), 0);
	faults = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	assert_true(faults != MAP_FAILED);
	close(memory);
	/* where PostgreSQL's user may read it */
	snprintf(library, sizeof library, "%s/preload.so", api_stack("socket"));
	const char *argv[] = { "install", "-m", "755",
		api_path("build/%s/tests/faults/preload.so", api_stack("flavour")), library, NULL };
	api_run(argv);
	return faults;
}

void shim_start(const char *process, const char *setting)
{
	api_stop(process);
	api_start_with(process, api_path("LD_PRELOAD=%s", library),
		api_path("UPWARD_FAULTS=%s", name), setting, NULL);
}

void shim_tokens(void)
{
	const char *path = api_path("%s/token", api_stack("socket"));
	FILE *tool = fopen(path, "w");
	assert_non_null(tool);
	fprintf(tool,
		"#!/bin/sh\nexec env LD_PRELOAD=%s UPWARD_AHEAD=-3600 "
		"ASAN_OPTIONS=verify_asan_link_order=0 %s \"$@\" --ttl 14400\n",
		library, api_stack("token_tool"));
	assert_int_equal(fclose(tool), 0);
	assert_int_equal(chmod(path, 0700), 0);
	api_token_tool(path);
}

void shim_end(const char *process)
{
	api_stop(process);
	api_start(process);
}

void shim_close(void)
{
	if (!faults)
		return;
	munmap(faults, sizeof *faults);
	faults = NULL;
	shm_unlink(name);
	unlink(library);
}
