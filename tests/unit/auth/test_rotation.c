/* The local signer, and rotations of its keys while services verify. */
#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "auth/principal.h"
#include "auth/signer.h"
#include "base/str.h"
#include "unit/auth/fixture.h"

#define READERS 3

static char reason[FIXTURE_REASON];
static char dir[512];

static char *sign(const char *roles, const char *sub, int64_t ttl)
{
	return signer_sign(dir, roles, sub, ttl, reason, sizeof reason);
}

static struct key_ring *open_ring(void)
{
	char path[600];
	snprintf(path, sizeof path, "%s/issuers.json", dir);
	return key_ring_open(path, reason, sizeof reason);
}

/* Verified without what a cache remembers. */
static bool holds(struct key_ring *ring, const char *token, struct identity *ret_identity)
{
	struct token_cache *cache = token_cache_new(86400);
	bool good = token_verify(cache, ring, fixture_bearer(str_copy(token)), ret_identity) ==
		    TOKEN_GOOD;
	token_cache_free(cache);
	return good;
}

static void a_signed_token_holds_and_says_what_was_asked(void **state)
{
	struct identity who;
	(void)state;
	assert_true(signer_keys(dir, reason, sizeof reason));
	struct key_ring *ring = open_ring();
	assert_non_null(ring);
	owned_text char *token = sign("programme_admin,hris", "nia.\"quoted\"", 600);
	assert_non_null(token);
	assert_true(holds(ring, token, &who));
	assert_string_equal(who.issuer, SIGNER_ISSUER);
	assert_string_equal(who.subject, "nia.\"quoted\"");
	assert_string_equal(who.person_key, "nia.\"quoted\"");
	assert_string_equal(who.key_kind, "user_name");
	assert_int_equal(who.roles, ROLE_PROGRAMME_ADMIN | ROLE_HRIS);
	key_ring_close(ring);
}

static void what_cannot_be_signed_is_refused(void **state)
{
	(void)state;
	assert_null(sign("admin", "x", 600)); /* no key yet */
	assert_true(signer_keys(dir, reason, sizeof reason));
	assert_null(sign("root", "x", 600));
	assert_null(sign("admin,", "", 600));
	assert_null(sign("admin", "x", 0));
	assert_null(sign("admin", "x", 31 * 86400));
	assert_null(sign("admin", "\xff", 600));
	assert_null(signer_sign("/nowhere", "admin", "x", 600, reason, sizeof reason));
	assert_string_not_equal(reason, "");
}

static void nothing_is_done_in_production(void **state)
{
	(void)state;
	assert_true(signer_keys(dir, reason, sizeof reason));
	setenv("APP_ENV", "production", 1);
	assert_false(signer_keys(dir, reason, sizeof reason));
	assert_false(signer_rotate(dir, reason, sizeof reason));
	assert_false(signer_retire(dir, reason, sizeof reason));
	assert_null(sign("admin", "x", 600));
	assert_non_null(strstr(reason, "production"));
	/* nor are such tokens trusted there, or where nothing is said */
	assert_null(open_ring());
	assert_non_null(strstr(reason, SIGNER_ISSUER));
	unsetenv("APP_ENV");
	assert_null(open_ring());
	setenv("APP_ENV", "development", 1);
	struct key_ring *ring = open_ring();
	assert_non_null(ring);
	key_ring_close(ring);
}

/* How many private keys lie in the folder; each must be for its owner's eyes alone. */
static int private_keys(void)
{
	int count = 0;
	struct dirent *entry;
	DIR *folder = opendir(dir);
	while ((entry = readdir(folder))) {
		struct stat about;
		char path[1024];
		if (!strstr(entry->d_name, ".pem"))
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
		assert_int_equal(stat(path, &about), 0);
		assert_int_equal(about.st_mode & 07777, 0400);
		count++;
	}
	closedir(folder);
	return count;
}

