#include "gen/scheduling/contract.h"
#include "service/service.h"

static const struct service scheduling = {
	.name = "scheduling",
	SERVICE_CONTRACT(scheduling),
};

int main(int argc, char **argv)
{
	return service_main(&scheduling, argc, argv);
}
