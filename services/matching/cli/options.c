#include "matching/cli/options.h"

#include <getopt.h>
#include <string.h>
#include "base/str.h"
#include "matching/cli/policy_schema.h"

static const char *const modes[] = { "pairs", "shortlist", "stable" };
static const char *const objectives[] = { "lists", "pairs" };
static const char *const widths[] = { NULL, "portable", "avx2", "avx512" };

static const struct option known[] = { { "people", required_argument, NULL, 'p' },
	{ "policy", required_argument, NULL, 'c' }, { "blocked", required_argument, NULL, 'b' },
	{ "preferences", required_argument, NULL, 'r' }, { "mode", required_argument, NULL, 'm' },
	{ "objective", required_argument, NULL, 'j' }, { "threads", required_argument, NULL, 't' },
	{ "seed", required_argument, NULL, 's' }, { "simd", required_argument, NULL, 'w' },
	{ "verify", no_argument, NULL, 'v' }, { "scores", required_argument, NULL, 'x' },
	{ "out", required_argument, NULL, 'o' }, { "help", no_argument, NULL, 'h' }, { 0 } };

const char *options_mode_word(enum engine_mode mode)
{
	return modes[mode];
}

/* The index of the value among the words; -1, with a message, if it is not one of them. */
static int choose(const char *option, const char *value, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (words[i] && str_equal(words[i], value))
			return (int)i;
	fprintf(stderr, "upward-match: --%s must be one of", option);
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
	fprintf(stderr, "upward-match: --%s must be a whole number from %lld to %lld\n", option,
		(long long)least, (long long)most);
	return false;
}

static bool read_choice(
	int letter, const char *value, struct options *options, bool *ret_mode, bool *ret_objective)
{
	int64_t number = 0;
	int choice;
	switch (letter) {
	case 'm':
		choice = choose("mode", value, modes, COUNT(modes));
		options->mode = choice < 0 ? ENGINE_MODE_PAIRS : (enum engine_mode)choice;
		*ret_mode = true;
		return choice >= 0;
	case 'j':
		choice = choose("objective", value, objectives, COUNT(objectives));
		options->pair_scores = choice == 1;
		*ret_objective = true;
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

static bool read_option(int letter, struct options *options, bool *ret_mode, bool *ret_objective)
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
		return false; /* getopt has printed the reason */
	default:
		return read_choice(letter, optarg, options, ret_mode, ret_objective);
	}
	return true;
}

bool options_read(int argc, char **argv, struct options *ret_options)
{
	struct options options = { .threads = 2 };
	bool mode = false, objective = false;
	int letter;
	while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1)
		if (!read_option(letter, &options, &mode, &objective))
			return false;
	const char *missing = !options.people ? "--people"
			      : !mode         ? "--mode"
			      : !options.out  ? "--out"
					      : NULL;
	if (optind < argc && !options.help) {
		fprintf(stderr, "upward-match: unexpected argument \"%s\"\n", argv[optind]);
		return false;
	}
	if (missing && !options.help) {
		fprintf(stderr, "upward-match: %s is missing (see --help)\n", missing);
		return false;
	}
	if (options.preferences && options.mode != ENGINE_MODE_STABLE && !options.help) {
		fprintf(stderr,
			"upward-match: --preferences requires --mode stable: "
			"%s goes by scores\n",
			options_mode_word(options.mode));
		return false;
	}
	if (objective && options.mode != ENGINE_MODE_SHORTLIST && !options.help) {
		fprintf(stderr, "upward-match: --objective requires --mode shortlist\n");
		return false;
	}
	*ret_options = options;
	return true;
}

static const char help_options[] =
	"upward-match --people P.csv [--policy POLICY.json] [--blocked B.csv]\n"
	"             --mode pairs|shortlist|stable [--objective lists|pairs]\n"
	"             [--preferences R.csv] [--threads N] [--seed N]\n"
	"             [--simd portable|avx2|avx512] [--verify] [--scores S.i16] --out DIR\n"
	"\n"
	"Finds who teaches whom, optimal over all possible pairs, and writes the result with\n"
	"its proof. The same files, policy and seed give the same pairs for any number of\n"
	"threads and any SIMD width.\n"
	"\n"
	"  --people P.csv     the people, see below\n"
	"  --policy FILE      the policy as JSON, see below; the default is the same as {}\n"
	"  --blocked B.csv    pairs that are not allowed (exclusions, former partners,\n"
	"                     declines): a,b in either order, both ids of the people file.\n"
	"                     A first line `a,b` is a header, unless the people file has both\n"
	"                     an a and a b.\n"
	"  --mode pairs       the best pairs within the capacities of both sides: as many\n"
	"                     mentees as possible get a first mentor, then a second, ...;\n"
	"                     then the highest total score\n"
	"         shortlist   the best list of shortlist_size mentors for every mentee, with\n"
	"                     no mentor on more lists than exposure_cap; capacities do not count\n"
	"  --objective lists  with --mode shortlist, the default: a list is worth more if its\n"
	"                     mentors teach different wants and come from different departments\n"
	"                     (repeat_share, two_departments). The result is proven to within\n"
	"                     its gap, which is small but rarely 0.\n"
	"              pairs  the highest sum of the scores of pairs, whatever the lists cover;\n"
	"                     proven optimal\n"
	"         stable      no two people would both prefer each other to their partners;\n"
	"                     the best such result for the mentees\n"
	"  --preferences R.csv  with --mode stable: whom people prefer, see below. Without it\n"
	"                     everyone ranks the other side by score.\n"
	"  --threads N        1 to 64, default 2\n"
	"  --seed N           0 to 2^63-1, default 0; affects only the order in which a\n"
	"                     shortlist would be shown to a mentee\n"
	"  --simd WIDTH       the scoring kernel; default: the widest that the CPU supports\n"
	"  --verify           checks the result with separate, slow code that shares nothing\n"
	"                     with the solver\n"
	"  --scores S.i16     writes all scores: mentees x mentors in the order of the file,\n"
	"                     int16 little-endian, -32768 = not allowed. Refused above 2 GiB.\n"
	"  --out DIR          directory for the results; created if it does not exist\n"
	"  --help             prints this text\n"
	"\n";

