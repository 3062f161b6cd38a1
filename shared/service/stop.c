#include "service/stop.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>
#include "base/clock.h"
#include "ops/log.h"

#define LOOK_MS 20
/* a caller on a kept-alive connection may be sending its next request right now */
#define QUIET_MS 200

/* All signals that terminate a process by default, except for faults of its own and SIGPIPE, which
 * is ignored. */
static void ending(sigset_t *set)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM,
		SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGXCPU, SIGXFSZ, SIGSTKFLT };
	sigemptyset(set);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaddset(set, numbers[i]);
	for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
		sigaddset(set, number);
}

void stop_signals_block(void)
{
	sigset_t set;
	ending(&set);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void stop_signal_wait(void (*renew)(void *context), void *context)
{
	sigset_t set;
	int number;
	ending(&set);
	sigaddset(&set, SIGHUP);
	for (;;) {
		if (sigwait(&set, &number) != 0)
			continue;
		if (number != SIGHUP)
			return;
		renew(context);
		log_info("renewed");
	}
}

/* Waits a moment; a second signal ends the process. */
static void look_out(void)
{
	sigset_t set;
	struct timespec moment = { 0, LOOK_MS * 1000000L };
	ending(&set);
	if (sigtimedwait(&set, NULL, &moment) > 0) {
		log_warning("stopped_at_once");
		_exit(1);
	}
}

/* Stops the workers on a separate thread, which touches nothing once it is done. */
struct stopper {
	struct workers *workers;
	atomic_bool done;
};

static void *stop_workers(void *context)
{
	struct stopper *stopper = context;
	workers_stop(stopper->workers);
	atomic_store(&stopper->done, true);
	return NULL;
}

void stop_drain(struct server *server, struct workers *workers, int seconds)
{
	uint64_t deadline = clock_monotonic_us() + (uint64_t)seconds * 1000000;
	struct stopper stopper = { .workers = workers };
	pthread_t thread;
	bool stopping = workers && pthread_create(&thread, NULL, stop_workers, &stopper) == 0;
	if (stopping)
		pthread_detach(thread);
	server_quiesce(server);
	for (int quiet = 0; quiet < QUIET_MS && clock_monotonic_us() < deadline;) {
		look_out();
		quiet = server_in_flight(server) > 0 ? 0 : quiet + LOOK_MS;
		if (server_connections(server) == 0)
			break;
	}
	if (server_in_flight(server) > 0)
		log_warning("cut_off", LOG_NUMBER(LOG_COUNT, server_in_flight(server)));
	if (workers && !stopping)
		workers_stop(workers);
	deadline = clock_monotonic_us() + 1000000;
	while (stopping && !atomic_load(&stopper.done)) {
		if (clock_monotonic_us() > deadline) {
			log_warning("work_cut_off");
			_exit(0);
		}
		look_out();
	}
}
