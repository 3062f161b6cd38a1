#include "matching/cli/refused_choices.h"

#include <stdlib.h>

#define LINE_MOST (1u << 20)

enum engine_status refused_choices_read(const struct people *people,
	const struct engine_policy *policy, struct refused_choices *ret_refused)
{
	struct refused_choices refused = { .given = true };
	enum engine_status status = engine_choices_refused(
		people->population, policy, &refused.list, &refused.count);
	if (!status)
		*ret_refused = refused;
	return status;
}

void refused_choices_release(struct refused_choices *refused)
{
	free(refused->list);
	*refused = (struct refused_choices){ 0 };
}

static bool same_list(
	const struct engine_refused_choice *one, const struct engine_refused_choice *other)
{
	return one->person == other->person && one->as_mentee == other->as_mentee;
}

static void add_choice(struct buf *b, const struct people *people,
	const struct engine_refused_choice *choice, bool first)
{
	buf_text(b, first ? "{\"choice\":" : ",{\"choice\":");
	buf_json(b, words_text(&people->ids, choice->choice));
	buf_print(b, ",\"place\":%u,\"rule\":\"%s\"}", (unsigned)choice->place,
		engine_rule_word(choice->rule));
}

void refused_choices_explain(
	const struct refused_choices *refused, const struct people *people, struct out_file *out)
{
	struct buf line = BUF_INIT(LINE_MOST);
	for (size_t i = 0; i < refused->count && !out->failed; i++) {
		const struct engine_refused_choice *choice = &refused->list[i];
		bool first = !i || !same_list(choice - 1, choice);
		bool last = i + 1 == refused->count || !same_list(choice, choice + 1);
		if (first) {
			buf_text(&line, "{\"stated_by\":");
			buf_json(&line, words_text(&people->ids, choice->person));
			buf_print(&line, ",\"side\":\"%s\",\"not_allowed\":[",
				choice->as_mentee ? "mentee" : "mentor");
		}
		add_choice(&line, people, choice, first);
		if (!last)
			continue;
		buf_text(&line, "]}\n");
		out_buf(out, &line);
	}
	buf_release(&line);
}

/* The first refused choice of this mentee or of a later one. */
static size_t find_mentee(const struct refused_choices *refused, uint32_t mentee)
{
	size_t low = 0, high = refused->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct engine_refused_choice *choice = &refused->list[middle];
		if (choice->as_mentee && choice->person < mentee)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void refused_choices_cell(const struct refused_choices *refused, const struct people *people,
	uint32_t mentee, struct out_file *out)
{
	struct buf cell = BUF_INIT(LINE_MOST);
	buf_text(&cell, "");
	for (size_t i = find_mentee(refused, mentee); i < refused->count; i++) {
		const struct engine_refused_choice *choice = &refused->list[i];
		if (!choice->as_mentee || choice->person != mentee)
			break;
		buf_print(&cell, "%s%s:", cell.len ? "|" : "", engine_rule_word(choice->rule));
		buf_text(&cell, words_text(&people->ids, choice->choice));
	}
	out_print(out, ",");
	if (buf_ok(&cell))
		out_cell(out, cell.data);
	else
		out->failed = true;
	buf_release(&cell);
}
