/*
 * id.h - UUIDs (RFC 9562). Version 7, except where the time of creation is confidential (feedback,
 * exclusions, ...): version 4. Randomness from getrandom(2).
 */
#ifndef UPWARD_BASE_ID_H
#define UPWARD_BASE_ID_H

struct id {
	char text[37]; /* lower case, NUL-terminated */
};

struct id id_v7(void); /* time-ordered within a process, monotonic */
struct id id_v4(void);

#endif
