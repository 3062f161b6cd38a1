#include "profiles/employee_file/lists.h"

#include <string.h>
#include <strings.h>

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

/* The next value, trimmed; moves *at behind it, to NULL after the last. */
static struct part next(const char **at)
{
	size_t length = strcspn(*at, "|");
	struct part part = trim(*at, length);
	*at = (*at)[length] ? *at + length + 1 : NULL;
	return part;
}

/* One value of an array literal, in COPY text: quoted, and escaped for both. */
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

const char *lists_languages(struct buf *out, const char *cell)
{
	static const char *const wrong = "Languages must be BCP 47 tags separated by |.";
	char tag[36];
	buf_char(out, '{');
	for (const char *at = cell; at;) {
		bool first = at == cell;
		struct part part = next(&at);
		if (part.length >= sizeof tag)
			return wrong;
		memcpy(tag, part.text, part.length);
		tag[part.length] = '\0';
		if (!str_is_language(tag))
			return wrong;
		buf_print(out, "%s%s", first ? "" : ",", tag);
	}
	buf_char(out, '}');
	return NULL;
}

const char *lists_interests(struct buf *out, const char *cell)
{
	size_t count = 0;
	buf_char(out, '{');
	for (const char *at = cell; at;) {
		struct part part = next(&at);
		if (part.length == 0)
			continue;
		if (++count > INTERESTS_MOST || !is_short(part, INTEREST_CHARACTERS))
			return "At most 30 interests, separated by |, each of at most 60 "
			       "characters.";
		buf_text(out, count > 1 ? ",\"" : "\"");
		add_quoted(out, part, true);
		buf_char(out, '"');
	}
	buf_char(out, '}');
	return NULL;
}

struct skill {
	struct part name;
	int current, target;
	bool offered;
};

/* A level from 0 to 5; nothing is the default. */
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

/* Splits at colons, the name first; at most four parts. */
static bool read_skill(struct part whole, struct skill *ret_skill)
{
	struct part parts[4] = { { "", 0 }, { "", 0 }, { "", 0 }, { "", 0 } };
	size_t count = 0;
	for (const char *at = whole.text, *end = whole.text + whole.length; at <= end;) {
		const char *colon = memchr(at, ':', (size_t)(end - at));
		const char *to = colon ? colon : end;
		if (count == COUNT(parts))
			return false;
		parts[count++] = trim(at, (size_t)(to - at));
		at = to + 1;
	}
	*ret_skill = (struct skill){ .name = parts[0], .current = 1 };
	return parts[0].length > 0 && is_short(parts[0], SKILL_CHARACTERS) &&
	       read_level(parts[1], &ret_skill->current) &&
	       read_level(parts[2], &ret_skill->target) &&
	       read_offered(parts[3], &ret_skill->offered) &&
	       (ret_skill->target == 0 || ret_skill->target > ret_skill->current) &&
	       (!ret_skill->offered || ret_skill->current > 0);
}

const char *lists_skills(struct buf *out, const char *cell)
{
	size_t count = 0;
	buf_char(out, '{');
	for (const char *at = cell; at;) {
		struct skill skill;
		struct part part = next(&at);
		if (part.length == 0)
			continue;
		if (++count > SKILLS_MOST || !read_skill(part, &skill))
			return "Skills must be name:current:target:offered, separated by |; levels "
			       "are "
			       "0 to 5.";
		buf_print(out, "%s\"%d:%d:%c:", count > 1 ? "," : "", skill.current, skill.target,
			skill.offered ? 't' : 'f');
		add_quoted(out, skill.name, false);
		buf_char(out, '"');
	}
	buf_char(out, '}');
	return NULL;
}
