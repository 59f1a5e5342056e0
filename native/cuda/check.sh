#!/usr/bin/env bash
# Checks the CUDA library that build.sh FOLDER has built: check.sh FOLDER
#
#   kernels        none spills registers, says the compiler's report; there is none of portable code
#   architectures  the library holds code for those that build.sh was asked for and no others
#   symbols        it exports sluice_kernels and nothing else
#   sizes          its table is that of sluice.h (loading it takes no GPU)
set -euo pipefail
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

fail() {
  echo "native: the CUDA library: $1" >&2
  exit 1
}

platform=linux-$(uname -m)
asked_for=$(cat "target/$platform/architectures" 2> /dev/null || true)
if [[ -z $asked_for ]]; then
  echo "native: CUDA library NOT CHECKED: none was built"
  exit 0
fi
library=$folder/$platform/libsluice_cuda.so
reports=$PWD/target/$platform/reports
[[ -f $library ]] || fail "no $library: run native/build.sh $folder"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A report has a line "Compiling entry function 'NAME' for 'ARCHITECTURE'" and, two lines on, the bytes that spill.
awk '/Compiling entry function/ { split($0, quoted, "\047"); kernel = quoted[2] " for " quoted[4] }
  /bytes spill stores/ { kernels++; if ($0 !~ / 0 bytes spill stores, 0 bytes spill loads/) { print kernel ":" $0; spilt = 1 } }
  END { print kernels + 0 > "/dev/stderr"; exit spilt }' "$reports"/*.report > "$scratch/spills" 2> "$scratch/kernels" ||
  fail "kernels spill registers: $(c++filt < "$scratch/spills")"
kernels=$(cat "$scratch/kernels")
if [[ $asked_for == *sm_* ]]; then
  ((kernels > 0)) || fail "the reports in $reports name no kernel: remove $PWD/target and build again"
  of_kernels="$kernels kernels without spills"
else
  of_kernels="kernels NOT CHECKED for spills, as there is portable code only (SLUICE_CUDA_ARCHITECTURES=all checks them)"
fi
tr ' ' '\n' <<< "$asked_for" | sort -u > "$scratch/expected"

# The section .nv_fatbin is a row of containers: magic 0xba55ed50, 2 bytes version, 2 bytes header size, 8 bytes size of what follows:
# entries of 2 bytes kind (1 portable, 2 machine code), 2 bytes version, 4 bytes header size, 8 bytes size, and at 28 the architecture.
objcopy -O binary --only-section=.nv_fatbin "$library" "$scratch/fatbin"
read_word() { od -An -v -t "u$2" -j "$1" -N "$2" "$scratch/fatbin" | tr -d ' '; }
bytes=$(stat -c %s "$scratch/fatbin")
at=0
while ((at + 16 <= bytes)); do
  if [[ $(read_word "$at" 4) != $((0xba55ed50)) ]]; then
    at=$((at + 8)) # between containers
    continue
  fi
  entry=$((at + $(read_word $((at + 6)) 2)))
  at=$((entry + $(read_word $((at + 8)) 8)))
  while ((entry < at)); do
    case $(read_word "$entry" 2) in
      1) kind=compute ;;
      2) kind=sm ;;
      *) fail "its fat binary has an entry of a kind that this check does not know" ;;
    esac
    echo "${kind}_$(read_word $((entry + 28)) 4)"
    entry=$((entry + $(read_word $((entry + 4)) 4) + $(read_word $((entry + 8)) 8)))
  done
done | sort | uniq -c > "$scratch/entries"
awk '{ print $2 }' "$scratch/entries" | diff "$scratch/expected" - > "$scratch/difference" ||
  fail "its architectures are not those asked for: $(cat "$scratch/difference")"
[[ $(awk '{ print $1 }' "$scratch/entries" | sort -u | wc -l) == 1 ]] ||
  fail "some of its sources lack an architecture: $(cat "$scratch/entries")"

exported=$(nm -D --defined-only "$library" | awk '{ print $3 }' | grep -vE '^(_init|_fini|__bss_start|_edata|_end)$' || true)
[[ $exported == sluice_kernels ]] || fail "exports $exported, expected sluice_kernels alone"

cat > "$scratch/sizes.c" << 'END'
#include <dlfcn.h>
#include <stdio.h>
#include <sluice/sluice.h>
int main(int count, char **arguments) {
    void *library = dlopen(arguments[count - 1], RTLD_NOW);
    sluice_kernels_fn *kernels = library ? (sluice_kernels_fn *)dlsym(library, "sluice_kernels") : 0;
    if (!kernels) {
        return fprintf(stderr, "%s\n", dlerror());
    }
    const sluice_functions *functions = kernels();
    return functions->abi_version != SLUICE_ABI_VERSION || functions->struct_size != sizeof(sluice_functions) ||
           functions->plan_size != sizeof(sluice_plan) || functions->state_size != sizeof(sluice_state) ||
           functions->batch_size != sizeof(sluice_batch);
}
END
"${CC:-cc}" -Iinclude -o "$scratch/sizes" "$scratch/sizes.c" -ldl
"$scratch/sizes" "$library" || fail "cannot be loaded, or its ABI version or sizes are not those of sluice.h"

echo "native: CUDA library checked: $of_kernels, $(paste -sd ' ' "$scratch/expected"), one symbol, sizes of the ABI"
