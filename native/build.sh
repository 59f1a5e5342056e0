#!/usr/bin/env bash
# Builds the kernel libraries for this machine into FOLDER/<os>-<arch>/: build.sh FOLDER [EMULATED]
#
# By CMake where it is installed, otherwise by calling the compilers (CC, by default cc; CXX, by default c++) with the same flags.txt.
# The CUDA library is built where there is nvcc. EMULATED, for tests, gets a set of libraries of its own: the same CUDA sources
# compiled for the host, a CUDA runtime that runs them there, and the CPU library. SLUICE_SANITIZE=address instruments all that is
# compiled for the host.
set -euo pipefail
absolute() { mkdir -p "$1" && (cd "$1" && pwd); }
folder=$(absolute "$1")
emulated=${2:+$(absolute "$2")}
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
work=$PWD/target/$os-$arch
mkdir -p "$out" "$work"

compiler=${CC:-cc}
command -v "$compiler" > /dev/null || fail "no C compiler '$compiler': install gcc 11 or clang 12 or newer, or name one in CC"

if [[ -n $emulated ]]; then
  cxx=${CXX:-c++}
  if [[ $os != linux ]] || ! ls cuda/*.cu > /dev/null 2>&1; then
    say "no host emulation of CUDA: it is made for Linux, and for source trees with CUDA kernels"
    emulated=
  elif ! command -v "$cxx" > /dev/null; then
    fail "no C++ compiler '$cxx': install g++ 11 or clang 12 or newer, or name one in CXX"
  fi
fi

cuda=OFF
if ! ls cuda/*.cu > /dev/null 2>&1; then
  say "no CUDA library: this source tree has no CUDA kernels"
elif ! command -v nvcc > /dev/null; then
  say "no CUDA library: nvcc is not on PATH; without it only CPU devices can be used"
else
  cuda=ON
fi

# The library links the CUDA runtime and finds it beside itself: Java calls the very same copy.
ship_cuda_runtime() {
  local toolkit runtime
  toolkit=$(nvcc --dryrun none.cu 2>&1 | sed -n 's/^#\$ TOP=//p')
  for runtime in "$toolkit"/{lib64,lib}/libcudart.so.[0-9][0-9]; do
    if [[ -f $runtime ]]; then cp -L "$runtime" "$out" && return; fi
  done
  fail "no libcudart.so.* in $toolkit/lib64 or $toolkit/lib: install the CUDA runtime library of this nvcc"
}

flags() { sed -n "s/^$1: *//p" flags.txt; }

with_cmake() {
  local generator=()
  # CMake refuses a cache from before the source tree was moved.
  if ! grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$work/CMakeCache.txt"; then rm -rf "$work"; fi
  if [[ ! -f $work/CMakeCache.txt ]] && command -v ninja > /dev/null; then generator=(-G Ninja); fi
  cmake -S . -B "$work" ${generator[@]+"${generator[@]}"} -Wno-dev --log-level=NOTICE -DSLUICE_CUDA=$cuda \
    -DSLUICE_SANITIZE="${SLUICE_SANITIZE:-}" -DSLUICE_EMULATED="$emulated" -DCMAKE_LIBRARY_OUTPUT_DIRECTORY="$out"
  cmake --build "$work" --parallel
}

with_compiler() {
  local common source instruction_set
  common="$(flags common) -Iinclude -Icpu"
  if [[ -n ${SLUICE_SANITIZE:-} ]]; then common+=" -fsanitize=$SLUICE_SANITIZE -fno-omit-frame-pointer -g"; fi
  rm -f "$work"/*.o
  for source in cpu/*.c; do
    if [[ $source == cpu/kernels.c ]]; then
      for instruction_set in $instruction_sets; do
        # shellcheck disable=SC2046,SC2086  # flags are words
        "$compiler" $common $(flags "$instruction_set") -DSLUICE_ISA="$instruction_set" -c "$source" -o "$work/kernels_$instruction_set.o"
      done
    else
      # shellcheck disable=SC2086
      "$compiler" $common -c "$source" -o "$work/$(basename "$source" .c).o"
    fi
  done
  "$compiler" -shared -pthread ${SLUICE_SANITIZE:+-fsanitize=$SLUICE_SANITIZE} -o "$out/libsluice_cpu.$suffix" "$work"/*.o -lm
  if [[ $cuda == ON ]]; then
    # shellcheck disable=SC2046
    cuda/report.sh "$work/reports" nvcc $(flags cuda) -Iinclude -Icuda -shared -Xlinker -rpath,'$ORIGIN',--no-undefined,--version-script=cuda/exports.map -o "$out/libsluice_cuda.$suffix" cuda/*.cu
  fi
}

emulated_with_compiler() {
  local common source
  common="$(flags emulated) -Iinclude -Icuda ${SLUICE_SANITIZE:+-fsanitize=$SLUICE_SANITIZE -fno-omit-frame-pointer -g}"
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
if [[ -n $emulated ]]; then cp "$out/libsluice_cpu.$suffix" "$emulated"; fi
if [[ $cuda == ON ]]; then ship_cuda_runtime; fi
