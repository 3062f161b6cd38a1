/* Every prompt has a text in every language, each its own, and every purpose has some in every phase. */
#include <string.h>

#include "base/utf8.h"
#include "scheduling/prompts/prompts.h"
#include "support/unit/unit.h"

static void every_language_is_whole(void **state)
{
	const struct prompt_language *language;
	size_t characters;
	(void)state;
	for (size_t l = 0; (language = prompts_language_at(l)); l++) {
		assert_ptr_equal(prompts_language(language->tag), language);
		for (size_t i = 0; i < PROMPT_CODES; i++) {
			assert_non_null(language->texts[i]);
			assert_true(str_is_utf8(
				language->texts[i], strlen(language->texts[i]), &characters));
			assert_in_range(characters, 30, 300);
			for (size_t k = 0; k < i; k++)
				assert_string_not_equal(language->texts[i], language->texts[k]);
		}
	}
	assert_true(prompts_language_at(0) == prompts_language(NULL));
	assert_string_equal(prompts_language("de-CH")->tag, "de");
	assert_string_equal(prompts_language("den")->tag, "en"); /* Slavey */
}

static void every_purpose_has_prompts_in_every_phase(void **state)
{
	static const char *const purposes[] = { "digital_skills", "inclusion", "market_insight",
		"innovation", "retention", "open_learning" };
	static const size_t counts[] = { 1, 2, 1 };
	struct prompt prompts[PROMPTS_MOST];
	(void)state;
	for (size_t p = 0; p < sizeof purposes / sizeof *purposes; p++)
		for (int phase = PROMPT_OPENING; phase <= PROMPT_CLOSING; phase++) {
			size_t count = prompts_for(prompts_language("en"), purposes[p],
				(enum prompt_phase)phase, prompts);
			assert_int_equal(count, counts[phase] + 4);
			assert_string_equal(prompts[0].about, purposes[p]);
			assert_string_equal(prompts[count - 1].about, "difference");
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_language_is_whole),
		cmocka_unit_test(every_purpose_has_prompts_in_every_phase),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
