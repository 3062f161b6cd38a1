/*
 * settings.c - settings of the organisation. The portal's addresses are checked here, by the same
 * rule that upward-migrate applies to PORTAL_LINKS, and each error has its own pointer.
 */
#include <stdio.h>

#include "gen/profiles/contract.h"
#include "gen/profiles/statements.h"
#include "http/steps.h"
#include "json/portal_links.h"

struct reply settings_put(const struct call *call)
{
	owned(faults_release) struct faults faults = { 0 };
	const char *noun;
	json_t *address;
	json_object_foreach(json_object_get(call->body, "portal_links"), noun, address)
	{
		const char *text = json_string_value(address);
		const char *fault = text ? portal_link_fault(text) : NULL;
		char pointer[64];
		snprintf(pointer, sizeof pointer, "/portal_links/%s", noun);
		if (fault)
			faults_add(&faults, false, pointer, "format", "%s", fault);
	}
	if (faults.count)
		return reply_faults(call, PROBLEM_UNPROCESSABLE, &faults);
	char version[24];
	snprintf(version, sizeof version, "%lld", (long long)call->if_match);
	const struct step step = STEP(&stmt_settings_write, call->body_text, version);
	return call_write(call, &step, 1, NULL, NULL);
}
