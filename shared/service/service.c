#include "service/service.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include "auth/issuer.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/str.h"
#include "db/durability.h"
#include "gen/shared/statements.h"
#include "http/answer.h"
#include "http/idempotency.h"
#include "http/server.h"
#include "json/load.h"
#include "ops/log.h"
#include "service/admin.h"
#include "service/figures.h"
#include "service/stop.h"

#define ADMIN_CONNECTIONS 32
#define ADMIN_BODY_BYTES  4096
#define SECRET_LEAST      32
#define SECRET_MOST       4096
#define TIDY_MS           600000
#define REASON_BYTES      256

/* The parts of a process in the order they are opened. */
struct process {
	struct service_state state;
	const struct statement **statements; /* owned: the service's and the shared ones */
	struct job *jobs;                    /* owned: the service's and the shared ones */
	struct server *server, *admin;
};

static bool fail(const char *what, const char *reason)
{
	fprintf(stderr, "%s%s%s\n", what, *reason ? ": " : "", reason);
	return false;
}

/* No privileges may be gained by exec, and no core file may contain tokens. Raises the limit of
 * open files, because CONNECTION_LIMIT needs more than a shell's 1,024. */
static void harden(void)
{
	struct rlimit none = { 0, 0 }, files;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
	signal(SIGPIPE, SIG_IGN);
}

static bool read_secret(const char *path, unsigned char ret_secret[32])
{
	unsigned char bytes[SECRET_MOST];
	owned_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
	if (len < 0)
		return fail("SECRET_KEY_FILE", strerror(errno));
	if (len < SECRET_LEAST)
		return fail("SECRET_KEY_FILE", "fewer than 32 bytes");
	hash_sha256(bytes, (size_t)len, ret_secret);
	hash_wipe(bytes, sizeof bytes);
	return true;
}

static bool database_is_ready(void *db)
{
	return database_ready(db);
}

/* In production, a server that may lose committed data is never used. A server that is down now is
 * judged later, on every connection; until then the service is not ready. */
static bool judge_database(const struct config *c)
{
	char wrong[DURABILITY_BYTES], reason[REASON_BYTES];
	if (!config_is_production(c) ||
		durability_judge(config_text(c, "DATABASE_URL"), wrong) != NOT_DURABLE)
		return true;
	snprintf(reason, sizeof reason,
		"this PostgreSQL may lose what it has confirmed; turn on what is off: %s", wrong);
	return fail("DATABASE_URL", reason);
}

static bool open_database(struct process *p)
{
	const struct service *s = p->state.service;
	const struct config *c = p->state.config;
	if (!judge_database(c))
		return false;
	size_t count = *s->statement_count + shared_statement_count;
	p->statements = calloc(count + 1, sizeof *p->statements);
	if (!p->statements)
		return fail("out of memory", "");
	for (size_t i = 0; i < count; i++)
		p->statements[i] = i < *s->statement_count
					   ? s->statements[i]
					   : shared_statements[i - *s->statement_count];
	struct db_settings settings = {
		.dsn = config_text(c, "DATABASE_URL"),
		.lane_dsn = config_text(c, "LANE_URL"),
		.pool_dsn = config_text(c, "POOL_URL"),
		.slow_dsn = config_text(c, "SLOW_URL"),
		.worker_dsn = config_text(c, "WORKER_URL"),
		.durable = config_is_production(c),
		.watched = true,
		.unbatched = str_equal(config_text(c, "LANE"), "off"),
		.pool_size = config_int(c, "POOL_SIZE"),
		.slow_size = config_int(c, "SLOW_SIZE"),
		.slow_queue = config_int(c, "SLOW_QUEUE"),
		.statements = p->statements,
		.statement_count = count,
	};
	p->state.db = database_open(&settings);
	if (!p->state.db || !figures_of_database(&p->state))
		return fail("database", "out of memory or threads");
	health_check(p->state.health, "database", database_is_ready, p->state.db);
	return true;
}

