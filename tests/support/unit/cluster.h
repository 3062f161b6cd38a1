/*
 * cluster.h - PostgreSQL for unit tests: the run's own server (TEST_DATABASE_URL, a superuser's
 * DSN), or else a private one in a temporary directory; and private servers that a test may stop
 * and start. If any of this fails, the program ends with a message.
 */
#ifndef UPWARD_TESTS_CLUSTER_H
#define UPWARD_TESTS_CLUSTER_H

#include <stdbool.h>

/* The DSN of a fresh database of this program on the run's server; dropped at exit. */
const char *test_dsn(void);

struct cluster;                       /* a private server; listens only on a Unix socket */
struct cluster *cluster_new(void);    /* not started */
/* The same as required in production: with checksums and fsync. */
struct cluster *cluster_new_durable(void);
void cluster_free(struct cluster *c); /* stops it and deletes its directory */
void cluster_start(struct cluster *c);
void cluster_stop(struct cluster *c); /* immediately, as in a crash */
const char *cluster_dsn(const struct cluster *c);

/* Runs statements over a separate connection. */
void sql(const char *dsn, const char *text);
/* The first column of the first row as text, in static memory; "" if there is no row. */
const char *sql_value(const char *dsn, const char *text);
long sql_number(const char *dsn, const char *text);

/* Waits until the condition holds; ends the program after 60 s. */
void await_true(bool (*condition)(void *context), void *context, const char *what);

#endif
