/* Settings: defaults, every fault at once, what production refuses, and that nothing secret is
 * printed. */
#include "ops/config.h"
#include "base/str.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

/* The least that development needs. */
static int set_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < config_setting_count; i++)
		unsetenv(config_settings[i].name);
	setenv("APP_ENV", "development", 1);
	setenv("PORT", "8101", 1);
	setenv("ADMIN_PORT", "8201", 1);
	setenv("DATABASE_URL", "postgresql://upward_profiles:s3cret@127.0.0.1/upward", 1);
	setenv("ISSUERS_FILE", "/dev/null", 1);
	setenv("SECRET_KEY_FILE", "/dev/null", 1);
	return 0;
}

/* The faults of the present environment, "" when it is good. */
static char *faults_now(void)
{
	struct buf faults = BUF_INIT(65536);
	struct config *config = config_read(&faults);
	assert_int_equal(config != NULL, faults.len == 0);
	config_free(config);
	return buf_take(&faults);
}

static void expect_fault(const char *name, const char *value, const char *words)
{
	setenv(name, value, 1);
	char *faults = faults_now();
	if (!strstr(faults, words) || strncmp(faults, name, strlen(name)) != 0)
		fail_msg("%s=%s gives '%s'", name, value, faults);
	assert_ptr_equal(strchr(faults, '\n'), faults + strlen(faults) - 1);
	free(faults);
	set_up(NULL);
}

static void config_gives_values_and_defaults(void **state)
{
	struct buf faults = BUF_INIT(65536);
	(void)state;
	setenv("POOL_SIZE", "9", 1);
	setenv("SLOW_QUEUE", "", 1);
	struct config *config = config_read(&faults);
	assert_non_null(config);
	assert_int_equal(config_int(config, "PORT"), 8101);
	assert_int_equal(config_int(config, "POOL_SIZE"), 9);
	assert_int_equal(config_int(config, "SLOW_QUEUE"), 256);
	assert_string_equal(config_text(config, "LISTEN"), "127.0.0.1");
	assert_string_equal(config_text(config, "PUBLIC_BASE_URL"), "http://127.0.0.1:8080");
	assert_null(config_text(config, "LANE_URL"));
	assert_false(config_is_production(config));
	config_free(config);
	buf_release(&faults);
}

static void config_reports_all_faults_at_once(void **state)
{
	static const char *const words[] = { "PORT must be an integer from 1 to 65535\n",
		"ADMIN_PORT must be set: ", "DATABASE_URL must be a PostgreSQL",
		"LOG_LEVEL must be one of "
		"debug, info, warning, error\n",
		"ISSUERS_FILE names a file that cannot be read", "CORS_ORIGINS must list origins" };
	(void)state;
	setenv("PORT", "80x", 1);
	unsetenv("ADMIN_PORT");
	setenv("DATABASE_URL", "hunter2", 1);
	setenv("LOG_LEVEL", "loud", 1);
	setenv("ISSUERS_FILE", "/nonexistent/issuers.json", 1);
	setenv("CORS_ORIGINS", "https://a.example/path", 1);
	char *faults = faults_now();
	for (size_t i = 0; i < COUNT(words); i++) {
		if (!strstr(faults, words[i]))
			fail_msg("'%s' is missing in\n%s", words[i], faults);
	}
	assert_null(strstr(faults, "hunter2"));
	int lines = 0;
	for (const char *at = faults; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, COUNT(words));
	free(faults);
}

static void config_refuses_each_bad_value(void **state)
{
	(void)state;
	expect_fault("PORT", "0", "1 to 65535");
	expect_fault("PORT", "65536", "1 to 65535");
	expect_fault("PORT", "99999999999999999999", "1 to 65535");
	expect_fault("POOL_SIZE", "-1", "1 to 64");
	setenv("PUBLIC_BASE_URL", "https://upward.example", 1);
	expect_fault("APP_ENV", "Development", "one of production, development");
	expect_fault("LISTEN", "127.0.0.1 ", "visible ASCII");
	expect_fault("PUBLIC_BASE_URL", "http://x.example/", "without a /");
	expect_fault("PUBLIC_BASE_URL", "x.example", "http or https");
	expect_fault("PUBLIC_BASE_URL", "http://x.example?a", "http or https");
	expect_fault("CORS_ORIGINS", "*", "origins such as");
	expect_fault("CORS_ORIGINS", "https://a.example,", "origins such as");
	expect_fault("CORS_ORIGINS", "https://a.example, https://b.example", "origins such as");
}

static void config_is_production_unless_told_otherwise(void **state)
{
	(void)state;
	unsetenv("APP_ENV");
	char *faults = faults_now();
	assert_string_equal(faults,
		"PUBLIC_BASE_URL must be set in production: base URL of the API for callers, used in "
		"links and problem types\n");
	free(faults);
	setenv("PUBLIC_BASE_URL", "http://upward.example", 1);
	setenv("CORS_ORIGINS", "https://a.example,http://b.example", 1);
	faults = faults_now();
	assert_non_null(strstr(faults, "PUBLIC_BASE_URL must begin with https://"));
	assert_non_null(strstr(faults, "CORS_ORIGINS must list https origins alone"));
	free(faults);
	setenv("PUBLIC_BASE_URL", "https://upward.example", 1);
	setenv("CORS_ORIGINS", "https://a.example,https://b.example:8443", 1);
	struct buf none = BUF_INIT(1000);
	struct config *config = config_read(&none);
	assert_non_null(config);
	assert_true(config_is_production(config));
	assert_true(config_has_origin(config, "CORS_ORIGINS", "https://a.example"));
	assert_true(config_has_origin(config, "CORS_ORIGINS", "https://b.example:8443"));
	assert_false(config_has_origin(config, "CORS_ORIGINS", "https://b.example"));
	assert_false(config_has_origin(config, "CORS_ORIGINS", "https://a.example,"));
	assert_false(config_has_origin(config, "CORS_ORIGINS", ""));
	config_free(config);
	buf_release(&none);
}

