/*
 * people_cell.h - reads the cells of one person.
 */
#ifndef UPWARD_MATCH_PEOPLE_CELL_H
#define UPWARD_MATCH_PEOPLE_CELL_H

#include "matching/cli/people_reader.h"

/* Reads all cells except id and manager into reader->person; faulty ones are left out. */
void people_read_cells(struct people_reader *reader);

#endif
