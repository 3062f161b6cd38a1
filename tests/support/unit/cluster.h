/*
 * cluster.h - PostgreSQL for unit tests: the run's own server (TEST_DATABASE_URL, a superuser's
 * DSN), else a private one in a temporary folder; and private ones that a test may stop and start.
 * A failure of the machinery ends the program with a message.
 */
#ifndef UPWARD_TESTS_CLUSTER_H
#define UPWARD_TESTS_CLUSTER_H

#include <stdbool.h>

/* The DSN of a fresh database of this program on the run's server; dropped at exit. */
const char *test_dsn(void);

struct cluster;                       /* a private server; listens on a Unix socket alone */
struct cluster *cluster_new(void);    /* not started */
/* The same as production asks for it: with checksums and fsync. */
struct cluster *cluster_new_durable(void);
void cluster_free(struct cluster *c); /* stops it and removes its folder */
void cluster_start(struct cluster *c);
void cluster_stop(struct cluster *c); /* at once, as in a crash */
const char *cluster_dsn(const struct cluster *c);

/* Runs statements over a connection of its own. */
void sql(const char *dsn, const char *text);
/* The first column of the first row as text, in static memory; "" without a row. */
const char *sql_value(const char *dsn, const char *text);
long sql_number(const char *dsn, const char *text);

/* Waits until the condition holds; ends the program after 20 s. Never sleeps for its own sake. */
void await_true(bool (*condition)(void *context), void *context, const char *what);

#endif
