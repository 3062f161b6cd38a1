/*
 * prompts.h - guided questions for a session, by the purpose of the programme and the phase of the
 * pair, plus a few on talking about differences, which always apply. Each language has its own
 * file, prompts_<language>.c.
 */
#ifndef UPWARD_SCHEDULING_PROMPTS_PROMPTS_H
#define UPWARD_SCHEDULING_PROMPTS_PROMPTS_H

#include <stddef.h>
#include "base/cleanup.h"

enum prompt_phase { PROMPT_OPENING, PROMPT_MIDDLE, PROMPT_CLOSING };

/* Four per purpose: one for the opening, two for the middle, one for the closing. Their names are
 * in prompts.c. */
enum prompt_code {
	PROMPT_DIGITAL_TOOLS,
	PROMPT_DIGITAL_TRY,
	PROMPT_DIGITAL_TASK,
	PROMPT_DIGITAL_HABIT,
	PROMPT_INCLUSION_DAY,
	PROMPT_INCLUSION_MEETING,
	PROMPT_INCLUSION_RULE,
	PROMPT_INCLUSION_CHANGE,
	PROMPT_MARKET_SELF,
	PROMPT_MARKET_CUSTOMER,
	PROMPT_MARKET_RIVAL,
	PROMPT_MARKET_DECISION,
	PROMPT_INNOVATION_ITCH,
	PROMPT_INNOVATION_SMALL,
	PROMPT_INNOVATION_HURDLE,
	PROMPT_INNOVATION_NEXT,
	PROMPT_RETENTION_ARRIVAL,
	PROMPT_RETENTION_STAY,
	PROMPT_RETENTION_GROWTH,
	PROMPT_RETENTION_PROMISE,
	PROMPT_LEARNING_CURIOUS,
	PROMPT_LEARNING_SWAP,
	PROMPT_LEARNING_MISTAKE,
	PROMPT_LEARNING_PASS_ON,
	PROMPT_DIFFERENCE_WORDS,
	PROMPT_DIFFERENCE_EXPERIENCE,
	PROMPT_DIFFERENCE_HURT,
	PROMPT_DIFFERENCE_LIMIT,
	PROMPT_CODES
};

struct prompt_language {
	const char *tag; /* BCP 47 */
	const char *texts[PROMPT_CODES];
};

extern const struct prompt_language prompts_en, prompts_de;

struct prompt {
	const char *code, *about; /* about: the purpose, or "difference" */
	const char *text;
};

#define PROMPTS_MOST 8

/* The language for a tag such as de-AT, which may be NULL; English if there is no such file. */
CHECKED const struct prompt_language *prompts_language(const char *tag);
/* The prompts of a purpose and phase, and those on differences. Returns their number. */
CHECKED size_t prompts_for(const struct prompt_language *language, const char *purpose,
	enum prompt_phase phase, struct prompt ret_prompts[PROMPTS_MOST]);
/* The available languages by index; NULL after the last. For tests. */
CHECKED const struct prompt_language *prompts_language_at(size_t index);

#endif
