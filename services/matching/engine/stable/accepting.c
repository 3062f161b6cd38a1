/* Finds whom a mentor would drop. */
#include "matching/engine/stable/accepting.h"

void accepting_look(struct accepting *accepting, uint32_t at)
{
	const struct solver *solver = accepting->solver;
	const struct place *place = &solver->place[at];
	const struct holder *holders = solver->holders + place->holder_first;
	if (place->holders < place->capacity)
		return;
	accepting->threshold[at] = INT16_MAX;
	if (!place->capacity)
		return;
	struct rival worst = rival_of(accepting, holders[0].row, at, holders[0].score);
	for (uint32_t h = 1; h < place->holders; h++) {
		struct rival rival = rival_of(accepting, holders[h].row, at, holders[h].score);
		if (rival_before(worst, rival))
			worst = rival;
	}
	accepting->worst[at] = worst;
	/* a worst pair with this very score loses only to lower mentees: one less lets ties in */
	if (worst.choice == UNSTATED)
		accepting->threshold[at] = (int16_t)(worst.score - 1);
}
