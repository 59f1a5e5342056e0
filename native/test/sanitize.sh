#!/usr/bin/env bash
# Runs the kernel tests on a CPU library that a sanitizer instruments: sanitize.sh [thorough] [SANITIZER...]
# Sanitizers are address, undefined and thread; all three by default. Ends with 1 if one found something.
set -euo pipefail
cd "$(dirname "$0")/.."

thorough=()
if [[ ${1:-} == thorough ]]; then
  thorough=(thorough)
  shift
fi
if (($# == 0)); then set -- address undefined thread; fi

status=0
mkdir -p target
for sanitizer in "$@"; do
  folder=target/sanitized/$sanitizer
  SLUICE_CUDA=off SLUICE_SANITIZE=$sanitizer ./build.sh "$folder" "$folder" > "target/sanitized-$sanitizer.log" 2>&1 || {
    cat "target/sanitized-$sanitizer.log" >&2
    echo "native: $sanitizer sanitizer: the build failed; gcc needs its lib${sanitizer:0:1}san" >&2
    exit 1
  }
  if "$folder/kernel_test" ${thorough[@]+"${thorough[@]}"} > "$folder/findings" 2>&1; then
    echo "native: $sanitizer sanitizer: $(grep -c '^ok ' "$folder/findings") statements, nothing found"
  else
    status=1
    echo "native: $sanitizer sanitizer found:"
    grep -v '^ok ' "$folder/findings"
  fi
done
exit $status
