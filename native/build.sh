#!/usr/bin/env bash
# Builds the kernel libraries for this machine into FOLDER/<os>-<arch>/: build.sh FOLDER [TESTS]
#
# By CMake where it is installed, otherwise by calling the compilers (CC, by default cc; CXX, by default c++) with the same flags.txt.
# TESTS is a folder for what tests need: kernel_test, the tests of the CPU kernels, and a set of libraries of its own: the CUDA
# sources compiled for the host, a CUDA runtime that runs them there, and the CPU library.
#
#   SLUICE_CUDA=off                           neither the CUDA library nor, in TESTS, its emulation; otherwise the library is built
#                                             where there is nvcc
#   SLUICE_CUDA_ARCHITECTURES=all|"NAME ..."  what CUDA code is compiled for: all that flags.txt names, or some, like "sm_90"; by
#                                             default the GPU of this machine, or compute_90, compiled to check it and not optimised, where there is
#                                             none
#   SLUICE_SANITIZE=address|undefined|thread  instruments all that is compiled for the host
set -euo pipefail
absolute() { mkdir -p "$1" && (cd "$1" && pwd); }
folder=$(absolute "$1")
tests=${2:+$(absolute "$2")}
cd "$(dirname "$0")"

say() { echo "native: $1"; }
fail() {
  echo "native: $1" >&2
  exit 1
}

case $(uname -s) in
  Linux) os=linux suffix=so ;;
  Darwin) os=macos suffix=dylib ;;
  *) fail "no build for $(uname -s): Sluice builds on Linux and macOS" ;;
esac
case $(uname -m) in
  x86_64 | amd64) arch=x86_64 instruction_sets='avx512 avx2 portable' ;;
  aarch64 | arm64) arch=aarch64 instruction_sets=portable ;;
  *) arch=$(uname -m) instruction_sets=portable ;;
esac
out=$folder/$os-$arch
work=$PWD/target/$os-$arch${SLUICE_SANITIZE:+-$SLUICE_SANITIZE}
mkdir -p "$out" "$work"

compiler=${CC:-cc}
command -v "$compiler" > /dev/null || fail "no C compiler '$compiler': install gcc 11 or clang 12 or newer, or name one in CC"

case ${SLUICE_SANITIZE:-} in
  '' | address | undefined | thread) ;;
  *) fail "SLUICE_SANITIZE=$SLUICE_SANITIZE: expected address, undefined or thread" ;;
esac

flags() { sed -n "s/^$1: *//p" flags.txt; }

# What the CUDA library is compiled for. check.sh reads it.
architectures() {
  local capability
  case ${SLUICE_CUDA_ARCHITECTURES:-} in
    all) flags architectures ;;
    '')
      capability=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2> /dev/null | sed -n '1s/^\([0-9]*\)\.\([0-9]\)$/\1\2/p' || true)
      if [[ -n $capability ]]; then echo "sm_$capability"; else echo compute_90; fi
      ;;
    *) echo "$SLUICE_CUDA_ARCHITECTURES" ;;
  esac
}

# Whether architectures include machine code: a library of portable code alone is compiled to check it.
for_gpus() { [[ $1 == *sm_* ]]; }

# nvcc's flags for architectures: machine code sm_N, or portable code compute_N.
target_flags() {
  local architecture
  for architecture in $1; do echo "-gencode=arch=compute_${architecture#*_},code=$architecture"; done
  for_gpus "$1" || flags unoptimised
}

cuda=OFF
wanted=
cuda_flags=()
emulated=
if [[ ${SLUICE_CUDA:-auto} == off ]]; then
  say "no CUDA library: SLUICE_CUDA=off"
elif [[ ${SLUICE_CUDA:-auto} != auto ]]; then
  fail "SLUICE_CUDA=$SLUICE_CUDA: expected auto or off"
