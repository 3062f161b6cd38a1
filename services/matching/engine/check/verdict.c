/* The names of the refusals. */
#include "matching/engine/check/verdict.h"

static const char *const refusal_words[ENGINE_REFUSAL_COUNT] = { "none", "shape", "pair", "score",
	"capacity", "price", "slackness", "gap", "pin", "blocking_pair", "outcome" };

const char *engine_refusal_word(enum engine_refusal refusal)
{
	return refusal < ENGINE_REFUSAL_COUNT ? refusal_words[refusal] : "unknown";
}