static bool open_workers(struct process *p)
{
	const struct service *s = p->state.service;
	static const struct job shared[] = { { "idempotency", TIDY_MS, idempotency_tidy } };
	size_t count = s->job_count + COUNT(shared);
	p->jobs = calloc(count, sizeof *p->jobs);
	if (!p->jobs)
		return fail("out of memory", "");
	for (size_t i = 0; i < count; i++)
		p->jobs[i] = i < s->job_count ? s->jobs[i] : shared[i - s->job_count];
	p->state.workers = workers_start(
		&p->state, p->state.db, p->jobs, count, s->consumers, s->consumer_count);
	return p->state.workers || fail("workers", "out of memory or threads");
}

static struct server *listen_at(
	const struct process *p, const char *port, struct server_settings *settings)
{
	char reason[REASON_BYTES] = "";
	const struct config *c = p->state.config;
	settings->address = config_text(c, "LISTEN");
	settings->port = config_int(c, port);
	settings->timeout_seconds = config_int(c, "CONNECTION_TIMEOUT");
	settings->body_rate = config_int(c, "BODY_RATE") << 10;
	settings->bodies = p->state.bodies;
	settings->context = (void *)&p->state;
	struct server *server = server_open(settings, reason, sizeof reason);
	if (!server)
		fail(port, reason);
	return server;
}

static bool open_bodies(struct process *p)
{
	const struct config *c = p->state.config;
	const struct service *s = p->state.service;
	p->state.bodies = body_budget_new((size_t)config_int(c, "BODY_MEMORY") << 20,
		(size_t)config_int(c, "BODY_SPOOL") << 20, config_text(c, "SPOOL_DIR"));
	if (!p->state.bodies)
		return fail("out of memory", "");
	for (size_t i = 0; i < *s->operation_count; i++) {
		if (s->operations[i].body_most > BODY_SMALL)
			return body_budget_can_spool(p->state.bodies) ||
			       fail("SPOOL_DIR", strerror(errno));
	}
	return true;
}

static bool process_open(struct process *p)
{
	const struct config *c = p->state.config;
	const struct service *s = p->state.service;
	char reason[REASON_BYTES] = "";
	p->state.base_url = config_text(c, "PUBLIC_BASE_URL");
	p->state.idempotency_keys = config_int(c, "IDEMPOTENCY_KEYS");
	p->state.health = health_new();
	if (!open_bodies(p))
		return false;
	if (!p->state.health || !figures_open(&p->state))
		return fail("out of memory", "");
	if (!read_secret(config_text(c, "SECRET_KEY_FILE"), p->state.secret))
		return false;
	p->state.router = router_new(s->operations, *s->operation_count, reason, sizeof reason);
	if (!p->state.router)
		return fail("routes", reason);
	if (!open_database(p))
		return false;
	p->state.authority = authority_open(config_text(c, "ISSUERS_FILE"),
		config_int(c, "TOKEN_LIFE"), p->state.db, reason, sizeof reason);
	if (!p->state.authority)
		return fail("ISSUERS_FILE", reason);
	struct server_settings admin = { .connection_limit = ADMIN_CONNECTIONS,
		.body_most = ADMIN_BODY_BYTES,
		.answer = admin_answer };
	struct server_settings api = { .connection_limit = config_int(c, "CONNECTION_LIMIT"),
		.judge = answer_judge,
		.answer = answer_request };
	p->admin = listen_at(p, "ADMIN_PORT", &admin);
	if (!p->admin || !open_workers(p))
		return false;
	p->server = listen_at(p, "PORT", &api);
	json_load_watch(); /* ulfius gave jansson its own functions when it started */
	return p->server != NULL;
}

