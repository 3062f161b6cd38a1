#include "http/server.h"

#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <ulfius.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

/* Request and response headers share one block of memory. If the request leaves too little room for
 * the response, we refuse it (431); if it does not fit at all, libmicrohttpd does (431 too). The
 * gateway lets 16 KiB through and adds some headers, and each header needs some room besides its
 * bytes. */
#define BLOCK_BYTES      21504
#define HEAD_BYTES_MOST  19200
#define ENTRY_BYTES      72   /* what libmicrohttpd stores besides each header and parameter */
#define BACKLOG          4096 /* the gateway opens a thousand at once */
#define WAVE_CONNECTIONS 128  /* this many at once count as a wave */
/* Time allowed for a body, in addition to what its bytes take at the minimum rate. */
#define BODY_US       5000000
#define BODY_SILENCE  6 /* seconds */
#define DRAIN_SILENCE 2
/* The rest of a refused body is still read, so that a caller who is still sending receives the
 * reason: at this rate, and no more than the largest body. */
#define DRAIN_US   2000000
#define DRAIN_RATE (1 << 20) /* bytes a second */
#define DRAIN_MOST ((uint64_t)48 << 20)
/* Sanitizers need far larger frames. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_BYTES (4U << 20)
#else
#define STACK_BYTES (512U << 10)
#endif

struct server {
	struct server_settings settings;
	struct _u_instance ulfius;
	MHD_AccessHandlerCallback dispatch; /* ulfius's own */
	int listener;                       /* ours to close, after the daemon has stopped */
	atomic_int in_flight;
	atomic_int open;      /* connections now */
	atomic_int open_most; /* the maximum since memory was last returned */
	atomic_bool quiescing;
};

/*
 * One request in progress. ulfius keeps its connection_info_struct behind libmicrohttpd's pointer;
 * ours is longer and contains everything that ulfius would allocate for a request. The maps of
 * headers, cookies and form members stay NULL: ulfius then copies none of them, and we read the
 * headers where libmicrohttpd keeps them (a map would also join repeated headers with commas).
 */
struct transit {
	struct connection_info_struct info; /* must be first */
	struct _u_request request;
	struct _u_map parameters; /* ulfius needs one to clear; it is not read */
	struct server *server;
	struct MHD_Connection *connection;
	bool head_seen, announced; /* whether there is a body */
	struct body body;
	enum http_body_fault fault;
	struct http_response *refusal; /* owned: the response if it is refused */
	bool answered;                 /* libmicrohttpd has the complete response */
	bool said;                     /* already sent: what still arrives is discarded */
	uint64_t began, arrived;       /* of the body: when it began, and bytes so far */
	char target[];
};

static char any_path[] = "/"; /* there is only one endpoint, so ulfius has nothing to match */

static void *request_begins(void *context, const char *target, struct MHD_Connection *connection)
{
	struct server *server = context;
	if (!target)
		target = "";
	size_t len = strlen(target);
	struct transit *transit = calloc(1, sizeof *transit + len + 1);
	if (!transit)
		return NULL; /* ulfius then closes the connection */
	transit->info.callback_first_iteration = 1;
	transit->info.request = &transit->request;
	transit->request.map_url = &transit->parameters;
	transit->request.url_path = any_path;
	transit->server = server;
	transit->connection = connection;
	memcpy(transit->target, target, len + 1);
	atomic_fetch_add(&server->in_flight, 1);
	return transit;
}

static void request_ends(void *context, struct MHD_Connection *connection, void **slot,
	enum MHD_RequestTerminationCode how)
{
	(void)context, (void)connection, (void)how;
	struct transit *transit = *slot;
	if (!transit)
		return;
	*slot = NULL;
	atomic_fetch_sub(&transit->server->in_flight, 1);
	/* if out of memory here, ulfius leaves pointers to freed memory, but no lengths */
	if (transit->parameters.lengths)
		u_map_clean(&transit->parameters);
	free(transit->request.http_protocol);
	free(transit->request.http_verb);
	free(transit->request.client_address);
	free(transit->request.auth_basic_user);
	free(transit->request.auth_basic_password);
	body_release(&transit->body);
	if (transit->refusal)
		free(transit->refusal->body);
	free(transit->refusal);
	free(transit);
}

