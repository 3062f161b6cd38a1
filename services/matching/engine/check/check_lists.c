/* Lists as sets: checks their worth, and that no other list is worth more than its prices. */
#include "matching/engine/check/check_lists.h"

#include <stdlib.h>
#include <string.h>

/* A mentor from the view of one mentee. */
struct offer {
	int64_t base;  /* hundredths: without need and background, less its price */
	int64_t alone; /* with both, on an empty list */
	uint32_t department;
	bool granted;
	uint8_t other[ENGINE_DECLARATION_KINDS]; /* what it is, where the mentee is something else */
	uint8_t share[ENGINE_WANTS_MAX];
};

/* A list under construction: descending shares of each want, and how many are of each background. */
struct under_way {
	uint8_t best[ENGINE_WANTS_MAX][3];
	uint8_t alike[ENGINE_DECLARATION_KINDS][ENGINE_DECLARATION_CODE_MAX + 1];
	uint32_t departments[ENGINE_SHORTLIST_MAX];
	int different, granted;
};

struct hunt {
	struct checking *checking;
	struct offer *offers;
	int wants;
	int left; /* places */
	int granted_most;
	bool two;
	int64_t price; /* no list may be worth more than this */
};

/* The worth of departments, in hundredths. */
static int64_t departments_worth(const struct checking *checking, int different)
{
	int64_t worth = 0, step = 100000;
	for (int department = 2; department <= different; department++, step /= 2)
		worth += step;
	return checking->policy->two_departments ? worth : 0;
}

static int64_t share_counts(const struct checking *checking, int place)
{
	return place == 0 ? 100 : checking->policy->repeat_share[place - 1];
}

/* The shares of all wants that the mentor lifts, as lists count them. */
static int read_shares(
	const struct checking *checking, uint32_t mentee, uint32_t mentor, uint8_t *ret_shares)
{
	const struct engine_population *population = checking->population;
	const struct person *wanting = &population->people[mentee];
	const struct person *offering = &population->people[mentor];
	const uint32_t *wants = wants_of(population, wanting);
	const uint32_t *offers = offers_of(population, offering);
	int whole = 0, sum = 0;
	for (int w = 0; w < wanting->wants; w++)
		whole += (int)(want_weight(wants[w]) *
			       (want_target(wants[w]) - want_current(wants[w])));
	for (int w = 0; w < wanting->wants; w++) {
		int level = 0, current = (int)want_current(wants[w]);
		for (int o = 0; o < offering->offers; o++)
			if (offer_skill(offers[o]) == want_skill(wants[w]))
				level = (int)offer_level(offers[o]);
		level = level > (int)want_target(wants[w]) ? (int)want_target(wants[w]) : level;
		int share = level > current
				    ? 255 * (int)want_weight(wants[w]) * (level - current) / whole
				    : 0;
		ret_shares[w] = (uint8_t)(level > current && !share ? 1 : share);
		sum += ret_shares[w];
	}
	return sum;
}

/* The points of each background in which two differ. */
static int64_t points_of_one(const struct checking *checking)
{
	int kinds = __builtin_popcount(
		checking->policy->declaration_kinds & ((1u << ENGINE_DECLARATION_KINDS) - 1));
	return kinds ? 255 / kinds * checking->policy->weights[ENGINE_BACKGROUND] : 0;
}

/* The mentor's backgrounds that the mentee does not have; returns their number. */
static int read_others(
	const struct checking *checking, uint32_t mentee, uint32_t mentor, uint8_t *ret_other)
{
	const struct person *people = checking->population->people;
	int others = 0;
	for (int kind = 0; kind < ENGINE_DECLARATION_KINDS; kind++) {
		uint8_t mine = people[mentee].declarations[kind];
		uint8_t theirs = people[mentor].declarations[kind];
		bool used = checking->policy->declaration_kinds & 1u << kind;
		ret_other[kind] = used && mine && theirs != mine ? theirs : 0;
		others += ret_other[kind] != 0;
	}
	return others;
}

static void read_offer(const struct checking *checking, uint32_t mentee, uint32_t mentor,
	int32_t score, int64_t price, struct offer *ret_offer)
{
	int64_t need = checking->policy->weights[ENGINE_NEED];
	int sum = read_shares(checking, mentee, mentor, ret_offer->share);
	int64_t others = read_others(checking, mentee, mentor, ret_offer->other) *
			 points_of_one(checking);
	ret_offer->base = 100 * (score - need * (sum > 255 ? 255 : sum) - others) - price;
	ret_offer->alone = ret_offer->base + 100 * (need * sum + others);
	ret_offer->department = checking->population->people[mentor].department;
	ret_offer->granted = auditor_granted(&checking->auditor, mentor);
}

static bool is_new(const struct under_way *list, uint32_t department)
{
	for (int d = 0; d < list->different; d++)
		if (list->departments[d] == department)
			return false;
	return true;
}