static void config_prints_every_setting_without_secrets(void **state)
{
	struct buf out = BUF_INIT(65536);
	(void)state;
	setenv("LANE_URL", "host=/run/pg user=a password='s3cret x' dbname=b", 1);
	config_print(&out);
	assert_true(buf_ok(&out));
	for (size_t i = 0; i < config_setting_count; i++) {
		char line[80];
		snprintf(line, sizeof line, "\n%s=", config_settings[i].name);
		assert_non_null(strstr(out.data, line));
		assert_non_null(strstr(out.data, config_settings[i].meaning));
	}
	assert_non_null(strstr(
		out.data, "DATABASE_URL=postgresql://upward_profiles:***@127.0.0.1/upward\n"));
	assert_non_null(strstr(out.data, "LANE_URL=host=/run/pg user=a password=*** dbname=b\n"));
	assert_null(strstr(out.data, "s3cret"));
	assert_null(strstr(out.data, "must be set"));
	buf_release(&out);
}

/* Whoever has set nothing yet, or something wrong, is told what there is to set. */
static void config_prints_what_is_missing_or_wrong(void **state)
{
	struct buf out = BUF_INIT(65536);
	(void)state;
	unsetenv("PORT");
	unsetenv("DATABASE_URL");
	setenv("POOL_SIZE", "many", 1);
	config_print(&out);
	assert_true(buf_ok(&out));
	assert_non_null(strstr(out.data, "port of the API (must be set)\nPORT=\n"));
	assert_non_null(strstr(out.data, " (must be set)\nDATABASE_URL=\n"));
	assert_non_null(strstr(out.data, "\nPOOL_SIZE=many\n"));
	buf_release(&out);
}

static void expect_masked(const char *dsn, const char *masked)
{
	struct buf out = BUF_INIT(4096);
	config_mask_dsn(dsn, &out);
	assert_string_equal(out.data, masked);
	buf_release(&out);
}

static void config_masks_every_form_of_password(void **state)
{
	(void)state;
	expect_masked("postgresql://u@h/d", "postgresql://u@h/d");
	expect_masked("postgresql://h:5432,i:5432/d", "postgresql://h:5432,i:5432/d");
	expect_masked("postgres://u:p@h/d?sslmode=require", "postgres://u:***@h/d?sslmode=require");
	expect_masked("postgresql://u:p@q/r@h/d", "postgresql://u:***@h/d");
	expect_masked("postgresql:///d?password=p&host=h&sslpassword=q&x=1",
		"postgresql:///d?password=***&host=h&sslpassword=***&x=1");
	expect_masked("password=p", "password=***");
	expect_masked("password = p  host=h", "password = ***  host=h");
	expect_masked("PassWord='a\\' b' host='x y'", "PassWord=*** host='x y'");
	expect_masked("password=a\\ b host=h", "password=*** host=h");
	expect_masked("password='unclosed host=h", "password=***");
	expect_masked("passfile=/run/secrets/p", "passfile=/run/secrets/p");
}

/* However a password is made, it is not in what is printed. */
static void config_never_prints_a_password(void **state)
{
	static const char alphabet[] = "ab@:/?&=' \\%#";
	struct prng p = { 77 };
	(void)state;
	for (int i = 0; i < 20000; i++) {
		char word[24] = "Zq", quoted[60] = "", dsn[200];
		size_t len = 2 + prng_below(&p, 12), at = 0;
		for (size_t k = 2; k < len; k++)
			word[k] = alphabet[prng_below(&p, sizeof alphabet - 1)];
		memcpy(word + len, "Zq", 3);
		for (size_t k = 0; word[k]; k++) {
			if (word[k] == '\'' || word[k] == '\\')
				quoted[at++] = '\\';
			quoted[at++] = word[k];
		}
		struct buf out = BUF_INIT(4096);
		snprintf(dsn, sizeof dsn, "host=h password='%s' user=u", quoted);
		config_mask_dsn(dsn, &out);
		assert_string_equal(out.data, "host=h password=*** user=u");
		buf_clear(&out);
		snprintf(dsn, sizeof dsn, "postgresql://u:%s@h/d", word);
		config_mask_dsn(dsn, &out);
		assert_string_equal(out.data, "postgresql://u:***@h/d");
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(config_gives_values_and_defaults, set_up),
		cmocka_unit_test_setup(config_reports_all_faults_at_once, set_up),
		cmocka_unit_test_setup(config_refuses_each_bad_value, set_up),
		cmocka_unit_test_setup(config_is_production_unless_told_otherwise, set_up),
		cmocka_unit_test_setup(config_prints_every_setting_without_secrets, set_up),
		cmocka_unit_test_setup(config_prints_what_is_missing_or_wrong, set_up),
		cmocka_unit_test(config_masks_every_form_of_password),
		cmocka_unit_test(config_never_prints_a_password),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
