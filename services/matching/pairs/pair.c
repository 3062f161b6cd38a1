/*
 * pair.c - answers to a pick, and the end of a pair. If a pick fails or a pair ends early, the
 * mentee gets a replacement shortlist in the same transaction.
 */
#include "gen/matching/contract.h"
#include "gen/matching/statements.h"
#include "http/steps.h"

static struct reply end_and_replace(const struct call *call)
{
	const struct id new_id = id_v7();
	const struct step steps[] = {
		call_step(call),
		STEP(&stmt_pair_replace, call_value(call, "pair_id"), new_id.text),
	};
	return call_write(call, steps, COUNT(steps), NULL, NULL);
}

struct reply pair_decline(const struct call *call)
{
	return end_and_replace(call);
}

struct reply pair_dissolution(const struct call *call)
{
	return end_and_replace(call);
}

struct reply pair_safe_exit(const struct call *call)
{
	return end_and_replace(call);
}

struct reply pair_withdrawal(const struct call *call)
{
	return end_and_replace(call);
}
