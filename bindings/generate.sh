#!/usr/bin/env bash
# Regenerates src/main/java/io/sluice/bindings/{kernels,cudart} with jextract. The output is committed, so that the build never needs
# jextract: run this after a change of ../native/include/sluice/sluice.h, cudart.includes or the CUDA toolkit.
#
#   ./generate.sh [kernels|cudart]...      both when none is named
#
# JEXTRACT is the tool to use (jextract on PATH by default), CUDA_HOME the toolkit whose headers are read (nvcc's own by default).
set -euo pipefail
cd "$(dirname "$0")"

fail() {
  echo "generate.sh: $1" >&2
  exit 1
}

jextract=$(command -v "${JEXTRACT:-jextract}") ||
  fail "no ${JEXTRACT:-jextract}: put jextract (https://jdk.java.net/jextract) on PATH or name it in JEXTRACT"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# generate PACKAGE CLASS HEADER INCLUDE_FOLDER INCLUDES: bindings for what the file INCLUDES lists, in place of the old ones.
generate() {
  local package=$1 class=$2 header=$3 folder=$4 includes=$5
  local sources=src/main/java/io/sluice/bindings/$package
  "$jextract" -I "$folder" --target-package "io.sluice.bindings.$package" --header-class-name "$class" \
    --output "$scratch/java" "@$includes" "$header" 2> "$scratch/log" || fail "$header: $(cat "$scratch/log")"
  # findOrThrow came with JDK 23; the library is compiled for 22.
  find "$scratch/java/io/sluice/bindings/$package" -name '*.java' -exec \
    sed -i.original 's/\.findOrThrow(\("[A-Za-z0-9_]*"\))/.find(\1).orElseThrow()/' {} +
  find "$scratch/java" -name '*.original' -delete
  rm -rf "$sources"
  mkdir -p "$(dirname "$sources")"
  mv "$scratch/java/io/sluice/bindings/$package" "$sources"
  echo "generate.sh: $(find "$sources" -name '*.java' | wc -l) files in $sources"
}

# symbols HEADER INCLUDE_FOLDER: what jextract can bind of HEADER and all that it includes, one --include-... line each.
symbols() {
  "$jextract" -I "$2" --dump-includes "$scratch/symbols" "$1" 2> "$scratch/log" || fail "$1: $(cat "$scratch/log")"
  grep '^--include-' "$scratch/symbols"
}

# record KEY VALUE: one line of the resource that tests compare with the headers.
record() {
  local facts=src/main/resources/io/sluice/bindings/headers.properties
  mkdir -p "$(dirname "$facts")"
  touch "$facts"
  { grep -v "^$1=" "$facts" || true; echo "$1=$2"; } | LC_ALL=C sort > "$scratch/facts"
  mv "$scratch/facts" "$facts"
}

sha256() {
  if command -v sha256sum > /dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# Everything sluice.h declares, except the exported function: two libraries export that symbol, so a lookup by name alone is ambiguous.
kernels() {
  local folder=../native/include header=../native/include/sluice/sluice.h
  symbols "$header" "$folder" > "$scratch/all"
  grep 'header: .*/sluice/sluice\.h$' "$scratch/all" | grep -v '^--include-function' | sed 's/ *#.*//' > "$scratch/kernels.includes"
  generate kernels Kernels "$header" "$folder" "$scratch/kernels.includes"
  record sluice.h.sha256 "$(sha256 "$header")"
}

cudart() {
  local folder header
  folder=${CUDA_HOME:-$(nvcc --dryrun none.cu 2>&1 | sed -n 's/^#\$ TOP=//p')}/include
  header=$folder/cuda_runtime_api.h
  [[ -f $header ]] || fail "no cuda_runtime_api.h in $folder: name a CUDA toolkit in CUDA_HOME"
  grep '^--include-' cudart.includes > "$scratch/cudart.includes"
  symbols "$header" "$folder" | sed 's/ *#.*//' | sort -u > "$scratch/all"
  # jextract passes over a misspelt name in silence.
  local unknown
  unknown=$(sort "$scratch/cudart.includes" | comm -23 - "$scratch/all")
  [[ -z $unknown ]] || fail "cudart.includes names what $header does not declare: $unknown"
  generate cudart CudaRuntime "$header" "$folder" "$scratch/cudart.includes"
  record cudart.version "$(sed -n 's/^#define CUDART_VERSION *\([0-9]*\).*/\1/p' "$header")"
}

[[ $# -gt 0 ]] || set -- kernels cudart
for part in "$@"; do
  case $part in
    kernels | cudart) "$part" ;;
    *) fail "unknown part '$part': kernels or cudart" ;;
  esac
done
