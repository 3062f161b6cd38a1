/*
 * A people file and, behind a line of dashes, a file of blocked pairs. Laws: every fault has a text
 * and a line of the file; a file without faults seals, whatever it says; its people are as many as
 * its ids, and reading it again says the same.
 */
#include "fuzz/fuzz.h"
#include "matching/cli/blocked_file.h"
#include "matching/cli/people_file.h"

static const char border[] = "\n-----\n";

/* Faults of both files together; the people are sealed. */
static void read_all(
	const char *text, size_t len, struct people *people, struct file_faults *faults)
{
	const char *cut = memmem(text, len, border, sizeof border - 1);
	size_t first = cut ? (size_t)(cut - text) + 1 : len;
	const char *rest = text + (cut ? first + sizeof border - 2 : len);
	struct people_when when = { len % 2 == 0, 1890000000 };
	LAW(people_read(text, first, when, faults, people) == READING_DONE);
	LAW(blocked_read(rest, (size_t)(text + len - rest), faults, people) == READING_DONE);
	LAW(people_seal(people, faults) == READING_DONE);
}

static void check_faults(const char *text, size_t len, struct file_faults *faults)
{
	int64_t lines = 1;
	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	LAW(faults->count <= faults->total && faults->count <= FAULTS_KEPT);
	for (size_t i = 0; i < faults->count; i++) {
		const struct file_fault *fault = &faults->list[i];
		LAW(fault->text[0] != '\0' && !strpbrk(fault->text, "\n\r\t"));
		LAW(fault->line >= 1 && fault->line <= lines);
		LAW(fault->column <= 64);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct people people = { 0 }, again = { 0 };
	struct file_faults faults = { 0 }, other = { 0 };
	if (!people_text_fits(text, size, &faults)) {
		LAW(faults.total == 1);
		check_faults(text, size, &faults);
		file_faults_release(&faults);
		return 0;
	}
	read_all(text, size, &people, &faults);
	read_all(text, size, &again, &other);
	check_faults(text, size, &faults);
	LAW(faults.total == other.total && people.ids.count == again.ids.count);
	LAW(engine_population_size(people.population) == people.ids.count);
	LAW(people.mentees <= people.ids.count && people.mentors <= people.ids.count);
	people_release(&people);
	people_release(&again);
	file_faults_release(&faults);
	file_faults_release(&other);
	return 0;
}
