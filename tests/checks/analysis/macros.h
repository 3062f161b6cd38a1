/* For cppcheck, which does not read the headers of libraries: jansson's loop. */
#define json_object_foreach(object, key, value)                                                    \
	for (key = NULL; (value = json_object_get(object, key));)
