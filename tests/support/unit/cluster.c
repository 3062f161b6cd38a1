#include "support/unit/cluster.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct cluster {
	char folder[64], data[80], log[80], bin[64], dsn[128];
	const char *user; /* who runs it if we are root */
	bool running, durable;
	int alive; /* one end of a pipe: closed when this program ends for any reason */
};

static void give_up(const char *what, const char *why)
{
	fprintf(stderr, "test support: %s: %s\n", what, why ? why : "failed");
	_exit(99);
}

static int run(const struct cluster *c, const char *const *words)
{
	const char *argv[32] = { "runuser", "-u", c->user, "--" };
	posix_spawn_file_actions_t quiet;
	int n = c->user ? 4 : 0, status = -1;
	pid_t pid;

	for (; *words && n < 31; words++)
		argv[n++] = *words;
	argv[n] = NULL;
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, c->log, O_WRONLY | O_CREAT | O_APPEND, 0666);
	posix_spawn_file_actions_adddup2(&quiet, 1, 2);
	if (posix_spawnp(&pid, argv[0], &quiet, NULL, (char *const *)argv, environ) != 0)
		give_up(argv[0], "cannot be started");
	waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&quiet);
	return status;
}

static void find_binaries(struct cluster *c)
{
	DIR *versions = opendir("/usr/lib/postgresql");
	struct dirent *one;
	int best = 0;

	while (versions && (one = readdir(versions))) {
		int version = (int)strtol(one->d_name, NULL, 10);

		best = version > best ? version : best;
	}
	if (versions)
		closedir(versions);
	if (!best)
		give_up("PostgreSQL", "is not installed");
	snprintf(c->bin, sizeof c->bin, "/usr/lib/postgresql/%d/bin", best);
}

/* A shell that waits for the pipe to close, then stops the server and deletes what is left, so that
 * a test that crashes or is killed leaves nothing running. */
static void guard(struct cluster *c)
{
	char script[512];
	const char *argv[] = { "sh", "-c", script, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t own_session;
	int ends[2];
	pid_t pid;

	/* Several times, because a program that was just starting (initdb) may still be creating
	 * files. */
	snprintf(script, sizeof script,
		"cat >/dev/null; for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do "
		"pid=$(head -n 1 %s/postmaster.pid 2>/dev/null); "
		"[ -z \"$pid\" ] || kill -QUIT \"$pid\" 2>/dev/null; "
		"rm -rf %s 2>/dev/null; sleep 0.2; done",
		c->data, c->folder);
	if (pipe2(ends, O_CLOEXEC) != 0)
		give_up("pipe", NULL);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
	posix_spawnattr_init(&own_session);
	posix_spawnattr_setflags(&own_session, POSIX_SPAWN_SETSID);
	if (posix_spawnp(&pid, "sh", &actions, &own_session, (char *const *)argv, environ) != 0)
		give_up("sh", "cannot be started");
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&own_session);
	close(ends[0]);
	c->alive = ends[1];
}

static struct cluster *make(bool durable)
{
	struct cluster *c = calloc(1, sizeof *c);
	char program[96];
	struct passwd *user;

	if (!c)
		give_up("memory", NULL);
	snprintf(c->folder, sizeof c->folder, "/tmp/upward-unit-XXXXXX");
	if (!mkdtemp(c->folder))
		give_up(c->folder, "cannot be made");
	if (geteuid() == 0) {
		user = getpwnam("postgres") ? getpwnam("postgres") : getpwnam("nobody");
		if (!user || chown(c->folder, user->pw_uid, user->pw_gid) != 0)
			give_up("an unprivileged user", "is missing");
		c->user = strdup(user->pw_name);
	}
	find_binaries(c);
	snprintf(c->data, sizeof c->data, "%s/data", c->folder);
	snprintf(c->log, sizeof c->log, "%s/log", c->folder);
	snprintf(c->dsn, sizeof c->dsn, "host=%s user=postgres dbname=postgres", c->folder);
	guard(c);
	snprintf(program, sizeof program, "%s/initdb", c->bin);
	if (run(c, (const char *[]){ program, "-D", c->data, "-U", "postgres", "-A", "trust",
			   "--no-sync", "-E", "UTF8", "--locale=C",
			   durable ? "--data-checksums" : NULL, NULL }) != 0)
		give_up("initdb", c->log);
	chmod(c->log, 0666);
	c->durable = durable;
	return c;
}

struct cluster *cluster_new(void)
{
	return make(false);
}

struct cluster *cluster_new_durable(void)
{
	return make(true);
}

void cluster_start(struct cluster *c)
{
	char program[96], options[256];

	snprintf(program, sizeof program, "%s/pg_ctl", c->bin);
	snprintf(options, sizeof options,
		"-c listen_addresses='' -k %s -c max_connections=300 -c fsync=%s "
		"-c deadlock_timeout=100ms -c shared_buffers=32MB",
		c->folder, c->durable ? "on" : "off");
	if (run(c, (const char *[]){ program, "-D", c->data, "-o", options, "-l", c->log, "-w",
			   "-s", "start", NULL }) != 0)
		give_up("pg_ctl start", c->log);
	c->running = true;
}

void cluster_stop(struct cluster *c)
{
	char program[96];

	if (!c->running)
		return;
	snprintf(program, sizeof program, "%s/pg_ctl", c->bin);
	if (run(c, (const char *[]){ program, "-D", c->data, "-m", "immediate", "-w", "-s", "stop",
			   NULL }) != 0)
		give_up("pg_ctl stop", c->log);
	c->running = false;
}

void cluster_free(struct cluster *c)
{
	cluster_stop(c);
	close(c->alive); /* the guard deletes the directory */
	free((char *)c->user);
	free(c);
}

const char *cluster_dsn(const struct cluster *c)
{
	return c->dsn;
}
