/*
 * table.h - the fixture's contract answered by statements in PostgreSQL instead of handlers: things
 * with an owner, beside the parts of the schema common that writes use.
 */
#ifndef UPWARD_TESTS_HTTP_TABLE_H
#define UPWARD_TESTS_HTTP_TABLE_H

#include "unit/http/fixture.h"

/* The service with its database, ready. */
void table_open(struct service_state *service);
void table_close(struct service_state *service);
/* One more database on the same server, as another instance of the service has it. */
struct database *table_database(void);

#endif
