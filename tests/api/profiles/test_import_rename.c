/* Names that change hands while people are signed in, over chunks, and over what interrupts an
 * import. */
#include <setjmp.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include "company.h"

#define SHORT    "external_id,user_name,given_name,level\n"
#define MANY     (getenv("UPWARD_LONG") ? 12000 : 2500) /* over several chunks */
#define ROW_MOST 64
#define PACE_NS  25000000L /* between two looks of a watch */

/* ---- whose account a name opens, all the while ------------------------------------------------*/

struct watch {
	struct api *caller;
	const char *path;
	bool (*is_old)(const struct api_reply *reply); /* opens the former holder's account */
	pthread_t thread;
	atomic_bool changed; /* it does no longer */
	atomic_int before, after, broken, back;
};

static const char *old_id;
static atomic_bool done, stop; /* the import has ended; the watch shall */

static bool old_is_me(const struct api_reply *reply)
{
	const char *id = json_string_value(api_member(reply, "person.id"));
	return id && strcmp(id, old_id) == 0;
}

/* The former holder alone has written an exclusion. */
static bool old_exclusions(const struct api_reply *reply)
{
	return json_array_size(api_member(reply, "items")) > 0;
}

static void *watch_main(void *context)
{
	struct watch *w = context;
	while (!stop) {
		bool late = done;
		struct api_reply *reply = api_get(w->caller, "%s", w->path);
		bool old = reply->status == 200 && w->is_old(reply);
		if (reply->status != 200 && reply->status != 403)
			w->broken++;
		else if (old && (late || w->changed))
			w->back++;
		else if (!old)
			w->changed = true;
		if (late)
			w->after++;
		else
			w->before++;
		nanosleep(&(struct timespec){ .tv_nsec = PACE_NS }, NULL);
	}
	return NULL;
}

static void begin_watch(struct watch *w, const char *user_name)
{
	w->caller = api_new("participant", user_name);
	assert_int_equal(pthread_create(&w->thread, NULL, watch_main, w), 0);
	api_wait_until(20, w->before > 20);
	assert_false(w->changed);
}

static void end_watch(struct watch *w)
{
	stop = true;
	pthread_join(w->thread, NULL);
	api_free(w->caller);
	assert_int_equal(w->broken, 0);
	assert_int_equal(w->back, 0);
	assert_true(w->changed);
}

static void the_old_name_opens_nothing_of_its_old_holder(void **state)
{
	(void)state;
	struct watch watches[] = {
		{ .path = "/api/v1/me", .is_old = old_is_me },
		{ .path = "/api/v1/exclusions", .is_old = old_exclusions },
	};
	api_import(SHORT "W-1,anna,Anna,2\n", NULL);
	old_id = column_of("W-1", "id");
	api_expect(
		api_post(as("anna"), "/api/v1/exclusions", "{\"person_id\": \"%s\"}", id_of("ben")),
		201);
	for (size_t i = 0; i < 2; i++)
		begin_watch(&watches[i], "Anna");
	struct api_reply *import = api_import(
		SHORT "W-2,anna,Other,2\nW-1,anna.new,Anna,2\n", NULL);
	done = true;
	expect_status(import, "done", NULL);
	for (size_t i = 0; i < 2; i++)
		api_wait_until(20, watches[i].after > 20);
	for (size_t i = 0; i < 2; i++)
		end_watch(&watches[i]);
	assert_string_equal(id_of("anna"), column_of("W-2", "id"));
	assert_string_equal(id_of("anna.new"), old_id);
	assert_string_equal(column_of("W-1", "rekeyed_by IS NULL"), "t");
}

/* ---- by a PATCH -------------------------------------------------------------------------------*/

static struct api_reply *set_status(const char *id, const char *status)
{
	struct api *hris = api_as("hris", NULL);
	api_header(hris, "If-Match: *");
	return api_patch(hris, api_path("/api/v1/people/%s", id), "{\"status\": \"%s\"}", status);
}

