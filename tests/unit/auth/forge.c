/* The forge lies with the support of the API tests; here it is made part of the unit tests too. */
#include "support/forge.c"
