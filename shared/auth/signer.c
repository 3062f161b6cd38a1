#include "auth/signer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "auth/scope.h"
#include "auth/signer_key.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/str.h"

#define KEYS_MOST 16
#define PEM_BYTES 4096
#define TTL_MOST  (30 * 86400)

/* The keys of a directory in the order of their kids, which is the order of creation (UUIDv7). */
struct keys {
	size_t count;
	char kids[KEYS_MOST][40];
};

static bool refuse(char *ret_reason, size_t reason_size, const char *what, const char *dir)
{
	snprintf(ret_reason, reason_size, "%s (%s)", what, dir);
	return false;
}

static bool in_production(void)
{
	const char *environment = getenv("APP_ENV");
	return environment && str_equal(environment, "production");
}

static bool path_in(const char *dir, const char *name, const char *end, char ret_path[4096])
{
	return snprintf(ret_path, 4096, "%s/%s%s", dir, name, end) < 4096;
}

static int by_kid(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool list_keys(const char *dir, struct keys *ret_keys)
{
	DIR *folder = opendir(dir);
	const struct dirent *entry;
	struct keys keys = { .count = 0 };
	if (!folder)
		return false;
	while ((entry = readdir(folder))) {
		size_t length = strlen(entry->d_name);
		if (length != 40 || !str_equal(entry->d_name + 36, ".pem") ||
			keys.count == KEYS_MOST)
			continue;
		memcpy(keys.kids[keys.count], entry->d_name, 36);
		keys.kids[keys.count][36] = 0;
		if (str_is_uuid(keys.kids[keys.count]))
			keys.count++;
	}
	closedir(folder);
	qsort(keys.kids, keys.count, sizeof keys.kids[0], by_kid);
	*ret_keys = keys;
	return true;
}

/* Writes a file atomically: a reader sees either the old or the new one. */
static bool write_file(const char *path, mode_t mode, const char *text)
{
	char temporary[4160];
	snprintf(temporary, sizeof temporary, "%s.%s", path, id_v4().text);
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return false;
	size_t length = strlen(text);
	bool good = write(fd, text, length) == (ssize_t)length && fsync(fd) == 0;
	good &= close(fd) == 0;
	if (good && rename(temporary, path) == 0)
		return true;
	unlink(temporary);
	return false;
}

static bool load_key(const char *dir, const char *kid, gnutls_privkey_t *ret_key)
{
	char path[4096], pem[PEM_BYTES];
	if (!path_in(dir, kid, ".pem", path))
		return false;
	owned_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, pem, sizeof pem);
	bool good = length > 0 && signer_key_from_pem(pem, (size_t)length, ret_key);
	hash_wipe(pem, sizeof pem);
	return good;
}

/* Writes the jwks.json of the directory's keys, plus one that is not there yet (or NULL). */
static bool publish(
	const char *dir, const struct keys *keys, gnutls_privkey_t more, const char *kid)
{
	char path[4096];
	struct buf b = BUF_INIT(65536);
	bool good = path_in(dir, "jwks", ".json", path);
	buf_text(&b, "{\"keys\":[");
	for (size_t i = 0; good && i < keys->count; i++) {
		gnutls_privkey_t key;
		good = load_key(dir, keys->kids[i], &key);
		if (!good)
			break;
		if (i)
			buf_char(&b, ',');
		good = signer_key_jwk(key, keys->kids[i], &b);
		gnutls_privkey_deinit(key);
	}
	if (good && more) {
		if (keys->count)
			buf_char(&b, ',');
		good = signer_key_jwk(more, kid, &b);
	}
	buf_text(&b, "]}\n");
	good = good && buf_ok(&b) && write_file(path, 0644, b.data);
	buf_release(&b);
	return good;
}

static bool write_issuers(const char *dir)
{
	char path[4096];
	return path_in(dir, "issuers", ".json", path) &&
	       write_file(path, 0644,
		       "[{\"issuer\":\"" SIGNER_ISSUER "\",\"audience\":\"" SIGNER_AUDIENCE "\","
		       "\"jwks_file\":\"jwks.json\",\"person_claim\":\"sub\","
		       "\"person_key\":\"user_name\",\"role_claims\":[\"roles\"],"
		       "\"roles\":{\"participant\":\"participant\","
		       "\"programme_admin\":\"programme_admin\",\"admin\":\"admin\","
		       "\"hris\":\"hris\",\"auditor\":\"auditor\",\"mail_gateway\":\"mail_"
		       "gateway\"}}]\n");
}

static bool add_key(const char *dir, const struct keys *keys)
{
	gnutls_privkey_t key;
	char path[4096];
	struct id kid = id_v7();
	if (keys->count == KEYS_MOST || !signer_key_new(&key))
		return false;
	char *pem = signer_key_pem(key);
	bool good = pem && path_in(dir, kid.text, ".pem", path) &&
		    publish(dir, keys, key, kid.text) && write_file(path, 0400, pem);
	if (pem)
		hash_wipe(pem, strlen(pem));
	free(pem);
	gnutls_privkey_deinit(key);
	return good;
}