/* The one leaves; the other comes back to the same name, as soon as no service remembers the first. */
static void a_patch_gives_a_name_away_as_late_as_an_import(void **state)
{
	(void)state;
	struct watch watch = { .path = "/api/v1/me", .is_old = old_is_me };
	expect_status(api_import("external_id,user_name,given_name,level,active\n"
				 "V-1,vera,Vera,2,true\nV-2,vera,Verena,2,false\n",
			      NULL),
		"done", NULL);
	const char *first = column_of("V-1", "id"), *second = column_of("V-2", "id");
	api_expect_problem(set_status(second, "active"), 409, "name_taken");
	old_id = first;
	done = stop = false;
	begin_watch(&watch, "vera");
	api_expect(set_status(first, "inactive"), 200);
	api_expect_problem(set_status(second, "active"), 409, "name_not_free_yet");
	api_expect(set_status(second, "inactive"), 200); /* nothing is held, nothing changes */
	struct api_reply *back;
	double began = api_now();
	api_wait_until(60, (back = set_status(second, "active"))->status != 409);
	api_expect(back, 200);
	done = true;
	print_message("the name was free after %.1f s\n", api_now() - began);
	api_wait_until(20, watch.after > 20);
	end_watch(&watch);
	assert_string_equal(id_of("vera"), second);
	/* nobody has to wait for themselves */
	api_expect(set_status(second, "inactive"), 200);
	api_expect(set_status(second, "active"), 200);
	api_expect_problem(set_status(first, "active"), 409, "name_taken");
}

/* ---- many names at once -----------------------------------------------------------------------*/

/* People N-0 … with the names n.0 …, each moved on by so many. Returns owned. */
static char *names_moved_by(int step)
{
	char *text = malloc((size_t)(MANY + 1) * ROW_MOST);
	assert_non_null(text);
	size_t used = (size_t)sprintf(text, SHORT);
	for (int i = 0; i < MANY; i++)
		used += (size_t)sprintf(text + used, "N-%d,n.%d,Person,1\n", i, (i + step) % MANY);
	return text;
}

static struct api_reply *import_names(int step)
{
	char *file = names_moved_by(step);
	struct api_reply *import = api_import(file, NULL);
	free(file);
	if (strcmp(api_text(import, "status"), "done") != 0)
		fail_msg("%s: %s", import->text, faults_of(import));
	return import;
}

static void expect_moved_by(int step)
{
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FILTER (WHERE rekeyed_by IS NOT NULL) || ' ' || count(*) "
			"FILTER (WHERE user_name = 'n.' || (substr(external_id, 3)::int + %d) %% "
			"%d) FROM profiles.person WHERE external_id LIKE 'N-%%'",
			step, MANY),
		api_path("0 %d", MANY));
}

static void names_move_on_over_all_chunks(void **state)
{
	(void)state;
	assert_int_equal(api_integer(import_names(0), "counts.created"), MANY);
	assert_int_equal(api_integer(import_names(1), "counts.updated"), MANY);
	expect_moved_by(1);
	assert_string_equal(id_of("n.1"), column_of("N-0", "id"));
	assert_int_equal(api_integer(import_names(1), "counts.unchanged"), MANY);
}

/* Each wants the name of the next, and the last that of the first, whose row is out. */
static void one_row_left_out_leaves_out_the_whole_chain(void **state)
{
	(void)state;
	char *file = names_moved_by(2), *row = strstr(file, ",1\nN-1,");
	assert_non_null(row);
	row[1] = 'x';
	struct api_reply *import = api_import(file, "skip_errors=true");
	free(file);
	expect_status(import, "done", NULL);
	assert_int_equal(api_integer(import, "counts.skipped"), MANY);
	assert_int_equal(api_integer(import, "counts.faults"), MANY);
	expect_moved_by(1);
}

static struct api_reply *read_import(const char *id)
{
	return api_expect(api_get(api_as("hris", NULL), "/api/v1/imports/%s", id), 200);
}

static const char *send_names(int step)
{
	char *file = names_moved_by(step);
	struct api_reply *import = api_expect(
		api_send(api_as("hris", NULL), "POST", "/api/v1/imports", "text/csv", file,
			strlen(file)),
		202);
	free(file);
	return api_text(import, "id");
}

static long long progress(const char *id)
{
	return api_integer(read_import(id), "progress.done");
}

static bool is_so(const char *condition)
{
	return strcmp(api_sql("superuser", "SELECT %s", condition), "t") == 0;
}