static void process_close(struct process *p)
{
	server_close(p->server);
	server_close(p->admin);
	workers_stop(p->state.workers);
	authority_close(p->state.authority);
	database_close(p->state.db);
	router_free(p->state.router);
	figures_close(&p->state);
	health_free(p->state.health);
	body_budget_free(p->state.bodies);
	hash_wipe(p->state.secret, sizeof p->state.secret);
	free(p->statements);
	free(p->jobs);
}

static void renew(void *authority)
{
	authority_renew(authority);
}

static int serve(const struct service *service, const struct config *config)
{
	struct process p = { .state = { .service = service,
				     .operations = service->operations,
				     .operation_count = *service->operation_count,
				     .config = config } };
	enum log_level level = LOG_LEVEL_INFO;
	uint64_t began = clock_monotonic_us();
	if (!log_level_find(config_text(config, "LOG_LEVEL"), &level))
		level = LOG_LEVEL_INFO;
	log_open(service->name, level);
	harden();
	json_object_seed(0); /* before any thread starts, to avoid a race */
	stop_signals_block();
	bool opened = process_open(&p);
	if (opened) {
		health_started(p.state.health);
		log_info("started", LOG_NUMBER(LOG_PORT, server_port(p.server)),
			LOG_NUMBER(LOG_DURATION_US, (int64_t)(clock_monotonic_us() - began)));
		stop_signal_wait(renew, p.state.authority);
		log_info("stopping", LOG_NUMBER(LOG_COUNT, server_in_flight(p.server)));
		health_stopping(p.state.health);
		stop_drain(p.server, p.state.workers, config_int(config, "STOP_SECONDS"));
		p.state.workers = NULL;
		log_info("stopped");
	}
	process_close(&p);
	return opened ? 0 : 1;
}

static int usage(const struct service *service, FILE *out, int status)
{
	fprintf(out,
		"Usage: upward-%s [--help | --version | --print-config | --check-config]\n"
		"Runs the service with the settings of the environment until SIGTERM.\n",
		service->name);
	return status;
}

/* Prints the settings, and the issuers if they can be read. */
static int print_config(const struct config *config)
{
	struct buf text = BUF_INIT(1 << 20);
	struct issuer_list issuers;
	char reason[REASON_BYTES];
	config_print(&text);
	if (config && issuer_list_read(config_text(config, "ISSUERS_FILE"), &issuers, reason,
			      sizeof reason)) {
		issuer_list_print(&issuers, &text);
		issuer_list_release(&issuers);
	}
	bool printed = buf_ok(&text) && fputs(text.data ? text.data : "", stdout) >= 0;
	buf_release(&text);
	return printed ? 0 : 1;
}

/* Also checks what the settings refer to, as far as that needs neither network nor database. */
static int check_config(const struct config *config)
{
	struct issuer_list issuers;
	char reason[REASON_BYTES];
	if (!issuer_list_read(
		    config_text(config, "ISSUERS_FILE"), &issuers, reason, sizeof reason)) {
		fail(reason, "");
		return 1;
	}
	issuer_list_release(&issuers);
	return 0;
}

int service_main(const struct service *service, int argc, char **argv)
{
	const char *option = argc > 1 ? argv[1] : "";
	bool check = str_equal(option, "--check-config"),
	     print = str_equal(option, "--print-config");
	if (argc == 2 && str_equal(option, "--help"))
		return usage(service, stdout, 0);
	if (argc == 2 && str_equal(option, "--version"))
		return printf("upward-%s %s\n", service->name, SERVICE_VERSION) > 0 ? 0 : 1;
	if (argc > 2 || (argc == 2 && !check && !print))
		return usage(service, stderr, 2);
	struct buf faults = BUF_INIT(1 << 16);
	struct config *config = config_read(&faults);
	int status = 1;
	if (print)
		status = print_config(config);
	if (!config) {
		fputs(faults.data ? faults.data : "out of memory\n", stderr);
		status = 1;
	} else if (!print) {
		status = check ? check_config(config) : serve(service, config);
	}
	buf_release(&faults);
	config_free(config);
	return status;
}
