#include <dirent.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "ops/metrics.h"

static double resident_bytes(void *context)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");
	(void)context;
	if (!file)
		return 0;
	if (fscanf(file, "%*d %ld", &pages) != 1)
		pages = 0;
	fclose(file);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static double cpu_seconds(void *context)
{
	struct timespec used;
	(void)context;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static double open_files(void *context)
{
	int count = -3; /* ".", ".." and the directory itself */
	DIR *directory = opendir("/proc/self/fd");
	(void)context;
	if (!directory)
		return 0;
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

bool metrics_process(struct metrics *m)
{
	struct gauge *start = metrics_gauge(
		m, "process_start_time_seconds", "Unix time of the process's start.", NULL);
	if (!start)
		return false;
	gauge_set(start, clock_seconds());
	return metrics_sampled(m, METRICS_GAUGE, "process_resident_memory_bytes",
		       "Resident memory.", NULL, resident_bytes, NULL) &&
	       metrics_sampled(m, METRICS_COUNTER, "process_cpu_seconds_total",
		       "CPU time, user and system.", NULL, cpu_seconds, NULL) &&
	       metrics_sampled(m, METRICS_GAUGE, "process_open_fds", "Open file descriptors.", NULL,
		       open_files, NULL);
}
