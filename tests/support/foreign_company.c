#include "support/foreign_company.h"

#include <stdio.h>
#include <string.h>

#define DEPARTMENTS 8
#define VACANT      3
#define TEAMS       24
#define STAFF_FIRST (1 + DEPARTMENTS - 1 + TEAMS + 1)

struct row {
	char number[16], user[16], title[24], department[24], manager[16], skills[80], until[16];
	const char *status;
};

static char file[FOREIGN_ROWS * 300];
static size_t used;

/* Some departments have an umlaut in Windows-1252. */
static const char *const departments[DEPARTMENTS] = { "Vertrieb", "IT", "Eink\xe4ufe", "Personal",
	"Finanzen", "Recht", "Logistik", "Forschung" };
static const char *const given[] = { "Anna", "J\xfcrgen", "Bj\xf6rn", "Sabine", "Uwe",
	"Ren\xe9"
	"e",
	"Karin", "Ida", "Otto" };
static const char *const family[] = { "M\xfcller", "Gro\xdf", "Schulz", "Weber", "J\xe4ger", "Koch",
	"Braun" };

static void add(const struct row *r, int n)
{
	/* the first two people have the same name */
	const char *first = given[n < 3 ? 0 : n % 9], *last = family[n < 3 ? 0 : n / 9 % 7];
	used += (size_t)snprintf(file + used, sizeof file - used,
		"%s;%s;%s;%s;%s%s;%s;%s;%s;%s;%s;%d.%d.%d;%s;%s;%s;de|en;%d\r\n", r->number,
		r->user, first, last, r->user, *r->user ? "@konzern.example" : "", r->title,
		r->department, n % 2 ? "M\xfcnchen" : "Wien",
		n % 2 ? "Deutschland" : "\xd6sterreich", r->manager, 1 + n % 28, 1 + n % 12,
		1990 + n % 30, r->until, r->status, r->skills, 4000 + n % 7);
}

static void add_head(void)
{
	struct row r = { .number = "10001", .user = "b1", .title = "Vorstand", .status = "Aktiv" };
	snprintf(r.department, sizeof r.department, "Leitung");
	snprintf(r.skills, sizeof r.skills, "KI:1:4");
	add(&r, 1);
}

static void add_directors(void)
{
	for (int d = 1; d <= DEPARTMENTS; d++) {
		struct row r = { .title = "Direktor", .manager = "10001", .status = "Aktiv" };
		if (d == VACANT)
			continue;
		snprintf(r.number, sizeof r.number, "%d", 20000 + d);
		snprintf(r.user, sizeof r.user, "d%d", d);
		snprintf(r.department, sizeof r.department, "%s", departments[d - 1]);
		snprintf(r.skills, sizeof r.skills, "KI:1:4|Soziale Medien:0:3");
		add(&r, 1 + d);
	}
}

static void add_teams(void)
{
	for (int t = 1; t <= TEAMS; t++) {
		struct row r = { .title = "Teamleiter", .status = "Aktiv" };
		int d = (t - 1) / 3 + 1;
		snprintf(r.number, sizeof r.number, "%d", 30000 + t);
		snprintf(r.user, sizeof r.user, "t%d", t);
		snprintf(r.department, sizeof r.department, "%s", departments[d - 1]);
		snprintf(r.manager, sizeof r.manager, "%d", 20000 + d);
		snprintf(r.skills, sizeof r.skills, "KI:1:3");
		add(&r, 10 + t);
	}
}

static void add_staff(int s)
{
	struct row r = { .status = s % 9 == 0 ? "Ruhend" : "Aktiv" };
	int t = s % TEAMS + 1, left = s - FOREIGN_STUDENTS;
	snprintf(r.title, sizeof r.title, "%s",
		s < FOREIGN_STUDENTS ? "Werkstudent"
		: s % 3              ? "Sachbearbeiter"
				     : "Referent");
	snprintf(r.number, sizeof r.number, "%d", 40000 + s);
	snprintf(r.user, sizeof r.user, "s%d", s);
	snprintf(r.department, sizeof r.department, "%s", departments[(t - 1) / 3]);
	snprintf(r.manager, sizeof r.manager, "%d", 30000 + t);
	snprintf(
		r.skills, sizeof r.skills, s % 2 ? "KI:4::yes" : "ki:3::yes|Soziale Medien:5::yes");
	if (left >= 0 && left < FOREIGN_LEFT)
		r.status = "Ausgeschieden";
	else if (left >= FOREIGN_LEFT && left < FOREIGN_LEFT + FOREIGN_LEAVING)
		snprintf(r.until, sizeof r.until, "31.12.2190");
	add(&r, 40 + s);
}

static void add_outsider(int n)
{
	struct row r = {
		.title = "Berater", .department = "Extern", .manager = "30001", .status = "Aktiv"
	};
	snprintf(r.number, sizeof r.number, "%d", 90000 + n);
	add(&r, 10 * n);
}

const char *foreign_company_file(size_t *ret_length)
{
	used = (size_t)snprintf(file, sizeof file,
		"Personalnummer;Benutzername;Vorname;Nachname;Dienstliche "
		"E-Mail;Stellenbezeichnung;"
		"Abteilung;Standort;Land;Vorgesetzter;Eintrittsdatum;Austrittsdatum;"
		"Besch\xe4"
		"ftigungsstatus;Kenntnisse;Sprachen;Kostenstelle\r\n");
	add_head();
	add_directors();
	add_teams();
	for (int s = 0; s < FOREIGN_ROWS - FOREIGN_OUTSIDE - (STAFF_FIRST - 1); s++)
		add_staff(s);
	for (int n = 1; n <= FOREIGN_OUTSIDE; n++)
		add_outsider(n);
	*ret_length = used;
	return file;
}
