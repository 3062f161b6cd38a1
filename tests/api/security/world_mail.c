#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64url.h"
#include "base/hash.h"
#include "base/seal.h"

/* A mail that could not be sent, and the code of the link in one, sealed with the services' secret. */
void world_mail(struct world *w)
{
	char secret[4096];
	unsigned char key[HASH_BYTES], said[37 + 48] = { 0 }, sealed[sizeof said + SEAL_MORE];
	FILE *file = fopen(api_path("%s/secret", api_stack("keys")), "rb");
	assert_non_null(file);
	hash_sha256(secret, fread(secret, 1, sizeof secret, file), key);
	fclose(file);
	memcpy(said, w->mentor, strlen(w->mentor));
	memcpy(said + 37, "pick_received", 13);
	seal_text(key, "unsubscribe", said, sizeof said, sealed);
	char *text = str_base64url(sealed, sizeof sealed);
	assert_non_null(text);
	w->unsubscription = api_path("%s", text);
	free(text);
	w->delivery = api_sql("superuser",
		"INSERT INTO scheduling.delivery (person_id, channel, content, notifications, "
		"outcome, "
		"ended_at) VALUES ('%s', 'mail', 'notification', '{%s}', 'dead', common.now()) "
		"RETURNING id",
		w->mentor, w->notification);
	api_sql("superuser",
		"INSERT INTO scheduling.held_mailbox (person_id, address, status, held_at) SELECT "
		"person_id, email, '5.1.1', common.now() FROM profiles.identity WHERE person_id = "
		"'%s'",
		w->mentor);
}
