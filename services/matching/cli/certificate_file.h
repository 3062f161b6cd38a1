/*
 * certificate_file.h - the binary format of a result and its proof.
 *
 * All numbers are little-endian; people are identified by their position in the people file, from
 * 0. Layout:
 *
 *	8 bytes  "UPWCERT1", or "UPWCERT2" if there is a file of preferences
 *	32 bytes SHA-256 of the people file, then of the policy, then of the blocked pairs
 *	         (of an empty text if there is no file), 96 bytes together; in UPWCERT2 also of
 *	         the preferences, 128 bytes together
 *	u32      mode (0 pairs, 1 shortlist, 2 stable)
 *	u32      1 = complete: gap 0 and nothing stopped the run; 2 = two departments were wanted
 *	u32      most places of a mentee (k)
 *	u32      exposure cap applied; 0 if there are no shortlists
 *	i64      value of a place: leaving place p empty costs (k - p + 1) times this
 *	i64      value of a shortlist that spans two departments
 *	i64      gap: dual minus primal value
 *	i64      total of the scores
 *	u32 x 4  numbers of mentees, mentors, pairs; 0
 *	mentees  u32 person, u32 places, i64 price, u32 limited department (of departments in the
 *	         order of their first appearance; 2^32-1 no department, 2^32-2 no limit), u32 0,
 *	         i64 price of a place in the limited department
 *	mentors  u32 person, u32 places, i64 price
 *	pairs    u32 mentee, u32 mentor, i32 score, u32 rank
 *	u32      CRC-32 of all bytes before
 *
 * The proof: every allowed pair that is not taken scores at most the mentee's price (the limited one
 * if the mentor's department is limited) plus the mentor's price, and taken pairs score at least that;
 * mentors with a price above 0 are full; mentees with an empty place p have a price of at most
 * -(k - p + 1) places. If the policy's line_distance is "any", a pair whose mentor is below the mentee
 * counts as its score less twice the value of a shortlist that spans two departments, because it only
 * fills a place that would otherwise stay empty. If all this holds, no other choice of pairs is
 * better. A stable result has no prices: its proof is that no two people would rather have each other,
 * by preferences and scores.
 *
 * Shortlists by the worth of lists: "UPWCERT3" and the 96 bytes of UPWCERT1, then the same, but prices
 * are in hundredths of points, and these fields have another meaning:
 *	"value of a place"                  worth of the lists
 *	"value ... that spans two"          bound of the worth
 *	gap                                 bound less worth; complete: the run was not stopped
 *	"limited department", its price     4294967294 (no limit), 0
 *	the u32 between                     most pairs by the head-of-tree rule for the mentee,
 *	                                    plus 256 if the list may be of one department
 * The proof: no list of the same length and kind as the mentee's is worth more than the mentee's price
 * plus the prices of its mentors. So no lists of these lengths are worth more than the sum of all
 * mentees' prices and of every mentor's price times places: the bound.
 */
#ifndef UPWARD_MATCH_CERTIFICATE_FILE_H
#define UPWARD_MATCH_CERTIFICATE_FILE_H

#include "base/hash.h"
#include "matching/engine/engine.h"
#include "matching/cli/out_file.h"

enum { INPUT_PEOPLE, INPUT_POLICY, INPUT_BLOCKED, INPUT_PREFERENCES, INPUT_COUNT };

/* preferences: whether a file of preferences was given. */
CHECKED bool certificate_write(const char *directory,
	const unsigned char hashes[INPUT_COUNT][HASH_BYTES], bool preferences,
	const struct engine_result *result);

#endif
