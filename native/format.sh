#!/usr/bin/env bash
# Checks that the C, C++ and CUDA sources are formatted as .clang-format says: format.sh [--apply]
# With --apply it formats them. Versions of clang-format differ in what they make of the same settings, so that only one counts.
set -euo pipefail
cd "$(dirname "$0")"
version=14

formatter=
for name in clang-format-$version clang-format; do
  if [[ $("$name" --version 2> /dev/null) == *"version $version."* ]]; then
    formatter=$name
    break
  fi
done
if [[ -z $formatter ]]; then
  echo "native: formatting NOT CHECKED: no clang-format $version on PATH (Debian 12: apt-get install clang-format)"
  exit 0
fi
files=()
while IFS= read -r file; do files+=("$file"); done < <(find common cpu cuda include test -name '*.[ch]' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh')
if [[ ${1:-} == --apply ]]; then
  "$formatter" -i "${files[@]}"
elif "$formatter" --dry-run --Werror "${files[@]}" 2> /dev/null; then
  echo "native: ${#files[@]} sources are formatted"
else
  echo "native: not formatted as .clang-format says (native/format.sh --apply formats them):" >&2
  for file in "${files[@]}"; do
    "$formatter" --dry-run --Werror "$file" 2> /dev/null || echo "  native/$file" >&2
  done
  exit 1
fi
