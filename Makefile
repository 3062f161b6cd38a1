# Upward. `make help` lists the targets. One Makefile for the whole tree; all its output is in build/.
# New .c, .sql and .yaml files are found automatically.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
SHELL := /bin/bash
.DEFAULT_GOAL := all

FLAVOUR ?= release
B       := build/$(FLAVOUR)
PORT    ?= 8080
RUN_DIR ?= build/run
DEMO    ?= 1
CC      := gcc
Q       := $(if $(V),,@)
PYTHON  := python3
SERVICES := profiles matching scheduling evaluation

# ---- flags ---------------------------------------------------------------------------------------
WARN    := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wformat=2 -Wno-missing-field-initializers -Wno-format-nonliteral
HARDEN  := -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE \
	-ftrivial-auto-var-init=zero
LDHARD  := -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed
ifeq ($(FLAVOUR),release)
OPT     := -O2 -g -D_FORTIFY_SOURCE=3
else ifeq ($(FLAVOUR),asan)
OPT     := -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
else ifeq ($(FLAVOUR),tsan)
OPT     := -O1 -g -fsanitize=thread
else ifeq ($(FLAVOUR),coverage)
OPT     := -O0 -g --coverage
else
$(error FLAVOUR is one of release, asan, tsan, coverage)
endif
CFLAGS  := -std=gnu17 -pthread $(OPT) $(WARN) $(HARDEN) -D_GNU_SOURCE \
	-I. -Ishared -Ibuild -Iservices -include shared/base/banned.h
TESTFLAGS := -Itests -DTEST_FLAVOUR='"$(FLAVOUR)"'
LDFLAGS := -pthread $(OPT) $(LDHARD)
PKGS    := jansson libpq libulfius libjwt libgnutls libcurl
ENGINE_OPT := $(if $(filter release,$(FLAVOUR)),-O3)
LIBS    := -lulfius -lmicrohttpd -ljansson -lpq -ljwt -lrhonabwy -lgnutls -lnettle -lcurl -lunistring -lz -lm
LIBS_scheduling := -lical
# Debian keeps libpq's header in a folder of its own.
CFLAGS  += -isystem /usr/include/postgresql

# ---- what there is -------------------------------------------------------------------------------
TOOL_MAINS  := $(wildcard shared/tools/*_main.c)
SHARED_SRC  := $(filter-out $(TOOL_MAINS),$(wildcard shared/*/*.c)) build/gen/problems.c \
	build/gen/scopes.c build/gen/lifecycles.c build/gen/events.c build/gen/tasks.c build/gen/messages.c build/gen/catalogue.c build/gen/visibility.c \
	build/gen/forms.c build/gen/shared/statements.c
ENGINE_SRC  := $(wildcard services/matching/engine/*/*.c)
MATCH_TOOL  := $(wildcard services/matching/cli/*.c)
MATCH_SRC   := $(filter-out %_main.c,$(MATCH_TOOL)) services/matching/teams/team_plan.c
PURE_DIRS   := services/scheduling/calendar services/scheduling/prompts services/evaluation/statistics services/profiles/employee_file
PURE_SRC    := $(wildcard $(addsuffix /*.c,$(PURE_DIRS)))
service_src  = $(filter-out $(MATCH_TOOL),$(wildcard services/$(1)/*.c services/$(1)/*/*.c)) \
	build/gen/$(1)/contract.c build/gen/$(1)/statements.c $(if $(filter scheduling,$(1)),build/gen/scheduling/texts.c)