static bool open_folder(
	const char *dir, struct keys *ret_keys, char *ret_reason, size_t reason_size)
{
	if (in_production())
		return refuse(
			ret_reason, reason_size, "local keys are refused: APP_ENV=production", dir);
	if (!list_keys(dir, ret_keys))
		return refuse(ret_reason, reason_size, "the folder cannot be read", dir);
	return true;
}

bool signer_keys(const char *dir, char *ret_reason, size_t reason_size)
{
	struct keys keys;
	if (!in_production() && mkdir(dir, 0755) != 0 && errno != EEXIST)
		return refuse(ret_reason, reason_size, "the folder cannot be made", dir);
	if (!open_folder(dir, &keys, ret_reason, reason_size))
		return false;
	bool good = keys.count ? publish(dir, &keys, NULL, NULL) : add_key(dir, &keys);
	if (!good || !write_issuers(dir))
		return refuse(ret_reason, reason_size, "the key cannot be made or written", dir);
	return true;
}

bool signer_rotate(const char *dir, char *ret_reason, size_t reason_size)
{
	struct keys keys;
	if (!open_folder(dir, &keys, ret_reason, reason_size))
		return false;
	if (!keys.count)
		return refuse(ret_reason, reason_size, "no key to rotate: make one first", dir);
	if (!add_key(dir, &keys))
		return refuse(ret_reason, reason_size,
			"no further key can be made: retire the old ones first", dir);
	return true;
}

bool signer_retire(const char *dir, char *ret_reason, size_t reason_size)
{
	struct keys keys, newest = { .count = 1 };
	char path[4096];
	if (!open_folder(dir, &keys, ret_reason, reason_size))
		return false;
	if (!keys.count)
		return refuse(ret_reason, reason_size, "no key to retire", dir);
	memcpy(newest.kids[0], keys.kids[keys.count - 1], sizeof newest.kids[0]);
	if (!publish(dir, &newest, NULL, NULL))
		return refuse(ret_reason, reason_size, "jwks.json cannot be written", dir);
	for (size_t i = 0; i + 1 < keys.count; i++)
		if (!path_in(dir, keys.kids[i], ".pem", path) || unlink(path) != 0)
			return refuse(ret_reason, reason_size, "an old key cannot be removed", dir);
	return true;
}

/* "admin,hris" -> ["admin","hris"]; NULL if a name is not a role. */
static json_t *role_list(const char *roles)
{
	json_t *list = json_array();
	for (const char *at = roles; list && *at;) {
		char name[32];
		size_t length = strcspn(at, ",");
		if (length >= sizeof name)
			goto refuse;
		memcpy(name, at, length);
		name[length] = 0;
		if (!role_of_name(name) || json_array_append_new(list, json_string(name)) != 0)
			goto refuse;
		at += length + (at[length] == ',');
	}
	return list;
refuse:
	json_decref(list);
	return NULL;
}

static char *claims_of(const char *roles, const char *sub, int64_t ttl)
{
	json_t *list = role_list(roles);
	int64_t now = clock_seconds();
	if (!list)
		return NULL;
	json_t *claims = json_pack("{ss, ss, ss, sI, sI, sI, so}", "iss", SIGNER_ISSUER, "aud",
		SIGNER_AUDIENCE, "sub", sub, "iat", (json_int_t)now, "nbf", (json_int_t)now, "exp",
		(json_int_t)(now + ttl), "roles", list);
	char *text = claims ? json_dumps(claims, JSON_COMPACT) : NULL;
	json_decref(claims);
	return text;
}

char *signer_sign(const char *dir, const char *roles, const char *sub, int64_t ttl,
	char *ret_reason, size_t reason_size)
{
	struct keys keys;
	gnutls_privkey_t key;
	char header[128];
	if (!open_folder(dir, &keys, ret_reason, reason_size))
		return NULL;
	owned_text char *claims = ttl > 0 && ttl <= TTL_MOST && *sub ? claims_of(roles, sub, ttl)
								     : NULL;
	if (!claims) {
		snprintf(ret_reason, reason_size,
			"a token needs known roles, a sub in UTF-8, and a ttl of at most %d "
			"seconds",
			TTL_MOST);
		return NULL;
	}
	if (!keys.count || !load_key(dir, keys.kids[keys.count - 1], &key)) {
		snprintf(ret_reason, reason_size,
			"no key: make one with `upward-token keys --dir %s`", dir);
		return NULL;
	}
	snprintf(header, sizeof header, "{\"alg\":\"ES256\",\"kid\":\"%s\",\"typ\":\"JWT\"}",
		keys.kids[keys.count - 1]);
	char *token = signer_key_token(key, header, claims);
	gnutls_privkey_deinit(key);
	if (!token)
		snprintf(ret_reason, reason_size, "the key does not sign");
	return token;
}
