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

struct faults *shim_open(void)
{
	if (strcmp(api_stack("flavour"), "tsan") == 0) {
		print_message("skipped: ThreadSanitizer does not bear a library before it\n");
		skip();
	}
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

void shim_start(const char *process, long ahead, const char *setting)
{
	api_stop(process);
	api_start_with(process, api_path("LD_PRELOAD=%s", library),
		api_path("UPWARD_FAULTS=%s", name), api_path("UPWARD_AHEAD=%ld", ahead), setting,
		NULL);
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
