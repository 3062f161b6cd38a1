#!/usr/bin/env bash
# Installs the Debian packages that are missing, and nothing else; calls apt only when one is.
#   deploy/local/install.sh GROUP...     run | docs | test | long | lint | fuzz | bench | coverage
# Needs root or sudo. No system service is started: PostgreSQL gets no default cluster, and nginx
# stays stopped, because `make run` starts its own processes.
set -euo pipefail

run="gcc libc6-dev make pkg-config libulfius-dev libjansson-dev libpq-dev libjwt-dev librhonabwy-dev
	libgnutls28-dev libcurl4-gnutls-dev libmicrohttpd-dev zlib1g-dev libical-dev libunistring-dev postgresql-15 nginx
	python3 python3-yaml python3-aiosmtpd tzdata curl ca-certificates"
test="libcmocka-dev valgrind wrk python3-icalendar openssl procps g++ python3-scipy liblemon-dev chromium
	postgresql-15-plpgsql-check"
long="radicale vdirsyncer khal r-base-core r-cran-survival" # who speaks with a CalDAV server; whom statistics are held against
lint="clang-format cppcheck docker-compose"
fuzz="clang libclang-rt-14-dev"
bench="$test"
docs=""
coverage="gcovr"

missing() {
	local wanted="" group
	for group in "$@"; do
		case $group in
		run | docs | test | long | lint | fuzz | bench | coverage) wanted+=" ${!group}" ;;
		*) sed -n '2,3s/^# //p' "$0" >&2; exit 2 ;;
		esac
		# Any other Node 18 or later, with its npm, is as good as Debian's.
		case $group in
		docs | test | lint | bench)
			[[ $(node --version 2>/dev/null) =~ ^v(1[89]|[2-9][0-9])\. ]] || wanted+=" nodejs"
			command -v npm >/dev/null || wanted+=" npm"
			;;
		esac
	done
	comm -23 <(printf '%s\n' $wanted | sort -u) \
		<(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' 2>/dev/null | sed -n 's/^ii *//p' | sort -u)
}

[[ $# -gt 0 ]] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
packages=$(missing "$@")
[[ $packages ]] || exit 0

if [[ $(id -u) -ne 0 ]]; then
	command -v sudo >/dev/null || {
		echo "These Debian packages are missing; as root: apt-get install" $packages >&2
		exit 1
	}
	quietly=$([[ -t 0 ]] || echo -n) # without a terminal sudo must not prompt
	exec sudo $quietly -- bash "$0" "$@"
fi

echo "Installing Debian packages:" $packages
export DEBIAN_FRONTEND=noninteractive
if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
	mkdir -p /etc/postgresql-common
	echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
if [[ ! -e /usr/sbin/policy-rc.d ]]; then
	trap 'rm -f /usr/sbin/policy-rc.d' EXIT
	printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
	chmod 755 /usr/sbin/policy-rc.d
fi
install() {
	apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 \
		-o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 $packages >"$log" 2>&1
}
log=$(mktemp)
compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || apt-get update -qq
install || { apt-get update -qq && install; } || { tail -20 "$log" >&2; exit 1; }
rm -f "$log"
if [[ " $packages " == *nginx* && -d /run/systemd/system ]]; then
	systemctl disable --quiet nginx
fi
