#!/usr/bin/env bash
# Calls the CUDA compiler and keeps what it reports of each kernel's registers and memory: report.sh FOLDER NVCC ARGUMENT...
# The report is FOLDER/<name of the output>.report; check.sh reads it. All else that the compiler says is passed on.
set -euo pipefail
folder=$1
shift
output=
previous=
for argument in "$@"; do
  if [[ $previous == -o ]]; then output=$argument; fi
  previous=$argument
done
mkdir -p "$folder"
report=$folder/$(basename "$output").report
status=0
"$@" 2> "$report.all" || status=$?
of_kernels='^ptxas info|^ +[0-9]+ bytes stack frame'
grep -E "$of_kernels" "$report.all" > "$report" || true
grep -Ev "$of_kernels" "$report.all" >&2 || true
rm -f "$report.all"
if ((status != 0)); then rm -f "$report"; fi
exit "$status"
