#include "profiles/employee_file/suggestion.h"

#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/csv.h"
#include "base/str.h"
#include "profiles/employee_file/cell.h"

#define NAMES_MOST  14
#define PLAIN_MOST  64 /* letters of a header that are compared */
#define SAMPLE_ROWS 200
#define LIKE_ENOUGH 70 /* of 100 */

/* What HR systems call our columns, in English and German, with letters and digits alone. */
static const char *const names[COLUMN_COUNT][NAMES_MOST] = {
	{ "externalid", "employeeid", "employeenumber", "emplno", "empno", "personnelnumber",
		"workerid", "staffid", "personid", "personalnummer", "persnr", "mitarbeiternummer",
		"mitarbeiterid" },
	{ "username", "login", "loginname", "userid", "upn", "userprincipalname", "account",
		"networkid", "benutzername", "benutzerkennung", "anmeldename", "kennung" },
	{ "givenname", "firstname", "forename", "preferredname", "legalfirstname", "first",
		"vorname", "rufname" },
	{ "familyname", "lastname", "surname", "legallastname", "last", "nachname",
		"familienname" },
	{ "email", "workemail", "emailaddress", "emailwork", "businessemail", "primaryemail",
		"mail", "emailadresse", "dienstlicheemail" },
	{ "title", "jobtitle", "position", "positiontitle", "businesstitle", "jobprofile", "role",
		"stellenbezeichnung", "funktion", "berufsbezeichnung", "stelle" },
	{ "department", "dept", "departmentname", "orgunit", "organization", "organisation",
		"businessunit", "costcentername", "abteilung", "bereich", "organisationseinheit" },
	{ "location", "worklocation", "office", "site", "city", "locationname", "standort",
		"arbeitsort", "dienstort", "ort" },
	{ "country", "countrycode", "workcountry", "locationcountry", "land", "laendercode",
		"landiso" },
	{ "timezone", "tz", "zeitzone" },
	{ "level", "joblevel", "managementlevel", "grade", "jobgrade", "careerlevel", "band",
		"ebene", "fuehrungsebene", "hierarchieebene", "karrierestufe", "stufe" },
	{ "managerexternalid", "managerid", "manager", "supervisorid", "managernumber",
		"manageremployeeid", "reportsto", "linemanagerid", "vorgesetzter",
		"personalnummervorgesetzter", "vorgesetztennummer", "fuehrungskraft" },
	{ "hiredon", "hiredate", "startdate", "dateofhire", "originalhiredate", "joiningdate",
		"dateofjoining", "eintrittsdatum", "eintritt", "einstellungsdatum" },
	{ "active", "isactive", "status", "employmentstatus", "employeestatus", "workerstatus",
		"aktiv", "beschaeftigungsstatus" },
	{ "languages", "language", "spokenlanguages", "languagesspoken", "sprachen",
		"sprachkenntnisse" },
	{ "skills", "skill", "competencies", "kenntnisse", "faehigkeiten", "kompetenzen" },
	{ "interests", "hobbies", "interessen", "hobbys" },
	{ "activefrom", "firstday", "contractstart", "effectivefrom", "aktivab", "beginn" },
	{ "activeuntil", "terminationdate", "lastday", "enddate", "contractend", "lastworkingday",
		"austrittsdatum", "austritt", "vertragsende" },
	{ "onleavefrom", "leavestart", "leavestartdate", "leavefrom", "abwesendab", "abwesendvon",
		"elternzeitvon" },
	{ "onleaveuntil", "leaveend", "leaveenddate", "leaveuntil", "returndate", "abwesendbis",
		"elternzeitbis" },
	{ "executive", "isexecutive", "executiveflag", "seniorexecutive", "leitend",
		"leitendeangestellte", "leitenderangestellter" },
	{ "holidayregion", "publicholidayregion", "holidaycalendar", "bundesland", "kanton",
		"feiertagsregion", "feiertagskalender" },
};

struct proposal {
	struct csv_record *header;
	char plain[CSV_FIELDS_MOST][PLAIN_MOST + 1];
	int column[CSV_FIELDS_MOST]; /* index of our column, -1 = none */
	bool taken[COLUMN_COUNT];
	bool any; /* a header that is not ours resembles one of ours */
	const char *date_format;
};

/* The two letters that stand for an umlaut, or NULL. */
static const char *spelled_out(const char *at)
{
	static const char *const umlauts[][2] = { { "\u00e4", "ae" }, { "\u00f6", "oe" },
		{ "\u00fc", "ue" }, { "\u00df", "ss" }, { "\u00c4", "ae" }, { "\u00d6", "oe" },
		{ "\u00dc", "ue" } };
	for (size_t i = 0; i < COUNT(umlauts); i++)
		if (strncmp(at, umlauts[i][0], 2) == 0)
			return umlauts[i][1];
	return NULL;
}

