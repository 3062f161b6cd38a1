#include "preload.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define MARK      "refuse-"
#define MARK_MOST 9 /* digits */

/* Its place is in the thread from the beginning: finding it allocates nothing. */
static __thread long countdown __attribute__((tls_model("initial-exec")));
static struct faults *faults;
static long ahead_alone; /* without shared memory */

__attribute__((constructor)) static void look_around(void)
{
	const char *name = getenv("UPWARD_FAULTS"), *seconds = getenv("UPWARD_AHEAD");
	int memory = name ? shm_open(name, O_RDWR, 0) : -1;
	ahead_alone = seconds ? atol(seconds) : 0;
	if (memory < 0)
		return;
	void *at = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	faults = at == MAP_FAILED ? NULL : at;
	close(memory);
}

/* The next library's function of this name. */
#define NEXT(name)                                                                                 \
	static __typeof__(name) *next;                                                             \
	if (!next)                                                                                 \
	next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

/* ---- memory -----------------------------------------------------------------------------------*/

static bool is_refused(void)
{
	if (countdown == 0 || --countdown > 0)
		return false;
	atomic_fetch_add(&faults->refused, 1);
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	NEXT(malloc);
	return is_refused() ? NULL : next(size);
}

void *calloc(size_t count, size_t size)
{
	NEXT(calloc);
	return is_refused() ? NULL : next(count, size);
}

void *realloc(void *old, size_t size)
{
	NEXT(realloc);
	return is_refused() ? NULL : next(old, size);
}

/* Where a request begins, counting begins. */
static void look_for_mark(const char *bytes, size_t length)
{
	const char *mark = memmem(bytes, length, MARK, sizeof MARK - 1);
	char digits[MARK_MOST + 1] = "";
	if (!mark)
		return;
	mark += sizeof MARK - 1;
	size_t left = length - (size_t)(mark - bytes);
	memcpy(digits, mark, left < MARK_MOST ? left : MARK_MOST);
	atomic_fetch_add(&faults->armed, 1);
	countdown = atol(digits);
}

ssize_t recv(int socket, void *bytes, size_t most, int flags)
{
	NEXT(recv);
	ssize_t got = next(socket, bytes, most, flags);
	if (faults && got > 0)
		look_for_mark(bytes, (size_t)got);
	return got;
}

/* ---- disks ------------------------------------------------------------------------------------*/

static int kind_of(const char *path)
{
	size_t length = strlen(path);
	if (strstr(path, "/pg_wal/"))
		return FULL_WAL;
	if (strstr(path, "/pgsql_tmp"))
		return FULL_TEMP;
	if (length > 4 && strcmp(path + length - 4, ".log") == 0)
		return FULL_LOG;
	if (strstr(path, "/pg/"))
		return FULL_DATA;
	return strstr(path, " (deleted)") ? FULL_SPOOL : 0;
}

/* Whether `length` bytes at `offset` (-1: where the file is) have no room. */
static bool has_no_room(int file, off_t offset, size_t length)
{
	char link[40], path[1024];
	struct stat now;
	int full = faults ? atomic_load(&faults->full) : 0;
	if (!full || fstat(file, &now) != 0 || !S_ISREG(now.st_mode))
		return false;
	snprintf(link, sizeof link, "/proc/self/fd/%d", file);
	ssize_t got = readlink(link, path, sizeof path - 1);
	if (got < 0)
		return false;
	path[got] = '\0';
	if (!(kind_of(path) & full))
		return false;
	if (offset < 0)
		offset = fcntl(file, F_GETFL) & O_APPEND ? now.st_size : lseek(file, 0, SEEK_CUR);
	if (offset + (off_t)length <= now.st_size)
		return false;
	atomic_fetch_add(&faults->refused, 1);
	errno = ENOSPC;
	return true;
}

static size_t length_of(const struct iovec *parts, int count)
{
	size_t length = 0;
	for (int i = 0; i < count; i++)
		length += parts[i].iov_len;
	return length;
}

ssize_t write(int file, const void *bytes, size_t length)
{
	NEXT(write);
	return has_no_room(file, -1, length) ? -1 : next(file, bytes, length);
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset)
{
	NEXT(pwrite);
	return has_no_room(file, offset, length) ? -1 : next(file, bytes, length, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset)
{
	NEXT(pwrite64);
	return has_no_room(file, offset, length) ? -1 : next(file, bytes, length, offset);
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
	NEXT(writev);
	return has_no_room(file, -1, length_of(parts, count)) ? -1 : next(file, parts, count);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset)
{
	NEXT(pwritev);
	return has_no_room(file, offset, length_of(parts, count))
		       ? -1
		       : next(file, parts, count, offset);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t offset)
{
	NEXT(pwritev64);
	return has_no_room(file, offset, length_of(parts, count))
		       ? -1
		       : next(file, parts, count, offset);
}

/* ---- the clock --------------------------------------------------------------------------------*/

static long ahead(void)
{
	return faults ? atomic_load(&faults->ahead) : ahead_alone;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	NEXT(clock_gettime);
	int outcome = next(clock, now);
	if (clock == CLOCK_REALTIME && outcome == 0)
		now->tv_sec += ahead();
	return outcome;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	NEXT(gettimeofday);
	int outcome = next(now, zone);
	if (outcome == 0)
		now->tv_sec += ahead();
	return outcome;
}

time_t time(time_t *ret_now)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (ret_now)
		*ret_now = now.tv_sec;
	return now.tv_sec;
}
