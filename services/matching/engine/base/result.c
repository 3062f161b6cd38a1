/* Releases a result. */
#include "matching/engine/base/result.h"

#include <stdlib.h>

void engine_result_release(struct engine_result *result)
{
	struct engine_certificate *certificate = &result->certificate;
	free(result->pairs);
	free(result->outcomes);
	free(certificate->mentees);
	free(certificate->demand);
	free(certificate->mentee_price);
	free(certificate->limit_department);
	free(certificate->limit_price);
	free(certificate->mentors);
	free(certificate->capacity);
	free(certificate->mentor_price);
	free(certificate->granted);
	free(certificate->one_department);
	free(certificate->kept);
	*result = (struct engine_result){ 0 };
}
