/*
 * A policy document. Laws: every fault has a text, and a place in the text; a document without
 * faults is a policy that the engine accepts.
 */
#include "base/str.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "matching/cli/policy_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct file_faults faults = { 0 };
	struct engine_policy policy;
	struct people_when when;
	int64_t lines = 1;
	if (!str_is_utf8(text, size, NULL))
		return 0;
	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	LAW(policy_read(text, size, &faults, &policy, &when) == READING_DONE);
	for (size_t i = 0; i < faults.count; i++) {
		const struct file_fault *fault = &faults.list[i];
		LAW(fault->text[0] != '\0' && !strpbrk(fault->text, "\n\r\t"));
		LAW(fault->line >= 1 && fault->line <= lines);
		LAW(fault->column >= 1 && fault->column <= size + 2);
	}
	if (!faults.total)
		LAW(engine_policy_check(&policy, NULL) == ENGINE_OK);
	file_faults_release(&faults);
	return 0;
}
