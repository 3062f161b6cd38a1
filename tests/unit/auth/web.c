#include "unit/auth/web.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAGES 8

struct page {
	char path[64];
	char *body;
	int status, hits;
};

struct web {
	int listener, port;
	pthread_t thread;
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t change;
	struct page pages[PAGES];
	bool held, closing;
};

static struct page *page_of(struct web *web, const char *path)
{
	for (int i = 0; i < PAGES; i++) {
		struct page *page = &web->pages[i];
		if (!page->path[0])
			snprintf(page->path, sizeof page->path, "%s", path);
		if (strcmp(page->path, path) == 0)
			return page;
	}
	abort();
}

static void answer(struct web *web, int fd)
{
	char request[2048], path[64] = "", reply[400000];
	size_t used = 0;
	ssize_t got;
	while (used + 1 < sizeof request &&
		(got = read(fd, request + used, sizeof request - 1 - used)) > 0) {
		used += (size_t)got;
		request[used] = 0;
		if (strstr(request, "\r\n\r\n"))
			break;
	}
	if (used == 0 || sscanf(request, "GET %63s ", path) != 1)
		return;
	pthread_mutex_lock(&web->lock);
	struct page *page = page_of(web, path);
	page->hits++;
	while (web->held && !web->closing)
		pthread_cond_wait(&web->change, &web->lock);
	const char *body = page->body ? page->body : "";
	int length = snprintf(reply, sizeof reply,
		"HTTP/1.1 %d X\r\nLocation: %s\r\nContent-Length: %zu\r\n"
		"Connection: close\r\n\r\n%s",
		page->body ? page->status : 404, page->status == 302 ? body : "/", strlen(body),
		body);
	pthread_mutex_unlock(&web->lock);
	assert((size_t)length < sizeof reply);
	for (ssize_t sent = 0, n; sent < length; sent += n)
		if ((n = send(fd, reply + sent, (size_t)(length - sent), MSG_NOSIGNAL)) <= 0)
			break;
}

static void *serve(void *argument)
{
	struct web *web = argument;
	int fd;
	while ((fd = accept(web->listener, NULL, NULL)) >= 0) {
		answer(web, fd);
		close(fd);
	}
	return NULL;
}

struct web *web_open(void)
{
	struct web *web = calloc(1, sizeof *web);
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;
	if (!web)
		abort();
	pthread_mutex_init(&web->lock, NULL);
	pthread_cond_init(&web->change, NULL);
	web->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(web->listener, (struct sockaddr *)&at, sizeof at) != 0 ||
		listen(web->listener, 16) != 0 ||
		getsockname(web->listener, (struct sockaddr *)&at, &size) != 0)
		abort();
	web->port = ntohs(at.sin_port);
	if (pthread_create(&web->thread, NULL, serve, web) != 0)
		abort();
	return web;
}

void web_close(struct web *web)
{
	pthread_mutex_lock(&web->lock);
	web->closing = true;
	pthread_cond_broadcast(&web->change);
	pthread_mutex_unlock(&web->lock);
	shutdown(web->listener, SHUT_RDWR);
	pthread_join(web->thread, NULL);
	close(web->listener);
	for (int i = 0; i < PAGES; i++)
		free(web->pages[i].body);
	free(web);
}

int web_port(const struct web *web)
{
	return web->port;
}

void web_set(struct web *web, const char *path, int status, const char *body)
{
	pthread_mutex_lock(&web->lock);
	struct page *page = page_of(web, path);
	free(page->body);
	page->body = strdup(body);
	page->status = status;
	pthread_mutex_unlock(&web->lock);
}

int web_hits(struct web *web, const char *path)
{
	pthread_mutex_lock(&web->lock);
	int hits = page_of(web, path)->hits;
	pthread_mutex_unlock(&web->lock);
	return hits;
}

void web_hold(struct web *web, bool held)
{
	pthread_mutex_lock(&web->lock);
	web->held = held;
	pthread_cond_broadcast(&web->change);
	pthread_mutex_unlock(&web->lock);
}