/* Reduces a header to letters and digits in lower case. */
static void make_plain(const char *cell, char ret_plain[PLAIN_MOST + 1])
{
	char folded[HEADER_BYTES];
	size_t length = 0;
	column_fold(cell, folded);
	for (const char *at = folded; *at && length + 1 < PLAIN_MOST; at++) {
		const char *two = spelled_out(at);
		if ((*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9'))
			ret_plain[length++] = *at;
		if (!two)
			continue;
		ret_plain[length++] = two[0];
		ret_plain[length++] = two[1];
		at++;
	}
	ret_plain[length] = '\0';
}

/* Similarity of two words by shared pairs of letters, 0 to 100 (Dice's coefficient). */
static int likeness(const char *one, const char *other)
{
	size_t a = strlen(one), b = strlen(other), shared = 0;
	bool used[PLAIN_MOST + 1] = { false };
	if (str_equal(one, other))
		return 100;
	if (a < 4 || b < 4)
		return 0;
	for (size_t i = 0; i + 1 < a; i++)
		for (size_t k = 0; k + 1 < b; k++)
			if (!used[k] && one[i] == other[k] && one[i + 1] == other[k + 1]) {
				used[k] = true;
				shared++;
				break;
			}
	return (int)(200 * shared / (a + b - 2));
}

static int likeness_to(const char *plain, size_t column)
{
	int best = 0;
	for (size_t i = 0; i < NAMES_MOST && names[column][i]; i++) {
		int like = likeness(plain, names[column][i]);
		/* if two match exactly, the name that is listed first wins */
		like = like == 100 ? 100 * NAMES_MOST - (int)i : like;
		best = like > best ? like : best;
	}
	return best;
}

/* Assigns the best remaining match of a header and a column. */
static bool propose_one(struct proposal *p)
{
	int best = LIKE_ENOUGH - 1;
	size_t at = 0, column = 0;
	for (size_t i = 0; i < p->header->count; i++)
		for (size_t c = 0; c < COLUMN_COUNT && p->column[i] < 0; c++) {
			int like = p->taken[c] ? 0 : likeness_to(p->plain[i], c);
			if (like > best) {
				best = like;
				at = i;
				column = c;
			}
		}
	if (best < LIKE_ENOUGH)
		return false;
	p->column[at] = (int)column;
	p->taken[column] = true;
	p->any = true;
	return true;
}

static void propose(struct proposal *p)
{
	for (size_t i = 0; i < p->header->count; i++) {
		char name[CSV_NAME_BYTES];
		csv_column_name(p->header->fields[i], name);
		make_plain(p->header->fields[i], p->plain[i]);
		p->column[i] = column_find(name);
		if (p->column[i] >= 0)
			p->taken[p->column[i]] = true;
	}
	while (propose_one(p))
		;
}

/* Whether a format still fits all dates of the sample. */
static bool fits_dates(
	const struct csv_record *row, const struct proposal *p, const struct mapping *format)
{
	char date[11];
	struct civil day;
	for (size_t i = 0; i < row->count && i < p->header->count; i++) {
		int c = p->column[i];
		bool is_date = c >= 0 &&
			       (columns[c].kind == KIND_DATE || columns[c].kind == KIND_HIRE_DATE);
		if (is_date && !csv_cell_is_blank(row->fields[i]) &&
			(!mapping_date(format, row->fields[i], date) ||
				!civil_read_date(date, &day)))
			return false;
	}
	return true;
}

static bool fits_sample(
	const char *text, size_t length, const struct proposal *p, const struct mapping *format)
{
	struct csv csv = csv_open(text, length);
	struct csv_record row;
	bool fits = csv_next(&csv, &row) == CSV_RECORD;
	for (int i = 0; i < SAMPLE_ROWS && fits && csv_next(&csv, &row) == CSV_RECORD; i++)
		fits = fits_dates(&row, p, format);
	csv_release(&csv);
	return fits;
}

static void find_date_format(const char *text, size_t length, struct proposal *p)
{
	static const struct {
		const char *name;
		enum date_order order;
		char separator;
	} formats[] = { { "YYYY-MM-DD", DATE_YMD, '-' }, { "DD.MM.YYYY", DATE_DMY, '.' },
		{ "DD/MM/YYYY", DATE_DMY, '/' }, { "MM/DD/YYYY", DATE_MDY, '/' },
		{ "DD-MM-YYYY", DATE_DMY, '-' }, { "YYYY/MM/DD", DATE_YMD, '/' },
		{ "YYYYMMDD", DATE_YMD, '\0' } };
	for (size_t i = 0; i < COUNT(formats) && !p->date_format; i++) {
		const struct mapping format = { .date_order = formats[i].order,
			.date_separator = formats[i].separator };
		if (fits_sample(text, length, p, &format))
			p->date_format = formats[i].name;
	}
}

static void write_headers(const struct proposal *p, bool known, struct buf *out)
{
	bool first = true;
	for (size_t i = 0; i < p->header->count; i++) {
		if ((p->column[i] >= 0) != known || csv_cell_is_blank(p->header->fields[i]))
			continue;
		buf_text(out, known ? first ? "{\"theirs\":" : ",{\"theirs\":" : first ? "" : ",");
		buf_json(out, p->header->fields[i]);
		if (known)
			buf_print(out, ",\"ours\":\"%s\"}", columns[p->column[i]].name);
		first = false;
	}
}

static void write_rules(const struct proposal *p, struct buf *out)
{
	buf_text(out, "{\"columns\":[");
	write_headers(p, true, out);
	buf_text(out, "],\"ignore\":[");
	write_headers(p, false, out);
	buf_char(out, ']');
	if (p->date_format && !str_equal(p->date_format, "YYYY-MM-DD"))
		buf_print(out, ",\"date_format\":\"%s\"", p->date_format);
	if (!p->taken[COLUMN_LEVEL] && p->taken[COLUMN_MANAGER])
		buf_text(out, ",\"level\":{\"from\":\"depth\",\"top\":10}");
	buf_char(out, '}');
}

bool suggestion_write(const char *text, size_t length, struct buf *out)
{
	struct csv csv = csv_open(text, length);
	struct csv_record header;
	struct proposal p = { .header = &header };
	enum csv_outcome outcome = csv_next(&csv, &header);
	if (outcome == CSV_RECORD) {
		propose(&p);
		find_date_format(text, length, &p);
	}
	if (p.any)
		write_rules(&p, out);
	csv_release(&csv);
	return outcome != CSV_NO_MEMORY && buf_ok(out);
}
