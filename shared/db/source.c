#include "db/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct source *s, const char *keyword, const char *value)
{
	if (s->count + 1 >= SOURCE_WORDS)
		return;
	s->keywords[s->count] = keyword;
	s->values[s->count++] = value;
	s->keywords[s->count] = s->values[s->count] = NULL;
}

static bool has(const struct source *s, const char *keyword)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->keywords[i], keyword) == 0)
			return true;
	return false;
}

/* A peer that vanished silently must not block a thread: TCP notices within seconds. */
static void add_defaults(struct source *s)
{
	static const char *const defaults[][2] = { { "client_encoding", "UTF8" },
		{ "fallback_application_name", "upward" }, { "keepalives_idle", "5" },
		{ "keepalives_interval", "2" }, { "keepalives_count", "3" },
		{ "tcp_user_timeout", "5000" } };

	for (size_t i = 0; i < COUNT(defaults); i++)
		if (!has(s, defaults[i][0]))
			add(s, defaults[i][0], defaults[i][1]);
}

bool source_init(struct source *s, const struct db_settings *settings, const char *own,
	const char *time_outs)
{
	const char *given = "";
	char *message = NULL;

	s->statements = settings->statements;
	s->statement_count = settings->statement_count;
	s->durable = settings->durable;
	s->parsed = PQconninfoParse(own ? own : settings->dsn ? settings->dsn : "", &message);
	if (message)
		PQfreemem(message); /* may quote the DSN, so it is not logged */
	if (!s->parsed)
		return false;
	for (const PQconninfoOption *o = s->parsed; o->keyword; o++) {
		if (!o->val || !*o->val)
			continue;
		if (!own && time_outs && strcmp(o->keyword, "options") == 0)
			given = o->val;
		else
			add(s, o->keyword, o->val);
	}
	if (!own && time_outs) {
		if (asprintf(&s->options, "%s %s", given, time_outs) < 0) {
			s->options = NULL;
			source_release(s);
			return false;
		}
		add(s, "options", s->options);
	}
	add_defaults(s);
	if (s->patience)
		s->habits = calloc(s->statement_count + 1, sizeof *s->habits);
	if (s->patience && !s->habits) {
		source_release(s);
		return false;
	}
	return true;
}

void source_release(struct source *s)
{
	if (s->parsed)
		PQconninfoFree(s->parsed);
	free(s->options);
	free(s->habits);
	s->habits = NULL;
	s->parsed = NULL;
	s->options = NULL;
	s->count = 0;
}
