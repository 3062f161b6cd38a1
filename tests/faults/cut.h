/*
 * cut.h - a wire between the services and PostgreSQL that can be cut without a word: a TCP port of
 * 127.0.0.1 that passes everything on to PostgreSQL's socket. While it is cut nothing is passed on
 * or closed, bytes on their way stay there, and who connects anew hears nothing at all.
 */
#ifndef UPWARD_TESTS_CUT_H
#define UPWARD_TESTS_CUT_H

#include <stdbool.h>

/* Lays the wire, once a program; its port. */
int wire_open(void);
void wire_cut(bool cut);
/* Ends the wire and all that goes through it. */
void wire_close(void);

#endif
