/* processes.h - signals to PostgreSQL as a whole. */
#ifndef UPWARD_TESTS_PROCESSES_H
#define UPWARD_TESTS_PROCESSES_H

/* To the postmaster and all its children. */
void signal_postgres(int number);

#endif
