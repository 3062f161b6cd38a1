#!/bin/bash
# Fuzzes every harness for the given seconds with clang's libFuzzer, ASan and UBSan. Findings
# are in build/fuzz/found/; move them to tests/fuzz/regression/<harness>/ once the bug is fixed.
# Usage: tests/fuzz/run.sh [seconds] [harness...]
set -euo pipefail
seconds=${1:-60}
shift || true
out=build/fuzz
export flags="-std=gnu17 -pthread -g -O1 -D_GNU_SOURCE -fno-omit-frame-pointer
	-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
	-I. -Ishared -Ibuild -Iservices -Itests -isystem /usr/include/postgresql"
mkdir -p "$out/found"

# shellcheck disable=SC2317 # called by xargs
compile() {
	object=build/fuzz/obj/${1%.c}.o
	[ "$object" -nt "$1" ] && return
	mkdir -p "${object%/*}"
	# shellcheck disable=SC2086
	clang $flags -w -include shared/base/banned.h -c "$1" -o "$object"
}
export -f compile

mapfile -t sources < <(find shared services/matching/engine services/matching/cli services/scheduling/calendar \
	services/evaluation/statistics services/profiles/employee_file services/profiles/scim build/gen/problems.c \
	build/gen/scopes.c build/gen/shared/statements.c -name '*.c' ! -name '*_main.c' \
	2>/dev/null)
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I{} bash -c 'compile {}'
rm -f "$out/libfuzz.a"
printf "$out/obj/%s.o\n" "${sources[@]%.c}" | xargs ar rcs "$out/libfuzz.a"

status=0
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	[ $# -gt 0 ] && [[ " $* " != *" $name "* ]] && continue
	# shellcheck disable=SC2086
	clang $flags -fsanitize=fuzzer "$source" "$out/libfuzz.a" -o "$out/$name" -lulfius \
		-lmicrohttpd -ljansson -lpq -lrhonabwy -lgnutls -lnettle -lcurl -lical -lunistring -lz -lm
	mkdir -p "$out/corpus/$name"
	echo "== $name, $seconds s"
	"$out/$name" -max_total_time="$seconds" -max_len=8192 -print_final_stats=1 \
		-artifact_prefix="$out/found/$name-" "$out/corpus/$name" \
		"tests/fuzz/regression/$name" 2>"$out/$name.log" || status=1
	grep -E 'stat::number_of_executed_units|SUMMARY|broken:' "$out/$name.log" || true
done
exit $status
