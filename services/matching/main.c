#include "gen/matching/contract.h"
#include "service/service.h"

static const struct service matching = {
	.name = "matching",
	SERVICE_CONTRACT(matching),
};

int main(int argc, char **argv)
{
	return service_main(&matching, argc, argv);
}