static void private_keys_are_readable_by_their_owner_alone(void **state)
{
	(void)state;
	assert_true(signer_keys(dir, reason, sizeof reason));
	assert_true(signer_keys(dir, reason, sizeof reason)); /* again: the same key */
	assert_int_equal(private_keys(), 1);
	assert_true(signer_rotate(dir, reason, sizeof reason));
	assert_int_equal(private_keys(), 2);
	assert_true(signer_retire(dir, reason, sizeof reason));
	assert_int_equal(private_keys(), 1);
}

/* ---- rotation under load --------------------------------------------------------------------- */

static struct {
	struct key_ring *ring;
	struct token_cache *cache;
	pthread_rwlock_t lock; /* guards token */
	char *token;           /* the newest */
	atomic_bool stop;
	atomic_int verified, refused;
} load;

static void *read_on(void *unused)
{
	(void)unused;
	while (!atomic_load(&load.stop)) {
		struct identity who;
		pthread_rwlock_rdlock(&load.lock);
		const char *header = fixture_bearer(str_copy(load.token));
		pthread_rwlock_unlock(&load.lock);
		if (token_verify(load.cache, load.ring, header, &who) == TOKEN_GOOD)
			atomic_fetch_add(&load.verified, 1);
		else
			atomic_fetch_add(&load.refused, 1);
	}
	fixture_bearer(NULL);
	return NULL;
}

static bool read_enough(void *from)
{
	return atomic_load(&load.verified) > *(const int *)from + 200;
}

/* Readers use the new token at once; the old one stays good beside it. */
static void rotate_once(char **old)
{
	struct identity who;
	assert_true(signer_rotate(dir, reason, sizeof reason));
	char *fresh = sign("participant", "mira.okafor", 600);
	assert_non_null(fresh);
	pthread_rwlock_wrlock(&load.lock);
	*old = load.token;
	load.token = fresh;
	pthread_rwlock_unlock(&load.lock);
	assert_true(holds(load.ring, *old, &who));
	int from = atomic_load(&load.verified);
	assert_true(fixture_wait(read_enough, &from));
}

static bool refused_by_now(void *token)
{
	struct identity who;
	return token_verify(load.cache, load.ring, fixture_bearer(str_copy(token)), &who) !=
	       TOKEN_GOOD;
}

static void three_rotations_refuse_no_valid_token_and_retire_the_old(void **state)
{
	(void)state;
	pthread_t readers[READERS];
	struct identity who;
	assert_true(signer_keys(dir, reason, sizeof reason));
	memset(&load, 0, sizeof load);
	pthread_rwlock_init(&load.lock, NULL);
	load.ring = open_ring();
	load.cache = token_cache_new(86400);
	load.token = sign("participant", "mira.okafor", 600);
	assert_non_null(load.ring);
	for (int i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, read_on, NULL), 0);
	for (int i = 0; i < 3; i++) {
		char *old = NULL;
		rotate_once(&old);
		/* remembered as verified, and yet refused once its key is gone */
		assert_true(token_verify(load.cache, load.ring, fixture_bearer(str_copy(old)),
				    &who) == TOKEN_GOOD);
		assert_true(signer_retire(dir, reason, sizeof reason));
		assert_true(fixture_wait(refused_by_now, old));
		free(old);
	}
	atomic_store(&load.stop, true);
	for (int i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	assert_int_equal(atomic_load(&load.refused), 0);
	assert_true(atomic_load(&load.verified) > 600);
	free(load.token);
	token_cache_free(load.cache);
	key_ring_close(load.ring);
}

static int enter(void **state)
{
	(void)state;
	setenv("APP_ENV", "development", 1);
	fixture_enter();
	snprintf(dir, sizeof dir, "%s", fixture_path("keys"));
	return 0;
}

static int leave(void **state)
{
	(void)state;
	fixture_bearer(NULL);
	fixture_leave();
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_signed_token_holds_and_says_what_was_asked),
		TEST(what_cannot_be_signed_is_refused),
		TEST(nothing_is_done_in_production),
		TEST(private_keys_are_readable_by_their_owner_alone),
		TEST(three_rotations_refuse_no_valid_token_and_retire_the_old),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
