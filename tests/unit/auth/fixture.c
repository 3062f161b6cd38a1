#include "unit/auth/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char folder[256];

static void must(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "fixture: %s failed\n", what);
	abort();
}

void fixture_enter(void)
{
	const char *under = getenv("TMPDIR");
	snprintf(folder, sizeof folder, "%s/upward-auth-XXXXXX", under ? under : "/tmp");
	must(mkdtemp(folder) != NULL, "mkdtemp");
}

static void remove_all(void)
{
	char command[300];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	FILE *done = popen(command, "r");
	must(done && pclose(done) == 0, "rm");
}

void fixture_leave(void)
{
	remove_all();
}

const char *fixture_path(const char *name)
{
	static _Thread_local char paths[4][512];
	static _Thread_local unsigned next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

const char *fixture_write(const char *name, const char *text)
{
	char temporary[512];
	snprintf(temporary, sizeof temporary, "%s/%s.new", folder, name);
	FILE *f = fopen(temporary, "w");
	must(f && fputs(text, f) >= 0 && fclose(f) == 0, "write");
	const char *path = fixture_path(name);
	must(rename(temporary, path) == 0, "rename");
	return path;
}

char *fixture_jwks(char *a, char *b)
{
	char *text = NULL;
	must(asprintf(&text, "{\"keys\":[%s%s%s]}", a, b ? "," : "", b ? b : "") > 0, "asprintf");
	free(a);
	free(b);
	return text;
}

const char *fixture_bearer(char *token)
{
	static _Thread_local char *header;
	free(header);
	header = NULL;
	if (!token)
		return NULL;
	must(asprintf(&header, "Bearer %s", token) > 0, "asprintf");
	free(token);
	return header;
}

bool fixture_wait(bool (*met)(void *), void *argument)
{
	struct timespec start, now, pause = { .tv_nsec = 5000000 };
	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		if (met(argument))
			return true;
		nanosleep(&pause, NULL);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec - start.tv_sec < 20);
	return false;
}
