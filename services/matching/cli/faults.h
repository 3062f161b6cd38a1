/*
 * faults.h - faults in an input file, by line and column.
 *
 * A column is the number of the field in a CSV record, or of the character in a line of JSON; both
 * count from 1, and 0 means the whole line or file. Quoted input is shortened and has no control
 * characters.
 */
#ifndef UPWARD_MATCH_FAULTS_H
#define UPWARD_MATCH_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "base/cleanup.h"

#define FAULTS_KEPT  10000 /* any others are only counted */
#define FAULTS_QUOTE 64    /* room for a shortened word */

struct file_fault {
	int64_t line;
	size_t column, order;
	char *text; /* owned */
};

/* Start with {0}. */
struct file_faults {
	struct file_fault *list;
	size_t count, room;
	size_t total; /* kept or not; correct even if out of memory */
};

void file_faults_add(struct file_faults *faults, int64_t line, size_t column, const char *format,
	...) PRINTF(4, 5);
void file_faults_release(struct file_faults *faults);
/* One line each, in the order of the file: `file:line:column: text`. */
void file_faults_print(struct file_faults *faults, const char *file, FILE *out);

/* Shortens a word of the input for a message; returns ret_text. */
const char *file_faults_quote(const char *word, size_t len, char ret_text[FAULTS_QUOTE]);

#endif
