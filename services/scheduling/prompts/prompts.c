#include "scheduling/prompts/prompts.h"

#include <string.h>

#include "base/str.h"

static const struct prompt_language *const languages[] = { &prompts_en, &prompts_de };

#define ALWAYS 3

static const struct {
	const char *code, *about;
	int phase; /* enum prompt_phase, or ALWAYS */
} kinds[] = {
	[PROMPT_DIGITAL_TOOLS] = { "digital_tools", "digital_skills", PROMPT_OPENING },
	[PROMPT_DIGITAL_TRY] = { "digital_try", "digital_skills", PROMPT_MIDDLE },
	[PROMPT_DIGITAL_TASK] = { "digital_task", "digital_skills", PROMPT_MIDDLE },
	[PROMPT_DIGITAL_HABIT] = { "digital_habit", "digital_skills", PROMPT_CLOSING },
	[PROMPT_INCLUSION_DAY] = { "inclusion_day", "inclusion", PROMPT_OPENING },
	[PROMPT_INCLUSION_MEETING] = { "inclusion_meeting", "inclusion", PROMPT_MIDDLE },
	[PROMPT_INCLUSION_RULE] = { "inclusion_rule", "inclusion", PROMPT_MIDDLE },
	[PROMPT_INCLUSION_CHANGE] = { "inclusion_change", "inclusion", PROMPT_CLOSING },
	[PROMPT_MARKET_SELF] = { "market_self", "market_insight", PROMPT_OPENING },
	[PROMPT_MARKET_CUSTOMER] = { "market_customer", "market_insight", PROMPT_MIDDLE },
	[PROMPT_MARKET_RIVAL] = { "market_rival", "market_insight", PROMPT_MIDDLE },
	[PROMPT_MARKET_DECISION] = { "market_decision", "market_insight", PROMPT_CLOSING },
	[PROMPT_INNOVATION_ITCH] = { "innovation_itch", "innovation", PROMPT_OPENING },
	[PROMPT_INNOVATION_SMALL] = { "innovation_small", "innovation", PROMPT_MIDDLE },
	[PROMPT_INNOVATION_HURDLE] = { "innovation_hurdle", "innovation", PROMPT_MIDDLE },
	[PROMPT_INNOVATION_NEXT] = { "innovation_next", "innovation", PROMPT_CLOSING },
	[PROMPT_RETENTION_ARRIVAL] = { "retention_arrival", "retention", PROMPT_OPENING },
	[PROMPT_RETENTION_STAY] = { "retention_stay", "retention", PROMPT_MIDDLE },
	[PROMPT_RETENTION_GROWTH] = { "retention_growth", "retention", PROMPT_MIDDLE },
	[PROMPT_RETENTION_PROMISE] = { "retention_promise", "retention", PROMPT_CLOSING },
	[PROMPT_LEARNING_CURIOUS] = { "learning_curious", "open_learning", PROMPT_OPENING },
	[PROMPT_LEARNING_SWAP] = { "learning_swap", "open_learning", PROMPT_MIDDLE },
	[PROMPT_LEARNING_MISTAKE] = { "learning_mistake", "open_learning", PROMPT_MIDDLE },
	[PROMPT_LEARNING_PASS_ON] = { "learning_pass_on", "open_learning", PROMPT_CLOSING },
	[PROMPT_DIFFERENCE_WORDS] = { "difference_words", "difference", ALWAYS },
	[PROMPT_DIFFERENCE_EXPERIENCE] = { "difference_experience", "difference", ALWAYS },
	[PROMPT_DIFFERENCE_HURT] = { "difference_hurt", "difference", ALWAYS },
	[PROMPT_DIFFERENCE_LIMIT] = { "difference_limit", "difference", ALWAYS },
};

const struct prompt_language *prompts_language_at(size_t index)
{
	return index < sizeof languages / sizeof *languages ? languages[index] : NULL;
}

const struct prompt_language *prompts_language(const char *tag)
{
	for (size_t i = 0; tag && i < sizeof languages / sizeof *languages; i++) {
		size_t length = strlen(languages[i]->tag);
		if (strncmp(tag, languages[i]->tag, length) == 0 &&
			(tag[length] == '\0' || tag[length] == '-'))
			return languages[i];
	}
	return &prompts_en;
}

size_t prompts_for(const struct prompt_language *language, const char *purpose,
	enum prompt_phase phase, struct prompt ret_prompts[PROMPTS_MOST])
{
	size_t count = 0;
	for (size_t i = 0; i < PROMPT_CODES && count < PROMPTS_MOST; i++)
		if (kinds[i].phase == ALWAYS ||
			(kinds[i].phase == (int)phase && str_equal(kinds[i].about, purpose)))
			ret_prompts[count++] = (struct prompt){ kinds[i].code, kinds[i].about,
				language->texts[i] };
	return count;
}
