/*
 * wire.h - raw HTTP over a socket, for what a well-behaved client cannot send.
 */
#ifndef UPWARD_TESTS_WIRE_H
#define UPWARD_TESTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>

int wire_open(int port); /* -1: refused */
void wire_send(int fd, const void *bytes, size_t len);
void wire_text(int fd, const char *text);
/* Reads one whole response (headers and Content-Length bytes) within 20 s into static memory; "" if
 * the connection ends before that. */
const char *wire_answer(int fd);
/* The same for HEAD, 204 and 304, which have only headers. */
const char *wire_head(int fd);
int wire_status(const char *answer);
/* true: the other side closes within 20 s, and sends nothing more */
bool wire_closed(int fd);
/* Something has come, or the other side has closed. */
bool wire_readable(int fd);
/* Opens, sends, reads the status, closes. */
int wire_ask(int port, const char *text);

#endif