elif ! ls cuda/*.cu > /dev/null 2>&1; then
  say "no CUDA library: this source tree has no CUDA kernels"
else
  if ! command -v nvcc > /dev/null; then
    say "no CUDA library: nvcc is not on PATH; without it only CPU devices can be used"
  else
    cuda=ON
    wanted=$(architectures)
    for architecture in $wanted; do
      [[ $architecture =~ ^(sm|compute)_[0-9]+[a-z]?$ ]] ||
        fail "SLUICE_CUDA_ARCHITECTURES=$SLUICE_CUDA_ARCHITECTURES: expected all, or names like sm_90 and compute_90"
    done
    # shellcheck disable=SC2207  # flags are words
    cuda_flags=($(target_flags "$wanted"))
    note=', not optimised: SLUICE_CUDA_ARCHITECTURES=all builds one for GPUs'
    if for_gpus "$wanted"; then note=; fi
    say "CUDA library for $wanted$note"
  fi
  cxx=${CXX:-c++}
  if [[ -z $tests ]]; then
    :
  elif [[ $os != linux ]]; then
    say "no host emulation of CUDA: it is made for Linux"
  elif ! command -v "$cxx" > /dev/null; then
    fail "no C++ compiler '$cxx': install g++ 11 or clang 12 or newer, or name one in CXX"
  else
    emulated=$tests
  fi
fi
if [[ $cuda == OFF ]]; then rm -f "$out"/libsluice_cuda.* "$out"/libcudart.*; fi # of a build before

# The library links the CUDA runtime and finds it beside itself: Java calls the very same copy.
ship_cuda_runtime() {
  local toolkit runtime
  toolkit=$(nvcc --dryrun none.cu 2>&1 | sed -n 's/^#\$ TOP=//p')
  for runtime in "$toolkit"/{lib64,lib}/libcudart.so.[0-9][0-9]; do
    if [[ -f $runtime ]]; then cp -L "$runtime" "$out" && return; fi
  done
  fail "no libcudart.so.* in $toolkit/lib64 or $toolkit/lib: install the CUDA runtime library of this nvcc"
}

with_cmake() {
  local generator=()
  # CMake refuses a cache from before the source tree was moved.
  if ! grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$work/CMakeCache.txt"; then rm -rf "$work"; fi
  if [[ ! -f $work/CMakeCache.txt ]] && command -v ninja > /dev/null; then generator=(-G Ninja); fi
  cmake -S . -B "$work" ${generator[@]+"${generator[@]}"} -Wno-dev --log-level=NOTICE -DSLUICE_CUDA=$cuda \
    -DSLUICE_CUDA_FLAGS="$(IFS=';' && echo "${cuda_flags[*]-}")" -DSLUICE_SANITIZE="${SLUICE_SANITIZE:-}" -DSLUICE_TESTS="$tests" -DSLUICE_EMULATED="$emulated" -DCMAKE_LIBRARY_OUTPUT_DIRECTORY="$out"
  cmake --build "$work" --parallel
}

with_compiler() {
  local common instruction_set source
  common="$(flags common) -Iinclude -Icpu"
  if [[ -n ${SLUICE_SANITIZE:-} ]]; then common+=" $(flags sanitize) -fsanitize=$SLUICE_SANITIZE"; fi
  # compile_c FLAGS SOURCE OBJECT
  # shellcheck disable=SC2086  # flags are words
  compile_c() { "$compiler" $common $1 -c "$2" -o "$work/$3.o"; }
  rm -f "$work"/*.o
  for instruction_set in $instruction_sets; do
    compile_c "$(flags "$instruction_set") -DSLUICE_ISA=$instruction_set" cpu/kernels.c "cpu_kernels_$instruction_set"
  done
  for source in cpu/*.c; do
    if [[ $source != cpu/kernels.c ]]; then compile_c "" "$source" "cpu_$(basename "$source" .c)"; fi
  done
  "$compiler" -shared -pthread ${SLUICE_SANITIZE:+-fsanitize=$SLUICE_SANITIZE} -o "$out/libsluice_cpu.$suffix" "$work"/cpu_*.o -lm
  if [[ -n $tests ]]; then
    for instruction_set in $instruction_sets; do
      compile_c "$(flags "$instruction_set") -DSLUICE_ISA=$instruction_set" test/instruction_set.c "test_inner_$instruction_set"
    done
    for source in test/*.c; do
      if [[ $source != test/instruction_set.c ]]; then compile_c "$(flags test)" "$source" "test_$(basename "$source" .c)"; fi
    done
    "$compiler" -pthread ${SLUICE_SANITIZE:+-fsanitize=$SLUICE_SANITIZE} -o "$tests/kernel_test" "$work"/*.o -lm
  fi
  if [[ $cuda == ON ]]; then
    # shellcheck disable=SC2046
    cuda/report.sh "$work/reports" nvcc $(flags cuda) "${cuda_flags[@]}" -Iinclude -Icuda -shared -Xlinker -rpath,'$ORIGIN',--no-undefined,--version-script=cuda/exports.map -o "$out/libsluice_cuda.$suffix" cuda/*.cu
  fi
}

emulated_with_compiler() {
  local common source
  common="$(flags emulated) -Iinclude -Icuda ${SLUICE_SANITIZE:+$(flags sanitize) -fsanitize=$SLUICE_SANITIZE}"
  # shellcheck disable=SC2086
  "$cxx" $common -shared -Wl,-soname,libcudart.so.13 -o "$emulated/libcudart.so.13" cuda/emulation/*.cpp -ldl
  # shellcheck disable=SC2086
  "$cxx" $common -shared -Wl,-rpath,'$ORIGIN' -o "$emulated/libsluice_cuda.so" -x c++ cuda/*.cu -x none "$emulated/libcudart.so.13"
  # shellcheck disable=SC2086
  "$cxx" $common -rdynamic -Wl,-rpath,'$ORIGIN' -o "$emulated/emulation_test" -x c++ cuda/emulation/test/*.cu -x none "$emulated/libcudart.so.13"
}

if command -v cmake > /dev/null; then
  with_cmake
else
  say "no cmake on PATH: calling $compiler directly"
  with_compiler
  if [[ -n $emulated ]]; then emulated_with_compiler; fi
fi
echo "$wanted" > "$work/architectures"
if [[ -n $emulated ]]; then cp "$out/libsluice_cpu.$suffix" "$emulated"; fi
if [[ $cuda == ON ]]; then ship_cuda_runtime; fi