/* malloc keeps the memory of threads that have ended. After a wave of connections it is returned to
 * the system, whenever a quarter of them has closed. */
static void connection_turns(void *context, struct MHD_Connection *connection, void **slot,
	enum MHD_ConnectionNotificationCode what)
{
	struct server *server = context;
	(void)connection, (void)slot;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		int now = atomic_fetch_add(&server->open, 1) + 1;
		if (now > atomic_load(&server->open_most))
			atomic_store(&server->open_most, now);
		return;
	}
	int now = atomic_fetch_sub(&server->open, 1) - 1;
	int most = atomic_load(&server->open_most);
	if (most >= WAVE_CONNECTIONS && now <= most - most / 4 &&
		atomic_compare_exchange_strong(&server->open_most, &most, now))
		malloc_trim(0);
}

static const struct {
	const char *name;
	enum http_header header;
} known_headers[] = {
	{ "accept", HTTP_ACCEPT },
	{ "authorization", HTTP_AUTHORIZATION },
	{ "content-encoding", HTTP_CONTENT_ENCODING },
	{ "content-length", HTTP_CONTENT_LENGTH },
	{ "content-type", HTTP_CONTENT_TYPE },
	{ "access-control-request-method", HTTP_CORS_METHOD },
	{ "idempotency-key", HTTP_IDEMPOTENCY_KEY },
	{ "if-match", HTTP_IF_MATCH },
	{ "if-none-match", HTTP_IF_NONE_MATCH },
	{ "x-on-behalf-of", HTTP_ON_BEHALF_OF },
	{ "origin", HTTP_ORIGIN },
	{ "x-request-id", HTTP_REQUEST_ID },
	{ "traceparent", HTTP_TRACEPARENT },
	{ "transfer-encoding", HTTP_TRANSFER_ENCODING },
};

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name,
	size_t name_len, const char *value, size_t value_len)
{
	struct http_request *request = context;
	request->head_bytes += name_len + value_len + ENTRY_BYTES;
	for (size_t i = 0; kind == MHD_HEADER_KIND && i < COUNT(known_headers); i++) {
		const char *known = known_headers[i].name;
		if ((name[0] | 0x20) != known[0] || strcasecmp(name, known) != 0)
			continue;
		enum http_header header = known_headers[i].header;
		if (request->headers[header])
			request->repeated |= 1U << header;
		else
			request->headers[header] = value ? value : "";
		break;
	}
	return MHD_YES;
}

/* Gives the response to libmicrohttpd, along with its body. false: out of memory, or the connection
 * is gone. */
static bool queue(struct MHD_Connection *connection, struct http_response *from, bool close)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(from->length, from->body,
		from->body ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	if (!response)
		return false;
	from->body = NULL;
	bool good = !close || MHD_add_response_header(response, "Connection", "close") == MHD_YES;
	for (size_t i = 0; good && i < from->header_count; i++)
		good = MHD_add_response_header(
			       response, from->headers[i].name, from->headers[i].value) == MHD_YES;
	good = good && MHD_queue_response(connection, (unsigned)from->status, response) == MHD_YES;
	MHD_destroy_response(response);
	return good;
}

static void response_begin(struct http_response *response)
{
	response->status = 500;
	response->body = NULL;
	response->length = response->header_count = response->used = 0;
}

/* The headers as libmicrohttpd holds them. */
static struct http_request read_head(const struct transit *transit)
{
	struct http_request request = {
		.method = transit->request.http_verb,
		.target = transit->target,
		.body_fault = transit->fault,
	};
	MHD_get_connection_values_n(transit->connection,
		MHD_HEADER_KIND | MHD_COOKIE_KIND | MHD_GET_ARGUMENT_KIND, take_header, &request);
	request.head_too_large = request.head_bytes > HEAD_BYTES_MOST;
	return request;
}

/* Gives the response to libmicrohttpd directly, which then refuses ulfius's empty one: ulfius would
 * copy each header twice and, if out of memory, send a 404 or 500 with its own text. */
