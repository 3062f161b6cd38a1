/*
 * object_text.h - reads the files of objects/ and puts their statements into an order that works.
 *
 * A file holds CREATE OR REPLACE FUNCTION, VIEW and TRIGGER, GRANT, REVOKE and COMMENT ON, and
 * SET LOCAL ROLE owner or guard for the statements after it; each file begins as owner. The order of
 * files and of statements in them does not matter: an object that a view names with its schema, or a
 * function whose body the server resolves on creation, comes before it; then grants, then triggers.
 *
 * No I/O. object_statements owns everything in it.
 */
#ifndef UPWARD_DB_OBJECT_TEXT_H
#define UPWARD_DB_OBJECT_TEXT_H

#include "base/buf.h"
#include "base/hash.h"

enum object_kind { OBJECT_FUNCTION, OBJECT_VIEW, OBJECT_GRANT, OBJECT_TRIGGER };

struct object_statement {
	enum object_kind kind;
	char *file;  /* "pair.sql" */
	int line;    /* of its first word */
	bool guard;  /* created by guard, otherwise by owner */
	char *text;  /* without the semicolon */
	char *name;  /* "matching.pair_json", "pair_fill on matching.pair"; "" of a grant */
	char *head;  /* of a function: arguments and result, "(p uuid) RETURNS json"; else "" */
	char *bound; /* the part that the server resolves on creation; blanks for the rest */
	char checksum[HASH_TEXT]; /* of text and role */
	bool late;                /* for the runner: its arguments can be read once it is made */
};

struct object_statements {
	struct object_statement *all; /* owned */
	size_t count;
};

/* Adds the statements of one file. false: one error per line in `faults`, each with what:line. */
CHECKED bool object_text_read(struct object_statements *statements, const char *module,
	const char *file, const char *text, struct buf *faults);
/* Puts them into the order of creation. false: out of memory. */
CHECKED bool object_text_order(struct object_statements *statements);
void object_text_release(struct object_statements *statements);

#endif
