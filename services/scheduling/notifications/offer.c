#include "scheduling/notifications/offer.h"

#include "gen/scheduling/statements.h"
#include "scheduling/notifications/queue.h"
#include "scheduling/sessions/facts.h"

#define DAYS "14"
#define MOST 3

void offer_write(struct db_session *w, const char *pair, const char *person,
	const struct mail_language *language, struct letter *letter)
{
	int row = 0;
	struct facts f;
	struct slot slots[SLOT_COUNT_MOST];
	char when[TEXTS_WHEN];
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(&stmt_slot_facts, pair, NULL, person, NULL, DAYS, NULL);
	if (!queue_run(w, &step, &rows) || db_rows_count(rows) == 0 ||
		!facts_read(rows, &row, 2, &f))
		return;
	f.search.count = MOST;
	size_t count = slots_find(&f.search, slots);
	if (count > 0)
		letter_paragraph(letter, texts_word(language, "proposed"));
	for (size_t i = 0; i < count; i++) {
		texts_when(slots[i].starts, f.zones[0], when);
		letter_paragraph(letter, when);
	}
	facts_release(&f);
}
