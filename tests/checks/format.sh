#!/usr/bin/env bash
# Formats Java sources, or checks their format: format.sh FORMATTER OPTION...
#
# FORMATTER is google-java-format's jar. It runs in a process of its own, on the JDK in TOOLCHAIN_JAVA_HOME, whose language it reads.
set -euo pipefail
# shellcheck source=tests/checks/changed.sh
source "$(dirname "$0")/changed.sh"
formatter=$1
shift
passed=target/formatted

mkdir -p target
key="$(basename "$formatter")"
list_sources > target/sources
changed_since_passed "$key" target/sources > target/unformatted
if [[ -s target/unformatted ]]; then
  "${TOOLCHAIN_JAVA_HOME:?is set by Maven}/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -jar "$formatter" --aosp "$@" @target/unformatted ||
    fail "these sources are not formatted: mvn -N validate -Dformat=--replace"
  record_passed "$key" target/sources
fi
echo "format: $(wc -l < target/unformatted | tr -d ' ') of $(wc -l < target/sources | tr -d ' ') sources looked at, as the others passed before"