UNIT_TESTS  := $(wildcard tests/unit/*/test_*.c)
SQL_TESTS   := $(wildcard tests/sql/test_*.c)
API_TESTS   := $(wildcard tests/api/test_*.c tests/api/*/test_*.c)
JOURNEYS    := $(wildcard tests/journeys/test_*.c)
FAULT_TESTS := $(wildcard tests/faults/test_*.c)
FUZZERS     := $(wildcard tests/fuzz/fuzz_*.c)
TEST_SUPPORT := $(wildcard tests/support/*.c)

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
UNIT_BIN    := $(patsubst %.c,$(B)/%,$(UNIT_TESTS))
SQL_BIN     := $(patsubst %.c,$(B)/%,$(SQL_TESTS))
API_BIN     := $(patsubst %.c,$(B)/%,$(API_TESTS) $(JOURNEYS) $(FAULT_TESTS))
REPLAY_BIN  := $(patsubst %.c,$(B)/%,$(FUZZERS))
SERVICE_BIN := $(addprefix $(B)/upward-,$(SERVICES))
TOOL_BIN    := $(patsubst shared/tools/%_main.c,$(B)/upward-%,$(TOOL_MAINS))
PRELOAD     := $(B)/tests/faults/preload.so
MATCH_BIN   := $(if $(MATCH_TOOL),$(B)/upward-match)

# ---- targets for people --------------------------------------------------------------------------
.PHONY: help all services run up down test check check-long fmt lint asan tsan coverage \
	fuzz bench bench-matching simulate release-contract token demo-data migrate clean install install-test tests tests-daily openapi docs

help: ## lists the targets
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## */\1\t/p' Makefile | expand -t 16

all: services $(if $(MATCH_TOOL),build/upward-match) build/openapi.json ## builds the services and tools (FLAVOUR=release|asan|tsan)

STACK_FLAGS = $(if $(filter 0,$(DEMO)),--no-demo) $(if $(filter 1,$(FRESH)),--fresh)

run: install ## installs, builds, starts everything with a demo company; Ctrl-C stops it (PORT=8080 DEMO=1 FRESH=1)
	@$(MAKE) --no-print-directory -j$$(nproc) services
	@$(PYTHON) deploy/local/stack.py run --dir $(RUN_DIR) --flavour release --port $(PORT) $(STACK_FLAGS)

up: install ## the same in the background; returns when all is ready
	@$(MAKE) --no-print-directory -j$$(nproc) services
	@$(PYTHON) deploy/local/stack.py up --dir $(RUN_DIR) --flavour release --port $(PORT) $(STACK_FLAGS)

down: ## stops what `make up` started
	@$(PYTHON) deploy/local/stack.py down --dir $(RUN_DIR)

test: install-test ## installs, builds and runs all tests (at most ten minutes)
	@$(MAKE) --no-print-directory -j$$(nproc) FLAVOUR=release all tests-daily
	@$(MAKE) --no-print-directory -j$$(nproc) FLAVOUR=asan services tests-daily
	@$(PYTHON) tests/support/run.py

check: build/gen/stamp services ## checks the code rules (layers, names, sizes) and the contract against the released one
	@$(PYTHON) tests/support/run.py --only checks

check-long: install-test ## lints, and runs all tests with full counts: TSan, valgrind, fuzzing, long races
	@bash deploy/local/install.sh long
	@built=0; for f in release asan tsan; do $(MAKE) --no-print-directory -k -j$$(nproc) FLAVOUR=$$f services tests || built=1; done; \
	$(MAKE) --no-print-directory lint || built=1; \
	$(PYTHON) tests/support/run.py --long && exit $$built

fmt: ## formats the C sources
	@git ls-files '*.c' '*.h' | xargs clang-format -i

lint: build/openapi.json ## lints the contract (Redocly, Spectral) and the C sources (cppcheck, gcc -fanalyzer)
	@bash deploy/local/install.sh lint
	@UPWARD_LONG=1 $(PYTHON) tests/checks/contract.py
	@$(PYTHON) tests/checks/analysis/run.py $(CFLAGS)

asan: ## builds and tests with ASan and UBSan only
	@$(MAKE) --no-print-directory -j$$(nproc) FLAVOUR=asan services tests
	@$(PYTHON) tests/support/run.py --flavour asan

tsan: ## the same under TSan
	@$(MAKE) --no-print-directory -j$$(nproc) FLAVOUR=tsan services tests
	@$(PYTHON) tests/support/run.py --flavour tsan

coverage: install-test ## measures line coverage of the test suite
	@bash deploy/local/install.sh coverage
	@$(MAKE) --no-print-directory -j$$(nproc) FLAVOUR=coverage services tests
	@$(PYTHON) tests/support/run.py --flavour coverage
	@gcovr -r . --object-directory build/coverage -e 'tests/.*' -e 'build/.*'

fuzz: build/gen/stamp ## fuzzes every parser of outside bytes (SECONDS_EACH=60)
	@bash deploy/local/install.sh fuzz
	@bash tests/fuzz/run.sh $(or $(SECONDS_EACH),60)

bench: install-test ## measures the speed targets and prints them as a table (ONLY=T2,T19 QUICK=1)
	@bash deploy/local/install.sh bench
	@$(MAKE) --no-print-directory -j$$(nproc) services all
	@$(PYTHON) tests/bench/run.py $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick)

bench-matching: install-test ## compares the matching engine with scipy and LEMON (ONLY=M1,M2 LONG=1)
	@$(MAKE) --no-print-directory -j$$(nproc) build/upward-match
	@$(PYTHON) tests/bench/matching/run.py $(if $(ONLY),--only $(ONLY)) $(if $(LONG),--long)

simulate: install ## plays a company for two years and judges the reports and flags (WEEKS=104 PEOPLE=600 SEED=1)
	@$(MAKE) --no-print-directory -j$$(nproc) services
	@$(PYTHON) tests/simulation/simulate.py --weeks $(or $(WEEKS),104) --people $(or $(PEOPLE),600) --seed $(or $(SEED),1)

