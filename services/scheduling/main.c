/*
 * The service scheduling: see services/README.md for its anatomy.
 */
#include "gen/scheduling/contract.h"
#include "gen/scheduling/events.h"
#include "gen/scheduling/statements.h"
#include "scheduling/feeds/busy_calendar_job.h"
#include "scheduling/notifications/chat_job.h"
#include "scheduling/notifications/mail_job.h"
#include "scheduling/gatherings/gathering_job.h"
#include "scheduling/notifications/waiting_job.h"
#include "scheduling/sessions/clock_job.h"
#include "scheduling/sessions/exception_job.h"
#include "service/service.h"

static const struct consumer consumers[] = {
	{ .name = "scheduling.pair_ends",
		.types = events_pair_ends,
		.effect = &stmt_pair_sessions_cancel },
	{ .name = "scheduling.notifications",
		.types = events_notifications,
		.effect = &stmt_notification_make },
};

static const struct job jobs[] = {
	{ .name = "waiting", .poll_ms = 1000, .run = waiting_job_run },
	{ .name = "nudges", .poll_ms = 5000, .run = nudge_job_run },
	{ .name = "exceptions", .poll_ms = 600000, .run = exception_job_run },
	{ .name = "clocks", .poll_ms = 5000, .run = clock_job_run },
	{ .name = "gatherings", .poll_ms = 1000, .run = gathering_job_run },
	{ .name = "issue_boxes", .poll_ms = 600000, .run = issue_job_run },
	{ .name = "busy_calendars", .poll_ms = 1000, .run = busy_calendar_job_run },
	{ .name = "chat", .poll_ms = 1000, .run = chat_job_run },
	{ .name = "mail", .poll_ms = 1000, .run = mail_job_run },
	{ .name = "mail_too", .poll_ms = 1000, .run = mail_job_run },
	{ .name = "mail_three", .poll_ms = 1000, .run = mail_job_run },
	{ .name = "mail_four", .poll_ms = 1000, .run = mail_job_run },
	{ .name = "old_deliveries", .poll_ms = 600000, .run = delivery_tidy_run },
	{ .name = "busy_windows", .poll_ms = 600000, .run = busy_window_job_run },
};

static const struct service scheduling = {
	.name = "scheduling",
	SERVICE_CONTRACT(scheduling),
	.consumers = consumers,
	.consumer_count = COUNT(consumers),
	.jobs = jobs,
	.job_count = COUNT(jobs),
};

int main(int argc, char **argv)
{
	return service_main(&scheduling, argc, argv);
}
