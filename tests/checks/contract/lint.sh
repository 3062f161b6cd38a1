#!/usr/bin/env bash
# Lints the contract with Redocly and compiles its TypeScript types and the elements; in `make lint` and
# `make check-long` (UPWARD_LONG=1) also with Spectral, which takes a third of the time. The tools come from
# api/package-lock.json. What passed is checked again only after it, or a rule, has changed.
set -euo pipefail
cd "$(dirname "$0")/../../.."
here=tests/checks/contract
tools=build/npm/lint

sum=${UPWARD_LONG:-}$(cat build/openapi.json api/package-lock.json $here/* api/elements/tsconfig.json $(find api/elements/src api/portal -name '*.ts' | sort) | sha256sum)
if [[ $(cat "$tools/.clean" 2>/dev/null) == "$sum" ]]; then
	echo "clean, as before"
	exit 0
fi
if ! cmp -s api/package-lock.json "$tools/.installed"; then
	rm -rf "$tools"
	mkdir -p "$tools"
	cp api/package.json api/package-lock.json api/.npmrc "$tools/"
	npm ci --prefix "$tools" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
	cp api/package-lock.json "$tools/.installed"
fi
bin=$tools/node_modules/.bin
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true NO_UPDATE_NOTIFIER=1

"$bin/redocly" lint --config "$here/redocly.yaml" build/openapi.json
[[ -z ${UPWARD_LONG:-} ]] ||
	"$bin/spectral" lint --ruleset "$here/spectral.yaml" --fail-severity=warn build/openapi.json
"$bin/openapi-typescript" build/openapi.json --default-non-nullable false --output build/upward.d.ts >/dev/null
"$bin/tsc" --noEmit --strict --skipLibCheck false build/upward.d.ts
"$bin/tsc" -p api/elements/tsconfig.json
echo "$sum" >"$tools/.clean"
