#include "matching/cli/certificate_file.h"

#include <string.h>

#define FLAG_COMPLETE 1u
#define FLAG_TWO      2u

static void put_u32(struct buf *b, uint32_t value)
{
	for (unsigned shift = 0; shift < 32; shift += 8)
		buf_char(b, (char)(value >> shift));
}

static void put_i64(struct buf *b, int64_t value)
{
	put_u32(b, (uint32_t)value);
	put_u32(b, (uint32_t)((uint64_t)value >> 32));
}

static void put_head(struct buf *b, const unsigned char hashes[INPUT_COUNT][HASH_BYTES],
	bool preferences, const struct engine_result *result)
{
	const struct engine_certificate *c = &result->certificate;
	buf_add(b, c->lists ? "UPWCERT3" : preferences ? "UPWCERT2" : "UPWCERT1", 8);
	for (size_t i = 0; i < (preferences ? INPUT_COUNT : INPUT_PREFERENCES); i++)
		buf_add(b, hashes[i], HASH_BYTES);
	put_u32(b, (uint32_t)result->mode);
	put_u32(b, (c->complete ? FLAG_COMPLETE : 0) | (c->two_departments ? FLAG_TWO : 0));
	put_u32(b, (uint32_t)c->places_max);
	put_u32(b, (uint32_t)result->exposure_cap);
	put_i64(b, c->lists ? c->value : c->unit_place);
	put_i64(b, c->lists ? c->bound : c->unit_soft);
	put_i64(b, c->gap);
	put_i64(b, result->total);
	put_u32(b, c->mentee_count);
	put_u32(b, c->mentor_count);
	put_u32(b, (uint32_t)result->pair_count);
	put_u32(b, 0);
}

static void put_people(struct buf *b, const struct engine_certificate *c)
{
	for (uint32_t m = 0; m < c->mentee_count; m++) {
		put_u32(b, c->mentees[m]);
		put_u32(b, (uint32_t)c->demand[m]);
		put_i64(b, c->mentee_price ? c->mentee_price[m] : 0);
		put_u32(b, c->limit_department ? c->limit_department[m] : ENGINE_NO_LIMIT);
		put_u32(b, c->lists ? c->granted[m] | (uint32_t)c->one_department[m] << 8 : 0);
		put_i64(b, c->limit_price ? c->limit_price[m] : 0);
	}
	for (uint32_t m = 0; m < c->mentor_count; m++) {
		put_u32(b, c->mentors[m]);
		put_u32(b, (uint32_t)c->capacity[m]);
		put_i64(b, c->mentor_price ? c->mentor_price[m] : 0);
	}
}

bool certificate_write(const char *directory, const unsigned char hashes[INPUT_COUNT][HASH_BYTES],
	bool preferences, const struct engine_result *result)
{
	struct out_file out = out_open(directory, "certificate.bin");
	struct buf b = BUF_INIT(SIZE_MAX / 4);
	put_head(&b, hashes, preferences, result);
	put_people(&b, &result->certificate);
	for (size_t p = 0; p < result->pair_count; p++) {
		const struct engine_pair *pair = &result->pairs[p];
		put_u32(&b, pair->mentee);
		put_u32(&b, pair->mentor);
		put_u32(&b, (uint32_t)pair->score);
		put_u32(&b, pair->rank);
	}
	if (buf_ok(&b))
		put_u32(&b, hash_crc32(b.data, b.len));
	out_buf(&out, &b);
	buf_release(&b);
	return out_close(&out);
}