/* Sends names and waits until the import has so many people on hold. It applies nothing before the
 * reporting-line lock is let go. */
static const char *send_names_and_hold(int step, int held, struct api_hold **ret_lock)
{
	*ret_lock = api_hold("SELECT pg_advisory_xact_lock(7, 1)");
	const char *id = send_names(step);
	api_wait_until(
		120, is_so(api_path("(SELECT count(*) FROM profiles.person WHERE rekeyed_by = "
				    "'%s') >= %d",
			     id, held)));
	return id;
}

/* Half of the names have moved: those who lost theirs hold nothing, and open nobody's account. */
static void a_cancelled_import_leaves_every_name_one_holder(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	struct api_hold *lock;
	const char *id = send_names_and_hold(2, MANY, &lock);
	struct api_hold *last = api_hold(api_path(
		"SELECT FROM profiles.person WHERE external_id = 'N-%d' FOR UPDATE", MANY - 1));
	api_let_go(lock);
	struct api_reply *stopped = NULL; /* a chunk that waits has to give up first */
	api_wait_until(120, progress(id) > 0);
	api_wait_until(60,
		(stopped = api_post(hris, api_path("/api/v1/imports/%s/cancellation", id), NULL))
				->status != 503);
	api_let_go(last);
	api_expect(stopped, 200);
	long long moved = api_integer(stopped, "counts.updated");
	assert_true(moved > 0 && moved < MANY);
	api_wait_until(30, strcmp(api_sql("superuser", "SELECT count(*) FROM profiles.import_step"),
				   "0") == 0);
	/* the next after the last one moved is the only one whose name another has */
	assert_string_equal(api_sql("superuser", "SELECT string_agg(external_id, ' ') FROM "
						 "profiles.person WHERE rekeyed_by IS NOT NULL"),
		api_path("N-%lld", moved));
	assert_string_equal(id_of(api_path("n.%lld", moved + 1)),
		column_of(api_path("N-%lld", moved - 1), "id"));
}

/* Sends names; the service is killed while it waits with them on hold, and stays away. A chunk of
 * its that waited for the lock has given up by then. */
static const char *send_names_and_die(int step)
{
	struct api_hold *lock;
	const char *id = send_names_and_hold(step, 1, &lock);
	assert_int_equal(kill(api_pid("profiles"), SIGKILL), 0);
	api_wait_until(20, api_admin("profiles", "/readyz")->status != 200);
	api_stop("profiles");
	api_wait_until(30, is_so("NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = "
				 "'upward_profiles')"));
	api_let_go(lock);
	return id;
}

/* The same file again: nobody is without a name then. */
static void a_killed_import_waits_again(void **state)
{
	(void)state;
	const char *id = send_names_and_die(2);
	api_start("profiles");
	api_wait_until(120, strcmp(api_text(read_import(id), "status"), "done") == 0);
	api_wait_until(30, strcmp(api_sql("superuser", "SELECT count(*) FROM profiles.import_step"),
				   "0") == 0);
	expect_moved_by(2);
}

/* Killed between its cancellation and all else: its file is forgotten, and everybody has their name. */
static void a_killed_import_that_is_over_leaves_nothing(void **state)
{
	(void)state;
	const char *id = send_names_and_die(3);
	api_sql("superuser", "UPDATE profiles.import SET step = 'cancellation' WHERE id = '%s'",
		id);
	api_start("profiles");
	api_wait_until(60, is_so("NOT EXISTS (SELECT FROM profiles.person WHERE rekeyed_by IS NOT "
				 "NULL) AND NOT EXISTS (SELECT FROM profiles.import_row) AND NOT "
				 "EXISTS (SELECT FROM profiles.import_step)"));
	expect_moved_by(2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_old_name_opens_nothing_of_its_old_holder),
		cmocka_unit_test(a_patch_gives_a_name_away_as_late_as_an_import),
		cmocka_unit_test(names_move_on_over_all_chunks),
		cmocka_unit_test(one_row_left_out_leaves_out_the_whole_chain),
		cmocka_unit_test(a_cancelled_import_leaves_every_name_one_holder),
		cmocka_unit_test(a_killed_import_waits_again),
		cmocka_unit_test(a_killed_import_that_is_over_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
