#include "db/migration_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"

#define FILE_MOST (4u << 20)

static const struct module {
	const char *name, *folder, *objects;
} modules[MIGRATION_MODULES] = {
	{ "common", "shared/schema", "shared/objects" },
	{ "profiles", "services/profiles/schema", "services/profiles/objects" },
	{ "matching", "services/matching/schema", "services/matching/objects" },
	{ "scheduling", "services/scheduling/schema", "services/scheduling/objects" },
	{ "evaluation", "services/evaluation/schema", "services/evaluation/objects" },
};

/* The number of NNNN_words.sql, or 0 if the name has another form. */
static int number_of(const char *name)
{
	size_t len = strlen(name);
	int number = 0;

	if (len < sizeof("0001_a.sql") - 1 || strcmp(name + len - 4, ".sql") != 0 || name[4] != '_')
		return 0;
	for (size_t i = 0; i < 4; i++) {
		if (!isdigit((unsigned char)name[i]))
			return 0;
		number = number * 10 + (name[i] - '0');
	}
	for (size_t i = 5; i < len - 4; i++) {
		if (!islower((unsigned char)name[i]) && !isdigit((unsigned char)name[i]) &&
			name[i] != '_')
			return 0;
	}
	return number;
}

static bool read_text(const char *path, struct buf *faults, char **ret_text)
{
	struct buf text = BUF_INIT(FILE_MOST);
	char block[16384];
	FILE *file = fopen(path, "re");
	size_t got;

	if (!file) {
		buf_print(faults, "%s: %s\n", path, strerror(errno));
		return false;
	}
	while ((got = fread(block, 1, sizeof block, file)) > 0)
		buf_add(&text, block, got);
	bool whole = !ferror(file);
	fclose(file);
	if (!whole || !buf_ok(&text) || text.len == 0 || memchr(text.data, 0, text.len)) {
		buf_print(faults, "%s: unreadable, empty, too large or not text\n", path);
		buf_release(&text);
		return false;
	}
	*ret_text = buf_take(&text);
	return *ret_text != NULL;
}

static bool add_file(struct migration_files *files, const struct module *module, const char *path,
	const char *name, struct buf *faults)
{
	struct migration_file *grown = reallocarray(
		files->files, files->count + 1, sizeof *files->files);
	struct migration_file one = { .module = module->name, .number = number_of(name) };
	unsigned char hash[HASH_BYTES];

	if (!grown)
		return false;
	files->files = grown;
	if (!read_text(path, faults, &one.text))
		return false;
	one.name = strdup(name);
	if (!one.name) {
		free(one.text);
		return false;
	}
	hash_sha256(one.text, strlen(one.text), hash);
	hash_hex(hash, sizeof hash, one.checksum);
	files->files[files->count++] = one;
	return true;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_module(struct migration_files *files, const char *dir, const struct module *module,
	struct buf *faults)
{
	struct buf path = BUF_INIT(4096);
	struct dirent **names = NULL;
	int next = 1;

	buf_print(&path, "%s/%s", dir, module->folder);
	int count = buf_ok(&path) ? scandir(path.data, &names, is_visible, by_bytes) : -1;
	if (count <= 0)
		buf_print(faults, "%s: no migrations here\n", buf_ok(&path) ? path.data : dir);
	for (int i = 0; i < count; i++) {
		buf_clear(&path);
		buf_print(&path, "%s/%s/%s", dir, module->folder, names[i]->d_name);
		if (!buf_ok(&path) || number_of(names[i]->d_name) != next++)
			buf_print(faults, "%s/%s: expected %04d_<words>.sql here\n", module->folder,
				names[i]->d_name, next - 1);
		else if (!add_file(files, module, path.data, names[i]->d_name, faults))
			buf_print(faults, "%s/%s: not read\n", module->folder, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	buf_release(&path);
}

static bool ends_in_sql(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && str_equal(name + len - 4, ".sql");
}

/* Reads one file of objects: adds its statements, and its part of the module's checksum. */
static void add_objects(struct object_module *objects, struct buf *sum, const char *path,
	const char *name, struct buf *faults)
{
	owned_text char *text = NULL;

	if (!ends_in_sql(name)) {
		buf_print(faults, "%s: expected <words>.sql here\n", path);
		return;
	}
	if (!read_text(path, faults, &text))
		return;
	buf_print(sum, "%s\n%s\n", name, text);
	(void)!object_text_read(&objects->statements, objects->module, name, text, faults);
}

static void read_objects(struct object_module *objects, const char *dir,
	const struct module *module, struct buf *faults)
{
	struct buf path = BUF_INIT(4096), sum = BUF_INIT(FILE_MOST);
	struct dirent **names = NULL;
	unsigned char hash[HASH_BYTES];
	size_t before = faults->len;

	objects->module = module->name;
	buf_print(&path, "%s/%s", dir, module->objects);
	int count = buf_ok(&path) ? scandir(path.data, &names, is_visible, by_bytes) : 0;
	for (int i = 0; i < count; i++) {
		buf_clear(&path);
		buf_print(&path, "%s/%s/%s", dir, module->objects, names[i]->d_name);
		if (buf_ok(&path))
			add_objects(objects, &sum, path.data, names[i]->d_name, faults);
		free(names[i]);
	}
	free(names);
	bool good = buf_ok(&path) && buf_ok(&sum);
	if (!good || (faults->len == before && !object_text_order(&objects->statements)))
		buf_print(faults, "%s: not read\n", module->objects);
	if (sum.len > 0) {
		hash_sha256(sum.data, sum.len, hash);
		hash_hex(hash, sizeof hash, objects->checksum);
	}
	buf_release(&path);
	buf_release(&sum);
}

bool migration_files_read(const char *dir, struct buf *faults, struct migration_files *ret_files)
{
	struct migration_files files = { 0 };
	size_t before = faults->len;

	for (size_t i = 0; i < COUNT(modules); i++) {
		read_module(&files, dir, &modules[i], faults);
		read_objects(&files.objects[i], dir, &modules[i], faults);
	}
	if (faults->len > before || faults->failed) {
		migration_files_release(&files);
		*ret_files = files;
		return false;
	}
	*ret_files = files;
	return true;
}

void migration_files_release(struct migration_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->files[i].name);
		free(files->files[i].text);
	}
	free(files->files);
	for (size_t i = 0; i < COUNT(files->objects); i++)
		object_text_release(&files->objects[i].statements);
	*files = (struct migration_files){ 0 };
}

int migration_files_find(const struct migration_files *files, const char *module, int number)
{
	for (size_t i = 0; i < files->count; i++) {
		if (strcmp(files->files[i].module, module) == 0 && files->files[i].number == number)
			return (int)i;
	}
	return -1;
}
