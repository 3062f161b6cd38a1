/*
 * replay_main.c - runs a fuzz harness without a fuzzer: over the files and folders given, else over
 * tests/fuzz/regression/<name of the program>/. So what the fuzzer once found stays tested where
 * there is no clang. A broken law aborts. Exit 1 when there was nothing to run.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	fseek(file, 0, SEEK_END);
	long size = ftell(file);
	rewind(file);
	/* exactly as large as the input, so that a sanitizer sees the first byte too many */
	uint8_t *bytes = malloc(size > 0 ? (size_t)size : 1);
	int good = bytes && size >= 0 && fread(bytes, 1, (size_t)size, file) == (size_t)size;
	fclose(file);
	if (good)
		LLVMFuzzerTestOneInput(bytes, (size_t)size);
	else
		fprintf(stderr, "%s: could not be read\n", path);
	free(bytes);
	return good ? 1 : -1;
}

static int replay_directory(const char *path)
{
	int count = 0;
	struct dirent *entry;
	DIR *directory = opendir(path);
	if (!directory) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	while (count >= 0 && (entry = readdir(directory))) {
		char file[4096 + 256];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		count = replay(file) < 0 ? -1 : count + 1;
	}
	closedir(directory);
	return count;
}

static bool is_directory(const char *path)
{
	struct stat facts;
	return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

int main(int argc, char **argv)
{
	char path[1024];
	const char *name = strrchr(argv[0], '/');
	int count = 0;
	for (int i = 1; i < argc && count >= 0; i++) {
		int more = is_directory(argv[i]) ? replay_directory(argv[i]) : replay(argv[i]);
		count = more < 0 ? -1 : count + more;
	}
	if (argc < 2) {
		snprintf(path, sizeof path, "tests/fuzz/regression/%s", name ? name + 1 : argv[0]);
		count = replay_directory(path);
	}
	if (count <= 0)
		return 1;
	printf("%d passed, 0 failed\n", count);
	return 0;
}
