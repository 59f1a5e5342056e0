# Sourced by the checks of Java sources. A check records what has passed, so that the next run looks at what changed since.
#
#   passed=FILE   the record: first what the check depends on besides sources, then a line of checksum, size and name for each source
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export LC_ALL=C

fail() {
  echo "$1" >&2
  exit 1
}

# list_sources CONDITION...: every source that is written by hand, "checksum size name", sorted.
list_sources() {
  find . -name target -prune -o -path './bindings/src/main/java/io/sluice/bindings/*/*' -prune -o -name '*.java' "$@" \
    -exec cksum {} + | sort
}

# changed_since_passed KEY SOURCES: names of the sources in that list that are not recorded, all of them if the key is not the recorded one.
changed_since_passed() {
  if [[ -f $passed && $(head -n 1 "$passed") == "$1" ]]; then
    tail -n +2 "$passed" | comm -13 - "$2"
  else
    cat "$2"
  fi | cut -d ' ' -f 3-
}

# record_passed KEY SOURCES
record_passed() {
  { echo "$1"; cat "$2"; } > "$passed.new"
  mv "$passed.new" "$passed"
}
