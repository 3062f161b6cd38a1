#include "auth/issuer.h"

/* What a row of the file may say. */
static const char help[] =
	"# A row of ISSUERS_FILE, a JSON array:\n"
	"#   issuer           compared exactly with a token's iss\n"
	"#   audience         must be in its aud\n"
	"#   discovery        true: keys as <issuer>/.well-known/openid-configuration says\n"
	"#   jwks_url         or keys from this address (https)\n"
	"#   jwks_file        or from this file, beside ISSUERS_FILE\n"
	"#   refresh_seconds  how often an address is fetched (3600); SIGHUP fetches at once\n"
	"#   person_claim     the claim that names the person (sub)\n"
	"#   person_key       and what it is: user_name, external_id or email (user_name)\n"
	"#   role_claims      names or paths of claims: \"groups\", \"realm_access.roles\";\n"
	"#                    arrays, or texts of values parted by blanks\n"
	"#   roles            {\"value of a claim, or a group's id\": \"role\" or [\"role\", "
	"...]}:\n"
	"#                    participant, programme_admin, admin, hris, auditor, mail_gateway\n";

static void print_keys(const struct issuer *issuer, struct buf *out)
{
	buf_print(out, "#   keys      %s %s", issuer->source == ISSUER_FILE ? "file" : "address",
		issuer->location);
	if (issuer->source == ISSUER_FILE)
		buf_text(out, ", read again when it changes\n");
	else
		buf_print(out, ", fetched every %d s\n", issuer->refresh_seconds);
}

static void print_roles(const struct issuer *issuer, struct buf *out)
{
	size_t i;
	json_t *path, *mapped, *one;
	const char *value;
	buf_text(out, "#   roles     ");
	json_array_foreach(issuer->role_claims, i, path)
		buf_print(out, "%s%s", i ? ", " : "from ", json_string_value(path));
	buf_text(out, json_array_size(issuer->role_claims) ? "\n" : "none\n");
	json_object_foreach((json_t *)issuer->roles, value, mapped)
	{
		buf_print(out, "#             %s ->", value);
		if (json_is_string(mapped))
			buf_print(out, " %s", json_string_value(mapped));
		json_array_foreach(mapped, i, one) buf_print(out, " %s", json_string_value(one));
		buf_char(out, '\n');
	}
}

void issuer_list_print(const struct issuer_list *list, struct buf *out)
{
	buf_text(out, help);
	for (size_t i = 0; i < list->count; i++) {
		const struct issuer *issuer = &list->items[i];
		buf_print(out, "#\n# Row %zu: %s\n#   audience  %s\n#   person    %s = %s\n", i + 1,
			issuer->name, issuer->audience, issuer->person_claim, issuer->person_key);
		print_keys(issuer, out);
		print_roles(issuer, out);
	}
}
