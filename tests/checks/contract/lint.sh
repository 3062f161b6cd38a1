#!/usr/bin/env bash
# Compiles the contract's TypeScript types and the elements, with the packages of the documentation pages; in
# `make lint` and `make check-long` (UPWARD_LONG=1) also lints the contract with Redocly and Spectral, whose packages
# are three times as many. All come from api/package-lock.json. What passed is checked again only after it, or a
# rule, has changed.
set -euo pipefail
cd "$(dirname "$0")/../../.."
here=tests/checks/contract
tools=build/npm/docs
mkdir -p build/npm

sum=${UPWARD_LONG:-}$(cat build/openapi.json api/package-lock.json $here/* api/elements/tsconfig.json $(find api/elements/src api/portal -name '*.ts' | sort) | sha256sum)
if [[ $(cat build/npm/contract.clean 2>/dev/null) == "$sum" ]]; then
	echo "clean, as before"
	exit 0
fi
if [[ -n ${UPWARD_LONG:-} ]]; then
	tools=build/npm/lint
	if ! cmp -s api/package-lock.json "$tools/.installed"; then
		rm -rf "$tools"
		mkdir -p "$tools"
		cp api/package.json api/package-lock.json api/.npmrc "$tools/"
		npm ci --prefix "$tools" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
		cp api/package-lock.json "$tools/.installed"
	fi
	export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true NO_UPDATE_NOTIFIER=1
	$tools/node_modules/.bin/redocly lint --config "$here/redocly.yaml" build/openapi.json
	$tools/node_modules/.bin/spectral lint --ruleset "$here/spectral.yaml" --fail-severity=warn build/openapi.json
else
	make -s docs
fi
bin=$tools/node_modules/.bin
"$bin/openapi-typescript" build/openapi.json --default-non-nullable false --output build/upward.d.ts >/dev/null
"$bin/tsc" --noEmit --strict --skipLibCheck false build/upward.d.ts
"$bin/tsc" -p api/elements/tsconfig.json
echo "$sum" >build/npm/contract.clean
