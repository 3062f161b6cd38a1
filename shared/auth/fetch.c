#include "auth/fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"

#define CONNECT_MS 2000L
#define WHOLE_MS   5000L

static pthread_once_t library = PTHREAD_ONCE_INIT;

static void library_init(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool auth_in_development(void)
{
	const char *environment = getenv("APP_ENV");
	return environment && str_equal(environment, "development");
}

static bool is_loopback(const char *host)
{
	return str_equal(host, "127.0.0.1") || str_equal(host, "[::1]") ||
	       str_equal(host, "localhost");
}

static bool part_of(CURLU *url, CURLUPart what, char **ret_text)
{
	return curl_url_get(url, what, ret_text, 0) == CURLUE_OK;
}

bool fetch_allowed(const char *url)
{
	pthread_once(&library, library_init);
	CURLU *parts = curl_url();
	char *scheme = NULL, *host = NULL, *user = NULL;
	bool allowed = false;
	if (!parts || curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK)
		goto out;
	if (!part_of(parts, CURLUPART_SCHEME, &scheme) || !part_of(parts, CURLUPART_HOST, &host) ||
		part_of(parts, CURLUPART_USER, &user))
		goto out;
	allowed = str_equal(scheme, "https") ||
		  (str_equal(scheme, "http") && auth_in_development() && is_loopback(host));
out:
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_url_cleanup(parts);
	return allowed;
}

static size_t take_bytes(const char *bytes, size_t size, size_t count, void *out)
{
	buf_add(out, bytes, size * count);
	return buf_ok(out) ? size * count : 0;
}

static int ask_stop(void *stop, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	return stop && atomic_load((const atomic_bool *)stop);
}

static bool set_options(CURL *curl, const char *url, const atomic_bool *stop, struct buf *out)
{
	bool plain = strncmp(url, "http:", 5) == 0;
	int code = (int)curl_easy_setopt(curl, CURLOPT_URL, url);
	code |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
	if (plain) /* loopback: never through a proxy */
		code |= curl_easy_setopt(curl, CURLOPT_PROXY, "");
	code |= curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	code |= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	code |= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	code |= curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, WHOLE_MS);
	code |= curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
	code |= curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
	code |= curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	code |= curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_stop);
	code |= curl_easy_setopt(curl, CURLOPT_XFERINFODATA, stop);
	return code == CURLE_OK;
}

bool fetch_text(const char *url, const atomic_bool *stop, struct buf *out)
{
	if (!fetch_allowed(url))
		return false;
	CURL *curl = curl_easy_init();
	if (!curl)
		return false;
	long status = 0;
	bool done = set_options(curl, url, stop, out) && curl_easy_perform(curl) == CURLE_OK &&
		    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
		    status == 200 && buf_ok(out);
	curl_easy_cleanup(curl);
	return done;
}
