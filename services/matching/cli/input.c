#include "matching/cli/input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "matching/cli/blocked_file.h"
#include "matching/cli/people_file.h"
#include "matching/cli/preferences_file.h"

#define FILE_BYTES_MOST ((size_t)8 << 30)
#define CHUNK           ((size_t)1 << 20)

/* One file: its bytes and its faults. */
struct file {
	const char *path; /* NULL: not given; read as an empty text */
	struct buf text;
	struct file_faults faults;
};

static bool read_stream(FILE *in, struct buf *text)
{
	owned_text char *chunk = malloc(CHUNK);
	size_t got;
	buf_text(text, "");
	while (chunk && buf_ok(text) && (got = fread(chunk, 1, CHUNK, in)) > 0)
		buf_add(text, chunk, got);
	if (!chunk || !buf_ok(text))
		errno = ENOMEM;
	return chunk && buf_ok(text) && !ferror(in);
}

/* Reads the whole file and hashes it; on failure prints the reason. */
static bool file_read(struct file *file, const char *path, unsigned char *ret_hash)
{
	*file = (struct file){ .path = path, .text = BUF_INIT(FILE_BYTES_MOST) };
	if (path) {
		errno = 0;
		FILE *in = fopen(path, "re");
		bool good = in && read_stream(in, &file->text);
		if (!good)
			fprintf(stderr, "upward-match: %s: %s\n", path,
				errno ? strerror(errno) : "cannot be read");
		if (in)
			fclose(in);
		if (!good)
			return false;
	}
	hash_sha256(file->text.data ? file->text.data : "", file->text.len, ret_hash);
	return true;
}

/* Prints the faults and releases the file; true if there were none. */
static bool file_end(struct file *file)
{
	bool good = file->faults.total == 0;
	if (!good)
		file_faults_print(&file->faults, file->path, stderr);
	file_faults_release(&file->faults);
	buf_release(&file->text);
	return good;
}

static bool text_fits(struct file *file)
{
	return people_text_fits(file->text.data, file->text.len, &file->faults);
}

static bool read_policy(struct input *input, struct file *file)
{
	const char *text = file->path ? file->text.data : "{}";
	size_t len = file->path ? file->text.len : 2;
	if (file->path && !text_fits(file))
		return true;
	return policy_read(text, len, &file->faults, &input->policy, &input->when) == READING_DONE;
}

static bool read_people(
	struct input *input, struct file *people, struct file *blocked, struct file *preferences)
{
	if (!text_fits(people))
		return true;
	if (people_read(people->text.data, people->text.len, input->when, &people->faults,
		    &input->people) != READING_DONE)
		return false;
	if (blocked->path && text_fits(blocked) &&
		blocked_read(blocked->text.data, blocked->text.len, &blocked->faults,
			&input->people) != READING_DONE)
		return false;
	if (preferences->path && text_fits(preferences) &&
		preferences_read(preferences->text.data, preferences->text.len,
			&preferences->faults, &input->people) != READING_DONE)
		return false;
	return people_seal(&input->people, &people->faults) == READING_DONE;
}

enum ending input_read(const struct options *options, struct input *ret_input)
{
	struct file people = { 0 }, policy = { 0 }, blocked = { 0 }, preferences = { 0 };
	enum ending ending = END_DONE;
	*ret_input = (struct input){ 0 };
	if (!file_read(&policy, options->policy, ret_input->hashes[INPUT_POLICY]) ||
		!file_read(&people, options->people, ret_input->hashes[INPUT_PEOPLE]) ||
		!file_read(&blocked, options->blocked, ret_input->hashes[INPUT_BLOCKED]) ||
		!file_read(
			&preferences, options->preferences, ret_input->hashes[INPUT_PREFERENCES]))
		ending = END_FILES;
	else if (!read_policy(ret_input, &policy) ||
		 !read_people(ret_input, &people, &blocked, &preferences))
		ending = END_NO_MEMORY;
	bool good = file_end(&policy);
	good = file_end(&people) && good;
	good = file_end(&blocked) && good;
	good = file_end(&preferences) && good;
	if (ending == END_NO_MEMORY)
		fprintf(stderr, "upward-match: memory was refused\n");
	return ending == END_DONE && !good ? END_FAULTY : ending;
}

void input_release(struct input *input)
{
	people_release(&input->people);
}