release-contract: build/contract.json ## makes the current contract the released one, and lists what it breaks
	@$(PYTHON) shared/tools/released.py --write

token: ## prints a token, valid for twelve hours: ROLE=programme_admin [SUB=user_name]
	@$(PYTHON) deploy/local/stack.py token --dir $(RUN_DIR) --role $(or $(ROLE),participant) $(if $(SUB),--sub $(SUB))

demo-data: ## prints the demo company as CSV
	@$(PYTHON) deploy/local/demo.py

migrate: $(B)/upward-migrate ## applies the migrations to DATABASE_URL
	@$(B)/upward-migrate

install: ## installs what is needed to build and run
	@bash deploy/local/install.sh run

install-test: ## installs what is needed for the tests
	@bash deploy/local/install.sh run test

clean: ## removes build/
	rm -rf build

services: $(SERVICE_BIN) $(TOOL_BIN)
tests: $(UNIT_BIN) $(SQL_BIN) $(API_BIN) $(REPLAY_BIN) $(MATCH_BIN) $(PRELOAD)
# What `make test` runs in the flavour, by EVERY_DAY, RELEASE_TOO and RELEASE_ALONE of tests/support/run.py.
tests-daily: $(MATCH_BIN) $(PRELOAD)
	@$(MAKE) --no-print-directory $$($(PYTHON) tests/support/run.py --programs $(FLAVOUR))
openapi: build/openapi.json

docs: build/openapi.json
	@$(PYTHON) shared/tools/docs.py --out build