static int answer(const struct _u_request *in, struct _u_response *out, void *context)
{
	(void)out;
	struct server *server = context;
	struct transit *transit = (struct transit *)((char *)in -
						     offsetof(struct transit, request));
	__attribute__((uninitialized)) struct http_response made;
	struct http_response *response = transit->refusal;
	if (!response) {
		struct http_request request = read_head(transit);
		request.body = in->binary_body;
		request.body_length = in->binary_body_length;
		response = &made;
		response_begin(response);
		server->settings.answer(server->settings.context, &request, response);
	}
	body_release(&transit->body); /* frees its share of the budget while the response is sent */
	transit->request.binary_body = NULL;
	transit->request.binary_body_length = 0;
	transit->answered = queue(transit->connection, response, atomic_load(&server->quiescing));
	free(response->body);
	response->body = NULL;
	return U_CALLBACK_COMPLETE;
}

/* ---- bodies: judged on the head, taken piece by piece ---- */

static void note_fault(struct transit *transit, enum body_outcome outcome)
{
	static const enum http_body_fault faults[] = { [BODY_TAKEN] = HTTP_BODY_FINE,
		[BODY_TOO_LARGE] = HTTP_BODY_TOO_LARGE,
		[BODY_GREEDY] = HTTP_BODY_GREEDY,
		[BODY_CROWDED] = HTTP_BODY_CROWDED,
		[BODY_MALFORMED] = HTTP_BODY_MALFORMED,
		[BODY_FAILED] = HTTP_BODY_CROWDED };
	transit->fault = faults[outcome];
}

/* Writes the refusal to the socket directly, because libmicrohttpd takes no response in the middle
 * of a body. This ends the connection. */
static void say_now(struct transit *transit)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		transit->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct http_response *r = transit->refusal;
	struct buf text = BUF_INIT(1 << 16);
	if (!r || !info || transit->said)
		return;
	transit->said = true;
	buf_print(&text, "HTTP/1.1 %d %s\r\n", r->status,
		MHD_get_reason_phrase_for((unsigned)r->status));
	for (size_t i = 0; i < r->header_count; i++)
		buf_print(&text, "%s: %s\r\n", r->headers[i].name, r->headers[i].value);
	buf_print(&text, "Content-Length: %zu\r\nConnection: close\r\n\r\n", r->length);
	buf_add(&text, r->body ? r->body : "", r->length);
	if (buf_ok(&text) && send(info->connect_fd, text.data, text.len, MSG_NOSIGNAL) > 0)
		shutdown(info->connect_fd, SHUT_WR);
	buf_release(&text);
}

static bool make_refusal(struct transit *transit)
{
	if (!transit->refusal)
		transit->refusal = malloc(sizeof *transit->refusal);
	if (transit->refusal)
		response_begin(transit->refusal);
	return transit->refusal != NULL;
}

static void judge_head(struct transit *transit, struct http_request *head)
{
	const struct server_settings *s = &transit->server->settings;
	const char *length = head->headers[HTTP_CONTENT_LENGTH];
	struct http_body_terms terms = { .most = s->body_most };
	head->announced = true;
	if (!length || head->headers[HTTP_TRANSFER_ENCODING] ||
		!str_to_i64(length, &head->announced_length))
		head->announced_length = -1;
	if (s->judge) {
		if (!make_refusal(transit)) {
			transit->fault = HTTP_BODY_CROWDED;
			return;
		}
		if (!s->judge(s->context, head, &terms, transit->refusal))
			return;
		free(transit->refusal);
		transit->refusal = NULL;
	}
	note_fault(transit, body_begin(&transit->body, s->bodies, terms.caller, terms.most,
				    head->announced_length));
	body_recode(&transit->body, terms.charset);
}

static enum MHD_Result take_head(struct transit *transit)
{
	struct http_request head = read_head(transit);
	const char *length = head.headers[HTTP_CONTENT_LENGTH];
	if (!head.headers[HTTP_TRANSFER_ENCODING] && (!length || str_equal(length, "0")))
		return MHD_YES;
	transit->announced = true;
	transit->began = clock_monotonic_us();
	MHD_set_connection_option(
		transit->connection, MHD_CONNECTION_OPTION_TIMEOUT, (unsigned)BODY_SILENCE);
	judge_head(transit, &head);
	if (transit->refusal)
		MHD_set_connection_option(transit->connection, MHD_CONNECTION_OPTION_TIMEOUT,
			(unsigned)DRAIN_SILENCE);
	/* a small body arrives at once, and the connection can be kept */
	if (transit->refusal && (uint64_t)head.announced_length > BODY_SMALL)
		say_now(transit);
	return MHD_YES;
}

