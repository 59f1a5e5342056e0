#!/usr/bin/env bash
# Checks Java sources with ErrorProne and NullAway: errorprone.sh CLASS_PATH
#
# CLASS_PATH holds the compiled modules, the libraries, ErrorProne and NullAway. All modules are checked by one javac of the JDK in
# TOOLCHAIN_JAVA_HOME: most of the time of a short run is its start. It looks at sources that changed since they passed, at those that refer
# to them, and at those that have not been compiled.
set -euo pipefail
# shellcheck source=tests/checks/changed.sh
source "$(dirname "$0")/changed.sh"
class_path=$1
work=tests/checks/target
passed=$work/passed
roots=$(ls -d bindings/src java-api/*/src benchmarks/src tests/src)

mkdir -p "$work"
key="$(cat tests/checks/*.sh tests/checks/*.flags pom.xml | cksum) $class_path"
list_sources ! -name module-info.java > "$work/sources"
changed_since_passed "$key" "$work/sources" > "$work/changed"

# class_names: the lines of stdin, names of sources such as ./java-api/core/src/main/java/io/sluice/A.java, as io/sluice/A.
class_names() { sed -e 's|.*/src/[a-z]*/java/||' -e 's|\.java$||'; }

# Class files name the classes that they refer to.
if [[ -s $work/changed ]]; then
  classes=()
  for folder in */target/{classes,test-classes} java-api/*/target/{classes,test-classes}; do
    if [[ -d $folder ]]; then classes+=("$folder"); fi
  done
  class_names < "$work/changed" | sed 's/$/([^A-Za-z0-9_]|$)/' > "$work/patterns"
  {
    class_names < "$work/changed"
    grep -rlaE -f "$work/patterns" "${classes[@]}" | sed -n -e 's|.*/target/[a-z-]*/||' -e 's|\(\$.*\)*\.class$||p' || true
  } | sort -u > "$work/referring"
  find "${classes[@]}" -name '*.class' | sed -e 's|.*/target/[a-z-]*/||' -e 's|\(\$.*\)*\.class$||' | sort -u > "$work/compiled"
  cut -d ' ' -f 3- "$work/sources" > "$work/names"
  class_names < "$work/names" | paste -d ' ' - "$work/names" | sort > "$work/named"
  {
    join "$work/referring" "$work/named"
    join -v 2 "$work/compiled" "$work/named"
  } | cut -d ' ' -f 2- | sort -u > "$work/checked"

  javac_options=(-J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC)
  for package in api file main model parser processing tree util; do
    javac_options+=("-J--add-exports=jdk.compiler/com.sun.tools.javac.$package=ALL-UNNAMED")
  done
  for package in code comp; do javac_options+=("-J--add-opens=jdk.compiler/com.sun.tools.javac.$package=ALL-UNNAMED"); done
  source_path=$(printf '%s\n' $roots | sed 's|$|/test/java|' | paste -sd : -)
  "${TOOLCHAIN_JAVA_HOME:?is set by Maven}/bin/javac" "${javac_options[@]}" @tests/checks/errorprone.flags -implicit:none -d "$work" \
    -cp "$class_path" -processorpath "$class_path" -sourcepath "$source_path" "@$work/checked"
  record_passed "$key" "$work/sources"
else
  : > "$work/checked"
fi
echo "errorprone: $(wc -l < "$work/checked" | tr -d ' ') of $(wc -l < "$work/sources" | tr -d ' ') sources checked, as the others passed before"