static const char help_people[] =
	"People file: CSV (RFC 4180) in UTF-8, separated by commas or semicolons, with a header\n"
	"that names the columns in any order. id, role and level are required, the others are\n"
	"optional. Lists are separated by |. A file with errors is refused, and every error is\n"
	"reported with its line and column.\n"
	"  id            1 to 255 bytes, unique\n"
	"  role          mentor, mentee, both; empty: only part of the reporting line\n"
	"  level         0 to 32767, higher is more senior\n"
	"  manager_id    an id in the file; empty: no manager\n"
	"  department    a name; empty: none\n"
	"  languages     names, at most 64 different ones in a file\n"
	"  time_zone     a name from the time zone database (Europe/Berlin); empty: UTC\n"
	"  hours         weekly windows of free time, in local time: mon 09:00-12:00|fri "
	"22:00-02:00\n"
	"  offers        skill:level, level 1 to 5, at most 64\n"
	"  wants         skill:current>target, levels 0 to 5, at most 32\n"
	"  interests     names, at most 64\n"
	"  capacity      number of pairs wanted as mentee, or offered as mentor: 1 to 255; empty: "
	"1\n"
	"\n"
	"Preferences file: CSV like the people file, with the columns id and choice, both ids of\n"
	"the people file, and side (mentee or mentor: the role in which the person chooses; "
	"needed\n"
	"only if someone has both roles). Each line is one choice; a person's lines are in order "
	"of\n"
	"preference, at most 64. Stated choices come first, then everyone else by score. A choice\n"
	"that a rule forbids is never used; it is not an error, but is listed in the results.\n"
	"\n"
	"Written into DIR:\n"
	"  pairs.csv           mentee,mentor,score - modes pairs and stable, otherwise only the "
	"header\n"
	"  shortlists.csv      mentee,rank,mentor,score - mode shortlist, otherwise only the "
	"header\n"
	"  unmatched.csv       id,reason - mentees without a mentor; with --preferences also\n"
	"                      choices_not_allowed, as rule:id|rule:id\n"
	"  explanations.jsonl  a line for each pair: the parts that add up to its score, and the\n"
	"                      facts behind them; a line for each mentee with fewer mentors than\n"
	"                      wanted: the reason, how many mentors each rule refuses, and the\n"
	"                      smallest relaxation that helps (for the first 1,000 of them); for\n"
	"                      the first 1,000 shortlists by the worth of lists, what became of\n"
	"                      each want: who teaches it, or why nobody does; with\n"
	"                      --preferences also the rank of each in the other's list, and a "
	"line\n"
	"                      for each person with choices that are not allowed: the first rule\n"
	"                      that refuses them\n"
	"  certificate.bin     the prices that prove the optimum (format: cli/certificate_file.h)\n"
	"  summary.json        pairs, total, gap (0 = proven optimal; in points, like value and\n"
	"                      bound, for shortlists by the worth of lists), seconds and "
	"cpu_seconds of\n"
	"                      solving, peak_rss_kib of the process, passes over all pairs; then\n"
	"                      the settings of the run\n"
	"\n"
	"Exit status: 0 success; 1 a file has errors; 2 wrong usage; 3 a file cannot be read or\n"
	"written; 4 out of memory or problem too large; 5 SIMD width not supported; 6 result not\n"
	"proven or refused by --verify; 130 interrupted, the best result so far was written with\n"
	"its bound.\n"
	"\n"
	"The policy is a JSON object; every member is optional, unknown ones are refused. Its "
	"schema:\n";

void options_help(FILE *out)
{
	fputs(help_options, out);
	fputs(help_people, out);
	policy_schema_print(out);
}
