#include "matching/cli/options.h"

#include <getopt.h>
#include <string.h>
#include "base/str.h"
#include "matching/cli/policy_schema.h"

static const char *const modes[] = { "pairs", "shortlist", "stable" };
static const char *const widths[] = { NULL, "portable", "avx2", "avx512" };

static const struct option known[] = { { "people", required_argument, NULL, 'p' },
	{ "policy", required_argument, NULL, 'c' }, { "blocked", required_argument, NULL, 'b' },
	{ "preferences", required_argument, NULL, 'r' }, { "mode", required_argument, NULL, 'm' },
	{ "threads", required_argument, NULL, 't' }, { "seed", required_argument, NULL, 's' },
	{ "simd", required_argument, NULL, 'w' }, { "verify", no_argument, NULL, 'v' },
	{ "scores", required_argument, NULL, 'x' }, { "out", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' }, { 0 } };

const char *options_mode_word(enum engine_mode mode)
{
	return modes[mode];
}

/* The place of the value among the words; -1 and a sentence when it is none of them. */
static int choose(const char *option, const char *value, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (words[i] && str_equal(words[i], value))
			return (int)i;
	fprintf(stderr, "upward-match: --%s is one of", option);
	for (size_t i = 0; i < count; i++)
		if (words[i])
			fprintf(stderr, " %s", words[i]);
	fprintf(stderr, "\n");
	return -1;
}

static bool read_number(
	const char *option, const char *value, int64_t most, int64_t least, int64_t *ret_number)
{
	if (str_to_i64(value, ret_number) && *ret_number >= least && *ret_number <= most)
		return true;
	fprintf(stderr, "upward-match: --%s is a whole number from %lld to %lld\n", option,
		(long long)least, (long long)most);
	return false;
}

static bool read_choice(int letter, const char *value, struct options *options, bool *ret_mode)
{
	int64_t number = 0;
	int choice;
	switch (letter) {
	case 'm':
		choice = choose("mode", value, modes, COUNT(modes));
		options->mode = choice < 0 ? ENGINE_MODE_PAIRS : (enum engine_mode)choice;
		*ret_mode = true;
		return choice >= 0;
	case 'w':
		choice = choose("simd", value, widths, COUNT(widths));
		options->simd = choice < 0 ? ENGINE_SIMD_BEST : (enum engine_simd)choice;
		return choice >= 0;
	case 't':
		if (!read_number("threads", value, 64, 1, &number))
			return false;
		options->threads = (unsigned)number;
		return true;
	default:
		if (!read_number("seed", value, INT64_MAX, 0, &number))
			return false;
		options->seed = (uint64_t)number;
		return true;
	}
}

static bool read_option(int letter, struct options *options, bool *ret_mode)
{
	switch (letter) {
	case 'p':
		options->people = optarg;
		break;
	case 'c':
		options->policy = optarg;
		break;
	case 'b':
		options->blocked = optarg;
		break;
	case 'r':
		options->preferences = optarg;
		break;
	case 'x':
		options->scores = optarg;
		break;
	case 'o':
		options->out = optarg;
		break;
	case 'v':
		options->verify = true;
		break;
	case 'h':
		options->help = true;
		break;
	case '?':
		return false; /* getopt has said why */
	default:
		return read_choice(letter, optarg, options, ret_mode);
	}
	return true;
}

bool options_read(int argc, char **argv, struct options *ret_options)
{
	struct options options = { .threads = 2 };
	bool mode = false;
	int letter;
	while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1)
		if (!read_option(letter, &options, &mode))
			return false;
	const char *missing = !options.people ? "--people"
			      : !mode         ? "--mode"
			      : !options.out  ? "--out"
					      : NULL;
	if (optind < argc && !options.help) {
		fprintf(stderr, "upward-match: \"%s\" belongs to no option\n", argv[optind]);
		return false;
	}
	if (missing && !options.help) {
		fprintf(stderr, "upward-match: %s is missing (see --help)\n", missing);
		return false;
	}
	if (options.preferences && options.mode != ENGINE_MODE_STABLE && !options.help) {
		fprintf(stderr,
			"upward-match: --preferences goes with --mode stable only: "
			"%s decides by scores\n",
			options_mode_word(options.mode));
		return false;
	}
	*ret_options = options;
	return true;
}

static const char help_options[] =
	"upward-match --people P.csv [--policy POLICY.json] [--blocked B.csv]\n"
	"             --mode pairs|shortlist|stable [--preferences R.csv] [--threads N]\n"
	"             [--seed N] [--simd portable|avx2|avx512] [--verify] [--scores S.i16]\n"
	"             --out DIR\n"
	"\n"
	"Finds who teaches whom, provably best over every possible pair, and writes the result "
	"with\n"
	"its proof. The same files, policy and seed give the same pairs for any number of threads\n"
	"and any SIMD width.\n"
	"\n"
	"  --people P.csv     the people, see below\n"
	"  --policy FILE      the policy as JSON, see below; without it the default, like {}\n"
	"  --blocked B.csv    pairs that may never be (exclusions, earlier partners, declines): "
	"a,b\n"
	"                     in either order, both ids of the people file. A first line `a,b` is "
	"a\n"
	"                     heading, unless the people file has both an a and a b.\n"
	"  --mode pairs       the best pairs within the capacities of both sides: as many mentees "
	"as\n"
	"                     possible get a first mentor, then a second, ...; then the total "
	"score\n"
	"         shortlist   the best list of shortlist_size mentors for every mentee, no mentor "
	"on\n"
	"                     more lists than exposure_cap; capacities do not count\n"
	"         stable      nobody can name a pair in which both would rather be; best for "
	"mentees\n"
	"  --preferences R.csv  with --mode stable: whom people would rather have, see below. "
	"Without it\n"
	"                     everybody ranks the other side by score.\n"
	"  --threads N        1 to 64, default 2\n"
	"  --seed N           0 to 2^63-1, default 0; decides nothing but the order in which a\n"
	"                     shortlist would be shown to a mentee\n"
	"  --simd WIDTH       the scoring kernel; default: the widest that the processor has\n"
	"  --verify           has the result checked by a second, slow program part that shares\n"
	"                     nothing with the solver\n"
	"  --scores S.i16     writes all scores: mentees x mentors in the order of the file, "
	"int16\n"
	"                     little-endian, -32768 = not allowed. Refused above 2 GiB.\n"
	"  --out DIR          where the results go; made if need be\n"
	"  --help             this text\n"
	"\n";

static const char help_people[] =
	"People file: CSV (RFC 4180) in UTF-8, separated by comma or semicolon, with a heading "
	"that\n"
	"names the columns in any order. id, role and level are needed, the others may be absent.\n"
	"Lists are separated by |. A faulty file is refused with every fault by line and column.\n"
	"  id            1 to 255 bytes, each once\n"
	"  role          mentor, mentee, both; empty: stands in the reporting line only\n"
	"  level         0 to 32767, higher is more senior\n"
	"  manager_id    an id of the file; empty: at the top\n"
	"  department    a name; empty: none\n"
	"  languages     names, 64 different ones in a file at most\n"
	"  time_zone     a name of the time-zone database (Europe/Berlin); empty: UTC\n"
	"  hours         weekly local windows when free: mon 09:00-12:00|fri 22:00-02:00\n"
	"  offers        skill:level, level 1 to 5, 64 at most\n"
	"  wants         skill:current>target, levels 0 to 5, 32 at most\n"
	"  interests     names, 64 at most\n"
	"  capacity      pairs wanted as mentee, places as mentor: 1 to 255; empty: 1\n"
	"\n"
	"Preferences file: CSV like the people file; columns id and choice, both ids of the "
	"people\n"
	"file, and side (mentee or mentor: as what the person of id chooses; needed only where "
	"somebody\n"
	"is both). A line is one choice, a person's lines stand in the order of preference, 64 at\n"
	"most. Stated choices come first, then everybody else by score. A choice that a rule does\n"
	"not allow is never offered; it is no fault, but named in the results.\n"
	"\n"
	"Written into DIR:\n"
	"  pairs.csv           mentee,mentor,score - modes pairs and stable, else only its "
	"heading\n"
	"  shortlists.csv      mentee,rank,mentor,score - mode shortlist, else only its heading\n"
	"  unmatched.csv       id,reason - mentees who got nobody; with --preferences also\n"
	"                      choices_not_allowed, as rule:id|rule:id\n"
	"  explanations.jsonl  a line for each pair: the parts that sum to its score, and what "
	"they\n"
	"                      rest on; a line for each mentee with fewer mentors than wanted: "
	"the\n"
	"                      reason, which rule refuses how many, the smallest relaxation that\n"
	"                      helps (for the first 1,000 of them); with --preferences the "
	"place\n"
	"                      of each in the other's list, and a line for each person with "
	"choices\n"
	"                      that are not allowed: the first rule that refuses them\n"
	"  certificate.bin     the prices that prove the optimum (layout: "
	"tool/certificate_file.h)\n"
	"  summary.json        pairs, total, gap (0 = proven best), seconds and cpu_seconds of "
	"the\n"
	"                      solving, peak_rss_kib of the process, passes over all pairs; then "
	"the\n"
	"                      settings of the run\n"
	"\n"
	"Exit status: 0 done; 1 a file is faulty; 2 wrong usage; 3 a file cannot be read or "
	"written;\n"
	"4 memory refused or task too large; 5 SIMD width not there; 6 result not proven or "
	"refused\n"
	"by --verify; 130 interrupted, best so far written with its bound.\n"
	"\n"
	"The policy is a JSON object; every member is optional, unknown ones are refused. Its "
	"schema:\n";

void options_help(FILE *out)
{
	fputs(help_options, out);
	fputs(help_people, out);
	policy_schema_print(out);
}