/* Whether a body keeps up with the minimum rate. */
static bool in_time(const struct transit *transit)
{
	bool drained = transit->refusal || transit->fault;
	uint64_t rate = drained ? DRAIN_RATE : (uint64_t)transit->server->settings.body_rate;
	uint64_t took = clock_monotonic_us() - transit->began;
	if (drained && transit->arrived > DRAIN_MOST)
		return false;
	return rate == 0 ||
	       took <= (drained ? DRAIN_US : BODY_US) + transit->arrived * 1000000 / rate;
}

static enum MHD_Result take_piece(struct transit *transit, const char *bytes, size_t len)
{
	const struct server_settings *s = &transit->server->settings;
	transit->arrived += len;
	if (!in_time(transit)) {
		if (!transit->refusal && make_refusal(transit)) {
			transit->fault = transit->fault ? transit->fault : HTTP_BODY_TOO_SLOW;
			struct http_request head = read_head(transit);
			s->answer(s->context, &head, transit->refusal);
		}
		say_now(transit);
		return MHD_NO;
	}
	if (!transit->refusal && !transit->fault)
		note_fault(transit, body_add(&transit->body, bytes, len));
	return MHD_YES;
}

static void take_end(struct transit *transit)
{
	MHD_set_connection_option(transit->connection, MHD_CONNECTION_OPTION_TIMEOUT,
		(unsigned)transit->server->settings.timeout_seconds);
	if (!transit->refusal && !transit->fault)
		note_fault(transit, body_end(&transit->body));
	transit->request.binary_body = transit->body.data;
	transit->request.binary_body_length = transit->body.length;
	if (transit->body.length == 0)
		transit->request.binary_body = NULL;
}

/* Runs before ulfius, which would read the whole body before it calls us. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *bytes, size_t *size, void **slot)
{
	struct server *server = context;
	struct transit *transit = *slot;
	if (!transit)
		return MHD_NO;
	if (transit->head_seen && *size > 0) {
		size_t len = *size;
		*size = 0;
		return take_piece(transit, bytes, len);
	}
	if (transit->said)
		return MHD_NO;
	if (transit->head_seen && transit->announced)
		take_end(transit);
	enum MHD_Result result = server->dispatch(
		&server->ulfius, connection, url, method, version, bytes, size, slot);
	if (transit->head_seen) /* regardless of what ulfius makes of its own response */
		return transit->answered ? MHD_YES : MHD_NO;
	if (result != MHD_YES || !transit->request.http_verb)
		return MHD_NO;
	transit->head_seen = true;
	return take_head(transit);
}

/* ulfius reads headers and parameters through this function and finds none: its copies are not
 * used, and if out of memory it would dereference NULL. */
__attribute__((visibility("default"))) int MHD_get_connection_values(
	struct MHD_Connection *connection, enum MHD_ValueKind kind, MHD_KeyValueIterator take,
	void *context)
{
	(void)connection, (void)kind, (void)take, (void)context;
	return 0;
}

__attribute__((visibility("default"))) int ulfius_parse_url(
	const char *url, const struct _u_endpoint *endpoint, struct _u_map *map, int check_utf8);
int ulfius_parse_url(
	const char *url, const struct _u_endpoint *endpoint, struct _u_map *map, int check_utf8)
{
	(void)url, (void)endpoint, (void)map, (void)check_utf8;
	return U_OK;
}

static _Thread_local struct server *starting;

/* ulfius starts its daemon through this function and so calls ours: there is no other way to run
 * code between the headers and the body of a request. Other daemons start unchanged. */
__attribute__((visibility("default"))) struct MHD_Daemon *MHD_start_daemon(unsigned int flags,
	uint16_t port, MHD_AcceptPolicyCallback accept_policy, void *accept_context,
	MHD_AccessHandlerCallback handler, void *context, ...)
{
	va_list options;
	if (starting) {
		starting->dispatch = handler;
		handler = on_request;
		context = starting;
	}
	va_start(options, context);
	struct MHD_Daemon *daemon = MHD_start_daemon_va(
		flags, port, accept_policy, accept_context, handler, context, options);
	va_end(options);
	return daemon;
}

