#include "http/exchange.h"

#include <string.h>

void response_constant(struct http_response *response, const char *name, const char *value)
{
	if (response->header_count == RESPONSE_HEADERS_MOST)
		return;
	response->headers[response->header_count].name = name;
	response->headers[response->header_count].value = value;
	response->header_count++;
}

void response_header(struct http_response *response, const char *name, const char *value)
{
	size_t len = strlen(value);
	if (len >= sizeof response->text - response->used)
		return;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			return;
	}
	char *copy = response->text + response->used;
	memcpy(copy, value, len + 1);
	response->used += len + 1;
	response_constant(response, name, copy);
}
