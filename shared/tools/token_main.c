/*
 * upward-token - local signing keys and tokens, for development and tests.
 *
 *	upward-token keys   --dir D                 a key, jwks.json and issuers.json
 *	upward-token sign   --dir D --role admin[,hris] [--sub user_name] [--ttl seconds]
 *	upward-token rotate --dir D                 a new key signs, the old ones stay published
 *	upward-token retire --dir D                 all keys but the newest go
 *
 * `sign` prints one token and nothing else. Exit: 0 done, 1 refused (said on stderr; always where
 * APP_ENV=production), 2 wrong usage.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "auth/signer.h"
#include "base/str.h"

#define TTL_SECONDS 3600

struct request {
	const char *dir, *role, *sub;
	int64_t ttl;
};

static int usage(void)
{
	fputs("usage: upward-token keys|rotate|retire --dir D\n"
	      "       upward-token sign --dir D --role ROLE[,ROLE] [--sub USER_NAME] [--ttl "
	      "SECONDS]\n"
	      "roles: participant programme_admin admin hris auditor mail_gateway\n",
		stderr);
	return 2;
}

static bool read_options(int argc, char **argv, struct request *ret)
{
	static const struct option options[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "role", required_argument, NULL, 'r' },
		{ "sub", required_argument, NULL, 's' },
		{ "ttl", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	int option;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'd')
			ret->dir = optarg;
		else if (option == 'r')
			ret->role = optarg;
		else if (option == 's')
			ret->sub = optarg;
		else if (option != 't' || !str_to_i64(optarg, &ret->ttl))
			return false;
	}
	return ret->dir && optind == argc;
}

static int sign(const struct request *request)
{
	char reason[512], nobody[64];
	if (!request->role)
		return usage();
	/* no person: only for roles that may act without one */
	snprintf(nobody, sizeof nobody, "local-%.40s", request->role);
	char *token = signer_sign(request->dir, request->role, request->sub ? request->sub : nobody,
		request->ttl, reason, sizeof reason);
	if (!token) {
		fprintf(stderr, "upward-token: %s\n", reason);
		return 1;
	}
	puts(token);
	free(token);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*run)(const char *dir, char *ret_reason, size_t reason_size);
	} commands[] = { { "keys", signer_keys }, { "rotate", signer_rotate },
		{ "retire", signer_retire } };
	struct request request = { .ttl = TTL_SECONDS };
	char reason[512] = "";
	if (argc < 2 || !read_options(argc - 1, argv + 1, &request))
		return usage();
	if (str_equal(argv[1], "sign"))
		return sign(&request);
	for (size_t i = 0; i < COUNT(commands); i++) {
		if (!str_equal(argv[1], commands[i].name))
			continue;
		if (commands[i].run(request.dir, reason, sizeof reason))
			return 0;
		fprintf(stderr, "upward-token: %s\n", reason);
		return 1;
	}
	return usage();
}
