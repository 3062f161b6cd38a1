#include "profiles/employee_file/lists.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/csv.h"
#include "base/str.h"
#include "base/utf8.h"

#define SKILL_CHARACTERS    200
#define INTEREST_CHARACTERS 60
#define SKILLS_MOST         100
#define INTERESTS_MOST      30

struct part {
	const char *text;
	size_t length;
};

static bool is_space(char c)
{
	return c == ' ';
}

static struct part trim(const char *text, size_t length)
{
	for (; length > 0 && is_space(*text); text++)
		length--;
	while (length > 0 && is_space(text[length - 1]))
		length--;
	return (struct part){ text, length };
}

/* Writes one value of an array literal in COPY text: quoted, and escaped for both. */
static void add_quoted(struct buf *out, struct part part, bool lower)
{
	for (size_t i = 0; i < part.length; i++) {
		char c = part.text[i];
		if (c == '"' || c == '\\')
			buf_text(out, "\\\\");
		if (c == '\\')
			buf_char(out, '\\');
		buf_char(out, lower && c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
}

static bool is_short(struct part part, size_t most)
{
	size_t characters;
	return str_is_utf8(part.text, part.length, &characters) && characters <= most;
}

/* Writes a value after `count` others. Returns what is wrong with it, or NULL. */
typedef const char *add_part(struct buf *out, struct part part, size_t count);

static const char *add_all(struct buf *out, const char *cell, bool blank_counts, add_part *add)
{
	owned_text char *copy = str_copy(cell);
	const char *wrong = NULL;
	size_t count = 0;
	buf_char(out, '{');
	out->failed = out->failed || !copy;
	for (char *at = copy; at && !wrong;) {
		const char *value = csv_list_next(&at);
		struct part part = trim(value, strlen(value));
		if (part.length > 0 || blank_counts)
			wrong = add(out, part, count++);
	}
	buf_char(out, '}');
	return wrong;
}

static const char *add_language(struct buf *out, struct part part, size_t count)
{
	static const char *const wrong = "Languages must be BCP 47 tags separated by |.";
	char tag[36];
	if (part.length >= sizeof tag)
		return wrong;
	memcpy(tag, part.text, part.length);
	tag[part.length] = '\0';
	if (!str_is_language(tag))
		return wrong;
	buf_print(out, "%s%s", count ? "," : "", tag);
	return NULL;
}

const char *lists_languages(struct buf *out, const char *cell)
{
	return add_all(out, cell, true, add_language);
}

static const char *add_interest(struct buf *out, struct part part, size_t count)
{
	if (count == INTERESTS_MOST || !is_short(part, INTEREST_CHARACTERS))
		return "At most 30 interests, separated by |, each of at most 60 characters.";
	buf_text(out, count ? ",\"" : "\"");
	add_quoted(out, part, true);
	buf_char(out, '"');
	return NULL;
}

const char *lists_interests(struct buf *out, const char *cell)
{
	return add_all(out, cell, false, add_interest);
}

struct skill {
	struct part name;
	int current, target;
	bool offered;
};

/* Reads a level from 0 to 5; empty means the default. */
static bool read_level(struct part part, int *level)
{
	if (part.length == 0)
		return true;
	if (part.length != 1 || *part.text < '0' || *part.text > '5')
		return false;
	*level = *part.text - '0';
	return true;
}

static bool read_offered(struct part part, bool *ret_offered)
{
	static const struct {
		const char *word;
		bool offered;
	} words[] = { { "", false }, { "yes", true }, { "no", false }, { "true", true },
		{ "false", false }, { "1", true }, { "0", false }, { "y", true }, { "n", false } };
	for (size_t i = 0; i < COUNT(words); i++)
		if (strlen(words[i].word) == part.length &&
			strncasecmp(words[i].word, part.text, part.length) == 0) {
			*ret_offered = words[i].offered;
			return true;
		}
	return false;
}

/* The last colon between two places, or NULL. */
static const char *last_colon(const char *from, const char *end)
{
	while (end > from && end[-1] != ':')
		end--;
	return end > from ? end - 1 : NULL;
}

/* Splits at colons into at most four parts, the name first. A name may contain colons only if all
 * other parts follow. */
static void split(struct part whole, struct part parts[4])
{
	const char *colons[3], *end = whole.text + whole.length;
	size_t count = 0;
	for (const char *to = end; count < COUNT(colons) && (to = last_colon(whole.text, to));)
		colons[count++] = to;
	const char *from = whole.text;
	for (size_t i = 0; i <= count; i++) {
		const char *to = i < count ? colons[count - 1 - i] : end;
		parts[i] = trim(from, (size_t)(to - from));
		from = to + 1;
	}
}

static bool read_skill(struct part whole, struct skill *ret_skill)
{
	struct part parts[4] = { { "", 0 }, { "", 0 }, { "", 0 }, { "", 0 } };
	split(whole, parts);
	*ret_skill = (struct skill){ .name = parts[0], .current = 1 };
	return parts[0].length > 0 && is_short(parts[0], SKILL_CHARACTERS) &&
	       read_level(parts[1], &ret_skill->current) &&
	       read_level(parts[2], &ret_skill->target) &&
	       read_offered(parts[3], &ret_skill->offered) &&
	       (ret_skill->target == 0 || ret_skill->target > ret_skill->current) &&
	       (!ret_skill->offered || ret_skill->current > 0);
}

static const char *add_skill(struct buf *out, struct part part, size_t count)
{
	struct skill skill;
	if (count == SKILLS_MOST || !read_skill(part, &skill))
		return "Skills must be name:current:target:offered, separated by |; levels are 0 "
		       "to 5.";
	buf_print(out, "%s\"%d:%d:%c:", count ? "," : "", skill.current, skill.target,
		skill.offered ? 't' : 'f');
	add_quoted(out, skill.name, false);
	buf_char(out, '"');
	return NULL;
}

const char *lists_skills(struct buf *out, const char *cell)
{
	return add_all(out, cell, false, add_skill);
}
