#include "matching/engine/exact/cap.h"

#define CAP_MOST 60000

int32_t engine_exposure_cap(
	const struct engine_population *population, const struct engine_policy *policy)
{
	uint64_t entries = 0, mentors = 0;
	for (size_t p = 0; p < population->count; p++) {
		const struct person *person = &population->people[p];
		entries += is_mentee(person) ? (uint64_t)policy->shortlist_size : 0;
		entries += is_mentor(person) ? person->shown : 0;
		mentors += is_mentor(person);
	}
	uint64_t needed = mentors ? (entries + mentors - 1) / mentors : 0;
	needed = needed > CAP_MOST ? CAP_MOST : needed;
	return needed > (uint64_t)policy->exposure_cap ? (int32_t)needed : policy->exposure_cap;
}