/* What the mentor adds through backgrounds, in hundredths of the points of one. */
static int64_t adds_by_background(
	const struct hunt *hunt, const struct under_way *list, const struct offer *offer)
{
	int64_t sum = 0;
	for (int kind = 0; kind < ENGINE_DECLARATION_KINDS; kind++) {
		int before = list->alike[kind][offer->other[kind]];
		if (offer->other[kind] && before < 3)
			sum += share_counts(hunt->checking, before);
	}
	return sum;
}

/* What the mentor adds through wants, backgrounds and base, without departments. */
static int64_t adds(
	const struct hunt *hunt, const struct under_way *list, const struct offer *offer)
{
	const struct checking *checking = hunt->checking;
	int64_t sum = 0;
	for (int w = 0; w < hunt->wants; w++) {
		int carried = offer->share[w];
		for (int place = 0; place < 3 && carried; place++) {
			int there = list->best[w][place];
			int after = carried > there ? carried : there;
			sum += share_counts(checking, place) * (after - there);
			carried = carried > there ? there : carried;
		}
	}
	return offer->base + sum * checking->policy->weights[ENGINE_NEED] +
	       adds_by_background(hunt, list, offer) * points_of_one(checking);
}

static void join(const struct hunt *hunt, struct under_way *list, const struct offer *offer)
{
	for (int w = 0; w < hunt->wants; w++) {
		uint8_t carried = offer->share[w];
		for (int place = 0; place < 3; place++) {
			uint8_t there = list->best[w][place];
			if (carried <= there)
				continue;
			list->best[w][place] = carried;
			carried = there;
		}
	}
	for (int kind = 0; kind < ENGINE_DECLARATION_KINDS; kind++)
		list->alike[kind][offer->other[kind]]++;
	if (is_new(list, offer->department))
		list->departments[list->different++] = offer->department;
	list->granted += offer->granted;
}

struct addition {
	uint32_t offer;
	int64_t adds;
};

static int compare_additions(const void *left, const void *right)
{
	const struct addition *a = left, *b = right;
	if (a->adds != b->adds)
		return a->adds > b->adds ? -1 : 1;
	return a->offer < b->offer ? -1 : a->offer > b->offer;
}

/* The sum of the `left` best additions, from `at`. */
static int64_t best_of(const struct addition *additions, size_t at, int left)
{
	int64_t sum = 0;
	for (int l = 0; l < left; l++)
		sum += additions[at + (size_t)l].adds;
	return sum;
}

/*
 * True if a list with `left` of the additions is worth more than the price. The additions are those
 * to the list without its last mentor, descending: they can only have become smaller.
 */
static bool exceeds(struct hunt *hunt, const struct under_way *list, int64_t value,
	const struct addition *before, size_t count, int left)
{
	struct checking *checking = hunt->checking;
	int64_t reach = departments_worth(checking, list->different + left) -
			departments_worth(checking, list->different);
	struct addition *now = malloc((count + 1) * sizeof(*now));
	bool found = false;
	size_t kept = 0;
	if (!now) {
		checking->no_memory = true;
		return false;
	}
	int64_t others = count >= (size_t)left ? best_of(before, 0, left - 1) : 0;
	for (size_t b = 0; b < count; b++) {
		const struct offer *offer = &hunt->offers[before[b].offer];
		if (value + before[b].adds + others + reach <= hunt->price)
			break;
		if (!offer->granted || list->granted < hunt->granted_most)
			now[kept++] = (struct addition){ before[b].offer, adds(hunt, list, offer) };
	}
	qsort(now, kept, sizeof(*now), compare_additions);
	for (size_t n = 0; n + (size_t)left <= kept && !found; n++) {
		const struct offer *offer = &hunt->offers[now[n].offer];
		if (value + best_of(now, n, left) + reach <= hunt->price)
			break;
		int different = list->different + is_new(list, offer->department);
		int64_t worth = value + now[n].adds + departments_worth(checking, different) -
				departments_worth(checking, list->different);
		if (left == 1) {
			found = worth > hunt->price && (!hunt->two || different > 1);
			continue;
		}
		struct under_way more = *list;
		join(hunt, &more, offer);
		found = exceeds(hunt, &more, worth, now + n + 1, kept - n - 1, left - 1);
	}
	free(now);
	return found;
}

static bool is_pinned(const struct checking *checking, uint32_t mentee, uint32_t mentor)
{
	const struct engine_population *population = checking->population;
	for (size_t p = 0; p < population->pin_count; p++)
		if (population->pins[p].one == mentee && population->pins[p].other == mentor)
			return true;
	return false;
}

/* Reads all mentors allowed for the mentee, without pins; returns their number. */
static size_t read_offers(struct checking *checking, uint32_t mentee, struct offer *offers)
{
	const struct engine_certificate *certificate = checking->certificate;
	size_t count = 0;
	for (uint32_t j = 0; j < certificate->mentor_count; j++) {
		uint32_t mentor = certificate->mentors[j];
		int32_t score = auditor_score(&checking->auditor, mentee, mentor);
		if (score == ENGINE_FORBIDDEN)
			continue;
		checking->verdict.pairs_seen++;
		if (!is_pinned(checking, mentee, mentor))
			read_offer(checking, mentee, mentor, score, certificate->mentor_price[j],
				&offers[count++]);
	}
	return count;
}

