#include "processes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"

static int parent_of(const char *pid)
{
	char path[300], line[512] = "";
	int parent = 0;
	snprintf(path, sizeof path, "/proc/%s/stat", pid);
	FILE *file = fopen(path, "r");
	if (file && fgets(line, sizeof line, file) && strrchr(line, ')'))
		parent = sscanf(strrchr(line, ')') + 2, "%*c %d", &parent) == 1 ? parent : 0;
	if (file)
		fclose(file);
	return parent;
}

void signal_postgres(int number)
{
	int postmaster = api_pid("postgres");
	DIR *processes = opendir("/proc");
	struct dirent *one;
	assert_non_null(processes);
	kill(postmaster, number);
	while ((one = readdir(processes)))
		if (one->d_name[0] >= '1' && one->d_name[0] <= '9' &&
			parent_of(one->d_name) == postmaster)
			kill(atoi(one->d_name), number);
	closedir(processes);
}
