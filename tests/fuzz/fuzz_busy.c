/*
 * A foreign calendar from its bytes. Laws: what is read lies within what was asked, in order and apart, and is
 * no more than allowed; what is refused leaves nothing; the same bytes give the same.
 */
#include "scheduling/calendar/busy.h"
#include "fuzz/fuzz.h"

#define FROM  INT64_C(1800000000)
#define UNTIL (FROM + 400 * INT64_C(86400))

static void check(const struct busy *busy)
{
	int64_t last = FROM - 1;
	LAW(busy->count <= BUSY_SPANS_MOST);
	for (size_t i = 0; i < busy->count; i++) {
		LAW(busy->spans[i].starts > last);
		LAW(busy->spans[i].starts < busy->spans[i].ends);
		last = busy->spans[i].ends;
	}
	LAW(last <= UNTIL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct busy_query query = { .text = (const char *)data,
		.length = size,
		.home = zone_find("Europe/Berlin"),
		.from = FROM,
		.until = UNTIL };
	struct busy first = { 0 }, second = { 0 };
	if (busy_read(&query, &first) != BUSY_READ) {
		LAW(first.spans == NULL && first.count == 0);
		return 0;
	}
	check(&first);
	LAW(busy_read(&query, &second) == BUSY_READ);
	LAW(first.count == second.count);
	LAW(first.count == 0 ||
		memcmp(first.spans, second.spans, first.count * sizeof *first.spans) == 0);
	busy_release(&first);
	busy_release(&second);
	return 0;
}
