/*
 * The service evaluation: see services/README.md for its anatomy.
 */
#include "gen/evaluation/contract.h"
#include "gen/evaluation/statements.h"
#include "service/service.h"

static const struct service evaluation = {
	.name = "evaluation",
	SERVICE_CONTRACT(evaluation),
};

int main(int argc, char **argv)
{
	return service_main(&evaluation, argc, argv);
}
