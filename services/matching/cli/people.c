/* The people of a run. */
#include "matching/cli/people.h"

#include <stdlib.h>
#include <string.h>
#include "base/str.h"
#include "base/utf8.h"

bool people_text_fits(const char *text, size_t len, struct file_faults *faults)
{
	int64_t line = 1;
	size_t at = 0, begin = 0;
	if (str_is_utf8(text, len, NULL))
		return true;
	while (at < len && text[at] != '\0') {
		char character[5] = { 0 };
		size_t left = len - at < 4 ? len - at : 4;
		memcpy(character, text + at, left);
		size_t step = str_utf8_step(character);
		if (step == 0)
			break;
		if (text[at] == '\n') {
			line++;
			begin = at + 1;
		}
		at += step;
	}
	file_faults_add(faults, line, 0, "byte %zu of the line is not UTF-8 text", at - begin + 1);
	return false;
}

void people_release(struct people *people)
{
	engine_population_free(people->population);
	words_release(&people->ids);
	words_release(&people->departments);
	words_release(&people->languages);
	words_release(&people->skills);
	words_release(&people->interests);
	free(people->lines);
	free(people->roles);
	*people = (struct people){ 0 };
}
