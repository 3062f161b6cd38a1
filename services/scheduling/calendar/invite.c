#include "scheduling/calendar/invite.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/str.h"
#include "scheduling/calendar/event_ical.h"

#define REPLY_MOST  ((size_t)64 << 10)
#define DEPTH_MOST  5
#define EVENTS_MOST 50

static void add_person(icalcomponent *event, const struct invite_person *person)
{
	icalproperty *attendee = icalproperty_new_attendee(person->address);
	if (person->name)
		icalproperty_add_parameter(attendee, icalparameter_new_cn(person->name));
	icalproperty_add_parameter(
		attendee, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
	icalproperty_add_parameter(attendee,
		icalparameter_new_partstat(person->accepted ? ICAL_PARTSTAT_ACCEPTED
							    : ICAL_PARTSTAT_NEEDSACTION));
	if (!person->accepted)
		icalproperty_add_parameter(attendee, icalparameter_new_rsvp(ICAL_RSVP_TRUE));
	icalcomponent_add_property(event, attendee);
}

char *invite_write(const struct event_session *session, const struct invite *invite)
{
	icalcomponent *calendar = event_calendar();
	if (!calendar)
		return NULL;
	icalcomponent_add_property(calendar,
		icalproperty_new_method(session->status == EVENT_CANCELLED ? ICAL_METHOD_CANCEL
									   : ICAL_METHOD_REQUEST));
	icalcomponent *event = event_full(session);
	icalproperty *organizer = icalproperty_new_organizer(invite->organizer);
	icalproperty_add_parameter(organizer, icalparameter_new_cn("Reverse mentoring"));
	icalcomponent_add_property(event, organizer);
	for (size_t i = 0; i < INVITE_PEOPLE; i++)
		add_person(event, &invite->people[i]);
	icalcomponent_add_component(calendar, event);
	return event_calendar_text(calendar);
}

/* Whether a text is flat and short enough to be a reply, because libical frees components
 * recursively. */
static bool is_plausible(const char *text)
{
	int depth = 0, events = 0;
	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncasecmp(line, "BEGIN", 5) == 0 && (++depth > DEPTH_MOST || ++events > EVENTS_MOST))
			return false;
		if (strncasecmp(line, "END", 3) == 0)
			depth--;
	}
	return true;
}

/* Removes folds, so that text split across lines is seen whole. */
static char *unfold(const char *text, size_t length)
{
	struct buf out = BUF_INIT(REPLY_MOST);
	for (size_t i = 0; i < length; i++) {
		size_t next = i + (text[i] == '\r' && i + 1 < length);
		bool fold = text[next] == '\n' && next + 1 < length &&
			    (text[next + 1] == ' ' || text[next + 1] == '\t');
		if (fold)
			i = next + 1;
		else
			buf_char(&out, text[i]);
	}
	char *whole = buf_take(&out);
	buf_release(&out);
	return whole;
}

static bool read_answer(icalproperty *attendee, enum invite_answer *ret_answer)
{
	icalparameter *said = icalproperty_get_first_parameter(attendee, ICAL_PARTSTAT_PARAMETER);
	switch (said ? icalparameter_get_partstat(said) : ICAL_PARTSTAT_NEEDSACTION) {
	case ICAL_PARTSTAT_ACCEPTED:
		*ret_answer = INVITE_ACCEPTED;
		return true;
	case ICAL_PARTSTAT_DECLINED:
		*ret_answer = INVITE_DECLINED;
		return true;
	case ICAL_PARTSTAT_TENTATIVE:
		*ret_answer = INVITE_TENTATIVE;
		return true;
	default:
		return false;
	}
}

static bool read_event(icalcomponent *event, struct invite_reply *ret_reply)
{
	const char *uid = icalcomponent_get_uid(event);
	icalproperty *attendee =
		icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY);
	const char *address = attendee ? icalproperty_get_attendee(attendee) : NULL;
	size_t length = uid ? strlen(uid) : 0;
	struct invite_reply reply = { .sequence = icalcomponent_get_sequence(event) };
	if (length != INVITE_ID - 1 + strlen(EVENT_UID_DOMAIN) ||
		!str_equal(uid + INVITE_ID - 1, EVENT_UID_DOMAIN) || !address ||
		icalcomponent_count_properties(event, ICAL_ATTENDEE_PROPERTY) != 1 ||
		strlen(address) >= INVITE_ADDRESS || reply.sequence < 0)
		return false;
	memcpy(reply.session_id, uid, INVITE_ID - 1);
	if (!str_is_uuid(reply.session_id) || !read_answer(attendee, &reply.answer))
		return false;
	memcpy(reply.address, address, strlen(address) + 1);
	*ret_reply = reply;
	return true;
}

bool invite_read_reply(const char *text, size_t length, struct invite_reply *ret_reply)
{
	char *whole = memchr(text, '\0', length) ? NULL : unfold(text, length);
	icalerror_set_errors_are_fatal(false);
	icalcomponent *calendar =
		whole && is_plausible(whole) ? icalparser_parse_string(whole) : NULL;
	bool good = false;
	if (calendar && icalcomponent_isa(calendar) == ICAL_VCALENDAR_COMPONENT &&
		icalcomponent_get_method(calendar) == ICAL_METHOD_REPLY &&
		icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT) == 1)
		good = read_event(icalcomponent_get_first_component(
					  calendar, ICAL_VEVENT_COMPONENT),
			ret_reply);
	if (calendar)
		icalcomponent_free(calendar);
	free(whole);
	return good;
}
