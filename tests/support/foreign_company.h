/*
 * foreign_company.h - the employee file of another HR system, of 300 rows: German headers, titles and
 * dates, semicolons, Windows-1252; job titles and no levels, a director's post that is vacant, people
 * who leave later or have left, external staff without a sign-in name, two people of one name.
 *
 *	b1 (Vorstand) - d1 … d8 (Direktor), each - t1 … (Teamleiter) - s1 … (Referent, Sachbearbeiter,
 *	Werkstudent). d3 is vacant: t7, t8 and t9 report to a number that nobody has.
 */
#ifndef UPWARD_TESTS_FOREIGN_COMPANY_H
#define UPWARD_TESTS_FOREIGN_COMPANY_H

#include <stddef.h>

#define FOREIGN_ROWS     300
#define FOREIGN_OUTSIDE  6 /* in department Extern */
#define FOREIGN_LEFT     4 /* ausgeschieden */
#define FOREIGN_LEAVING  5 /* with a last day in the future */
#define FOREIGN_STUDENTS 40

/* The file, borrowed until the next call. */
const char *foreign_company_file(size_t *ret_length);

#endif
