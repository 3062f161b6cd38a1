/*
 * memory.h - how much memory the services hold, before and after.
 */
#ifndef UPWARD_TESTS_MEMORY_H
#define UPWARD_TESTS_MEMORY_H

/* Notes what each of the four services holds now. */
void memory_note(void);
/* Fails the test where one holds notably more than at memory_note. */
void memory_check(void);

#endif