/* Reads the actual list: its worth beyond that of the pins; false if it is not of its kind. */
static bool read_list(struct checking *checking, uint32_t m, struct hunt *hunt,
	struct under_way *ret_pins, int64_t *worth)
{
	const struct engine_outcome *outcome = &checking->result->outcomes[m];
	const struct engine_pair *pairs = checking->result->pairs + outcome->first;
	struct under_way list = { 0 };
	struct offer offer;
	for (int pins = 1; pins >= 0; pins--) {
		for (uint32_t p = 0; p < outcome->count; p++) {
			if (pairs[p].pinned != pins)
				continue;
			(void)auditor_score(&checking->auditor, pairs[p].mentee, pairs[p].mentor);
			read_offer(checking, pairs[p].mentee, pairs[p].mentor, pairs[p].score, 0,
				&offer);
			offer.granted = offer.granted && !pins;
			if (!pins) {
				*worth += adds(hunt, &list, &offer) -
					  departments_worth(checking, list.different);
				*worth += departments_worth(
					checking, list.different + is_new(&list, offer.department));
				hunt->left++;
			}
			join(hunt, &list, &offer);
		}
		if (pins)
			*ret_pins = list;
	}
	return list.granted <= hunt->granted_most && (!hunt->two || list.different > 1);
}

/* Checks one mentee's list against all that would be possible. */
static bool check_list(struct checking *checking, uint32_t m, struct offer *offers, int64_t *worth)
{
	const struct engine_certificate *certificate = checking->certificate;
	const struct engine_outcome *outcome = &checking->result->outcomes[m];
	uint32_t mentee = certificate->mentees[m];
	struct hunt hunt = { .checking = checking,
		.offers = offers,
		.wants = checking->population->people[mentee].wants,
		.granted_most = certificate->granted[m],
		.two = checking->policy->two_departments && !certificate->one_department[m] &&
		       outcome->count == checking->policy->shortlist_size,
		.price = certificate->mentee_price[m] };
	struct under_way pins;
	if (!read_list(checking, m, &hunt, &pins, worth))
		return check_refuse(checking, ENGINE_REFUSAL_OUTCOME, mentee, ENGINE_NONE);
	size_t count = read_offers(checking, mentee, offers);
	struct addition *additions = malloc((count + 1) * sizeof(*additions));
	checking->no_memory = checking->no_memory || !additions;
	if (!hunt.left || !additions) {
		free(additions);
		return !checking->no_memory &&
		       (hunt.price >= 0 ||
			       check_refuse(checking, ENGINE_REFUSAL_PRICE, mentee, ENGINE_NONE));
	}
	for (uint32_t c = 0; c < count; c++)
		additions[c] = (struct addition){ c, offers[c].alone };
	qsort(additions, count, sizeof(*additions), compare_additions);
	bool exceeded = exceeds(&hunt, &pins, 0, additions, count, hunt.left);
	free(additions);
	if (exceeded)
		return check_refuse(checking, ENGINE_REFUSAL_PRICE, mentee, ENGINE_NONE);
	return !checking->no_memory;
}

/* The sum of both sides' prices; false if a price is below 0. */
static bool sum_prices(struct checking *checking, int64_t *bound)
{
	const struct engine_certificate *certificate = checking->certificate;
	for (uint32_t j = 0; j < certificate->mentor_count; j++) {
		uint32_t mentor = certificate->mentors[j];
		if (certificate->mentor_price[j] < 0)
			return check_refuse(checking, ENGINE_REFUSAL_PRICE, ENGINE_NONE, mentor);
		*bound += certificate->mentor_price[j] *
			  (certificate->capacity[j] - (int64_t)checking->pinned[mentor]);
	}
	for (uint32_t m = 0; m < certificate->mentee_count; m++)
		*bound += certificate->mentee_price[m];
	return true;
}

bool check_lists(struct checking *checking)
{
	const struct engine_certificate *certificate = checking->certificate;
	int64_t worth = 0, bound = 0;
	struct offer *offers = malloc((certificate->mentor_count + (size_t)1) * sizeof(*offers));
	bool good = offers && sum_prices(checking, &bound);
	checking->no_memory = !offers;
	for (uint32_t m = 0; good && m < certificate->mentee_count; m++) {
		checking->stopped = checking->cancel && atomic_load(checking->cancel);
		good = !checking->stopped && check_list(checking, m, offers, &worth);
	}
	free(offers);
	if (!good)
		return false;
	if (worth != certificate->value)
		return check_refuse(checking, ENGINE_REFUSAL_SCORE, ENGINE_NONE, ENGINE_NONE);
	if (bound != certificate->bound || bound - worth != certificate->gap || bound < worth)
		return check_refuse(checking, ENGINE_REFUSAL_GAP, ENGINE_NONE, ENGINE_NONE);
	return true;
}
