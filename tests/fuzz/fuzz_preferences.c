/*
 * A people file and, behind a line of dashes, a file of preferences. Laws: every fault has a text
 * and a line of the file; files without faults seal, every line of the second but its heading is a
 * choice then, and what the rules refuse of them is a part of them; reading them again says the
 * same.
 */
#include "fuzz/fuzz.h"
#include "matching/engine/stable/stable.h"
#include "matching/cli/people_file.h"
#include "matching/cli/preferences_file.h"

static const char border[] = "\n-----\n";

/* Faults of each file; the people are sealed. */
static void read_both(const char *text, size_t len, struct people *people,
	struct file_faults *faults, struct file_faults *others)
{
	const char *cut = memmem(text, len, border, sizeof border - 1);
	size_t first = cut ? (size_t)(cut - text) + 1 : len;
	const char *rest = text + (cut ? first + sizeof border - 2 : len);
	struct people_when when = { 0 };
	LAW(people_read(text, first, when, faults, people) == READING_DONE);
	LAW(preferences_read(rest, (size_t)(text + len - rest), others, people) == READING_DONE);
	LAW(people_seal(people, faults) == READING_DONE);
}

static void check_faults(int64_t lines, const struct file_faults *faults)
{
	LAW(faults->count <= faults->total && faults->count <= FAULTS_KEPT);
	for (size_t i = 0; i < faults->count; i++) {
		const struct file_fault *fault = &faults->list[i];
		LAW(fault->text[0] != '\0' && !strpbrk(fault->text, "\n\r\t"));
		LAW(fault->line >= 1 && fault->line <= lines);
		LAW(fault->column <= 64);
	}
}

/* Of files without faults. */
static void check_choices(const struct people *people)
{
	struct engine_policy policy;
	struct engine_refused_choice *refused;
	size_t count;
	engine_policy_default(&policy);
	LAW(engine_choices_refused(people->population, &policy, &refused, &count) == ENGINE_OK);
	LAW(count <= people->choices);
	for (size_t i = 0; i < count; i++) {
		LAW(refused[i].rule > ENGINE_RULE_NONE && refused[i].rule < ENGINE_RULE_COUNT);
		LAW(engine_population_choice(people->population, refused[i].person,
			    refused[i].as_mentee, refused[i].choice) == refused[i].place);
	}
	free(refused);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct people people = { 0 }, again = { 0 };
	struct file_faults faults[4] = { 0 };
	int64_t lines = 1;
	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	if (people_text_fits(text, size, &faults[0])) {
		read_both(text, size, &people, &faults[0], &faults[1]);
		read_both(text, size, &again, &faults[2], &faults[3]);
		LAW(faults[0].total == faults[2].total && faults[1].total == faults[3].total);
		LAW(people.choices == again.choices && people.choices < (size_t)lines);
		if (!faults[0].total && !faults[1].total)
			check_choices(&people);
	}
	for (int f = 0; f < 4; f++) {
		check_faults(lines, &faults[f]);
		file_faults_release(&faults[f]);
	}
	people_release(&people);
	people_release(&again);
	return 0;
}