static int listen_on(const struct server_settings *settings, char *reason, size_t reason_size)
{
	char port[8];
	snprintf(port, sizeof port, "%d", settings->port);
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	struct addrinfo *found = NULL;
	if (getaddrinfo(settings->address, port, &hints, &found) != 0) {
		snprintf(reason, reason_size, "%s is not a numeric address", settings->address);
		return -1;
	}
	int one = 1;
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
		bind(fd, found->ai_addr, found->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0) {
		snprintf(reason, reason_size, "cannot listen on %s port %d: %s", settings->address,
			settings->port, strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

static bool start(struct server *server)
{
	const struct server_settings *s = &server->settings;
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)request_ends, NULL },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)connection_turns, server },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)request_begins, server },
		{ MHD_OPTION_LISTEN_SOCKET, server->listener, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, s->connection_limit, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, s->timeout_seconds, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, BLOCK_BYTES, NULL },
		{ MHD_OPTION_THREAD_STACK_SIZE, STACK_BYTES, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};
	/* poll: select() would fail from file descriptor 1,024 on */
	unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
			 MHD_USE_POLL | MHD_USE_ITC;
	starting = server;
	int outcome = ulfius_start_framework_with_mhd_options(&server->ulfius, flags, options);
	starting = NULL;
	/* without our handler in front, bodies would be read before they are checked */
	return outcome == U_OK && server->dispatch;
}

struct server *server_open(
	const struct server_settings *settings, char *ret_reason, size_t reason_size)
{
	struct server *server = calloc(1, sizeof *server);
	if (!server) {
		snprintf(ret_reason, reason_size, "out of memory");
		return NULL;
	}
	server->settings = *settings;
	server->listener = listen_on(settings, ret_reason, reason_size);
	if (server->listener < 0) {
		free(server);
		return NULL;
	}
	/* ulfius requires a port number; the socket above is the one that is used */
	if (ulfius_init_instance(&server->ulfius, 1, NULL, NULL) != U_OK ||
		ulfius_set_default_endpoint(&server->ulfius, answer, server) != U_OK) {
		snprintf(ret_reason, reason_size, "out of memory");
		goto failed;
	}
	server->ulfius.allowed_post_processor = U_POST_PROCESS_NONE;
	server->ulfius.check_utf8 = 0; /* it would drop invalid text; we refuse it */
	if (start(server))
		return server;
	snprintf(ret_reason, reason_size, "the HTTP server does not start");
	server->listener = -1; /* libmicrohttpd closed it */
failed:
	ulfius_clean_instance(&server->ulfius);
	if (server->listener >= 0)
		close(server->listener);
	free(server);
	return NULL;
}

int server_port(const struct server *server)
{
	struct sockaddr_storage bound;
	socklen_t len = sizeof bound;
	if (getsockname(server->listener, (struct sockaddr *)&bound, &len) < 0)
		return -1;
	in_port_t port = bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
						     : ((struct sockaddr_in *)&bound)->sin_port;
	return ntohs(port);
}

void server_quiesce(struct server *server)
{
	if (atomic_exchange(&server->quiescing, true))
		return;
	MHD_quiesce_daemon(server->ulfius.mhd_daemon);
	/* the descriptor must stay open while threads run, but no new connection may wait in its
	 * queue */
	shutdown(server->listener, SHUT_RDWR);
}

int server_in_flight(const struct server *server)
{
	return atomic_load(&server->in_flight);
}

int server_connections(const struct server *server)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(
		server->ulfius.mhd_daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
	return info ? (int)info->num_connections : 0;
}

void server_close(struct server *server)
{
	if (!server)
		return;
	bool quiesced = atomic_load(&server->quiescing);
	ulfius_stop_framework(&server->ulfius);
	if (quiesced) /* otherwise libmicrohttpd has closed it */
		close(server->listener);
	ulfius_clean_instance(&server->ulfius);
	free(server);
}