# ---- generated -----------------------------------------------------------------------------------
CONTRACT := $(wildcard api/*.yaml api/*/*.yaml services/*/catalogue.yaml services/*/*/texts_*.yaml shared/catalogue.yaml) $(wildcard services/*/*.sql services/*/*/*.sql) \
	$(wildcard shared/*/*.sql) $(wildcard shared/tools/*.py shared/tools/*/*.py) \
	$(wildcard services/*/*.c services/*/*/*.c)
GENERATED := build/gen/scheduling/texts.c build/gen/problems.c build/gen/scopes.c build/gen/lifecycles.c build/gen/events.c \
	build/gen/tasks.c build/gen/messages.c build/gen/catalogue.c build/gen/visibility.c build/gen/forms.c build/gen/shared/statements.c \
	$(foreach s,$(SERVICES),build/gen/$(s)/contract.c build/gen/$(s)/statements.c)

build/gen/stamp: $(CONTRACT)
	@mkdir -p build/gen
	@$(PYTHON) shared/tools/contract.py --out build
	@touch $@

$(GENERATED) build/openapi.json build/contract.json: build/gen/stamp ;
# Without this, files that include a generated header would be checked before it is regenerated.
build/gen/%.h: build/gen/stamp ;

# Outputs appear whole, by a rename: two makes side by side do not disturb each other.
# ---- compiling -----------------------------------------------------------------------------------
$(B)/obj/services/matching/engine/%.o: services/matching/engine/%.c Makefile | build/gen/stamp
	@mkdir -p $(@D)
	$(Q)echo '  CC $<'; $(CC) $(CFLAGS) $(ENGINE_OPT) -MMD -MP -MF $(@:.o=.d) -MT $@ -c $< -o $@.$$$$ && mv -f $@.$$$$ $@

$(B)/obj/tests/%.o: tests/%.c Makefile | build/gen/stamp
	@mkdir -p $(@D)
	$(Q)echo '  CC $<'; $(CC) $(filter-out -include shared/base/banned.h,$(CFLAGS)) $(TESTFLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ -c $< -o $@.$$$$ && mv -f $@.$$$$ $@

$(B)/obj/%.o: %.c Makefile | build/gen/stamp
	@mkdir -p $(@D)
	$(Q)echo '  CC $<'; $(CC) $(CFLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ -c $< -o $@.$$$$ && mv -f $@.$$$$ $@

$(B)/libshared.a: $(call obj,$(SHARED_SRC))
	@ar rcs $@.$$$$ $^ && mv -f $@.$$$$ $@
$(B)/libengine.a: $(call obj,$(ENGINE_SRC))
	@ar rcs $@.$$$$ $^ && mv -f $@.$$$$ $@
$(B)/libpure.a: $(call obj,$(PURE_SRC))
	@ar rcs $@.$$$$ $^ && mv -f $@.$$$$ $@

$(B)/libmatch.a: $(call obj,$(MATCH_SRC))
	@ar rcs $@.$$$$ $^ && mv -f $@.$$$$ $@

define service_rule
$(B)/upward-$(1): $(call obj,$(call service_src,$(1))) $(if $(filter matching,$(1)),$(B)/libengine.a) $(B)/libshared.a
	$$(Q)echo '  LD $$@'; $$(CC) $(LDFLAGS) $$^ -o $$@.$$$$$$$$ $(LIBS) $(LIBS_$(1)) && mv -f $$@.$$$$$$$$ $$@
endef
$(foreach s,$(SERVICES),$(eval $(call service_rule,$(s))))

$(B)/upward-match: $(call obj,$(MATCH_TOOL)) $(B)/libengine.a $(B)/libshared.a
	$(Q)echo '  LD $@'; $(CC) $(LDFLAGS) $^ -o $@.$$$$ $(LIBS) && mv -f $@.$$$$ $@

# The command-line tool for analysts is build/upward-match, from the release flavour.
build/upward-match: build/release/upward-match
	@ln -sf release/upward-match $@
ifneq ($(FLAVOUR),release)
build/release/upward-match:
	@$(MAKE) --no-print-directory FLAVOUR=release $@
endif

$(B)/upward-%: $(B)/obj/shared/tools/%_main.o $(B)/libshared.a
	$(Q)echo '  LD $@'; $(CC) $(LDFLAGS) $^ -o $@.$$$$ $(LIBS) && mv -f $@.$$$$ $@

# ---- tests ---------------------------------------------------------------------------------------
# A test's first lines may ask for link flags: /* LINK: -Wl,--wrap=PQexec */
LINKED := $(shell grep -l '^/\* LINK: ' $(UNIT_TESTS) $(API_TESTS) $(JOURNEYS) $(FAULT_TESTS))
link_flags = $(if $(filter $(1),$(LINKED)),$(shell sed -n '1,5s,^/\* LINK: \(.*\) \*/$$,\1,p' $(1)))
unit_support = $(filter-out $(UNIT_TESTS),$(wildcard tests/unit/$(1)/*.c)) $(wildcard tests/support/unit/*.c)
sql_support := $(filter-out $(SQL_TESTS),$(wildcard tests/sql/*.c))

define unit_rule
$(B)/$(1:.c=): $(call obj,$(1) $(call unit_support,$(notdir $(patsubst %/,%,$(dir $(1)))))) $(call obj,$(TEST_SUPPORT_UNIT)) $(B)/libmatch.a $(B)/libengine.a $(B)/libpure.a $(B)/libshared.a
	@mkdir -p $$(@D)
	$$(Q)echo '  LD $$@'; $$(CC) $(LDFLAGS) $$^ -o $$@.$$$$$$$$ $(call link_flags,$(1)) -lcmocka $(LIBS) $(LIBS_scheduling) && mv -f $$@.$$$$$$$$ $$@
endef
$(foreach t,$(UNIT_TESTS),$(eval $(call unit_rule,$(t))))

$(SQL_BIN): $(B)/tests/sql/%: $(B)/obj/tests/sql/%.o $(call obj,$(sql_support)) $(B)/libengine.a $(B)/libshared.a
	@mkdir -p $(@D)
	$(Q)echo '  LD $@'; $(CC) $(LDFLAGS) $^ -o $@.$$$$ -lcmocka $(LIBS) && mv -f $@.$$$$ $@

define api_rule
$(B)/$(1:.c=): $(call obj,$(1) $(TEST_SUPPORT) $(filter-out $(API_TESTS) $(JOURNEYS) $(FAULT_TESTS),$(wildcard $(dir $(1))*.c))) $(B)/libshared.a
	@mkdir -p $$(@D)
	$$(Q)echo '  LD $$@'; $$(CC) $(LDFLAGS) $$^ -o $$@.$$$$$$$$ $(call link_flags,$(1)) -lcmocka $(LIBS) && mv -f $$@.$$$$$$$$ $$@
endef
$(foreach t,$(API_TESTS) $(JOURNEYS) $(FAULT_TESTS),$(eval $(call api_rule,$(t))))

# Faults within services and PostgreSQL: loaded before all other libraries, so without sanitizers.
$(PRELOAD): tests/faults/preload/preload.c tests/faults/preload/preload.h
	@mkdir -p $(@D)
	$(Q)echo '  LD $@'; $(CC) -std=gnu17 -O2 -g $(WARN) -D_GNU_SOURCE -fPIC -shared $< -o $@.$$$$ && mv -f $@.$$$$ $@

# Fuzz harnesses as replayers of tests/fuzz/regression/<harness>/; `make fuzz` builds the fuzzers.
$(REPLAY_BIN): $(B)/tests/fuzz/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/replay_main.o $(B)/libmatch.a $(B)/libengine.a $(B)/libpure.a $(B)/libshared.a
	@mkdir -p $(@D)
	$(Q)echo '  LD $@'; $(CC) $(LDFLAGS) $^ -o $@.$$$$ $(LIBS) $(LIBS_scheduling) && mv -f $@.$$$$ $@

# Not for what compiles nothing: `make token` is typed again and again.
ifneq ($(filter-out help token down demo-data clean,$(or $(MAKECMDGOALS),all)),)
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
endif
