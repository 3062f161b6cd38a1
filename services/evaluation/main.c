#include "gen/evaluation/contract.h"
#include "service/service.h"

static const struct service evaluation = {
	.name = "evaluation",
	SERVICE_CONTRACT(evaluation),
};

int main(int argc, char **argv)
{
	return service_main(&evaluation, argc, argv);
}
