#!/usr/bin/env bash
# Gathers a folder in which Sluice, its tests and its benchmarks run on any Linux with glibc, and packs it: gather.sh BUILD TIME
#
# Maven calls this when everything is built, with the JDK in TOOLCHAIN_JAVA_HOME; BUILD is the build folder of this module. It makes
# BUILD/bundle/sluice and BUILD/bundle/sluice.tar.xz (.tar.gz where there is no xz); files in the archive carry that TIME, so that the
# same build packs the same bytes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tests=$(cd "$here/../.." && pwd)
root=$(dirname "$tests")
build=${1#"$tests"/} # of every module
time=$2
folder=$1/bundle
bundle=$folder/sluice

fail() {
  echo "bundle: $1" >&2
  exit 1
}

# java.desktop: charts; java.xml and jdk.unsupported: Jackson and JMH; jdk.management: the size of the memory.
modules=java.base,java.desktop,java.logging,java.xml,jdk.management,jdk.unsupported

[[ $(uname -s) == Linux ]] || fail "it is made on Linux only, not on $(uname -s)"
jlink=${TOOLCHAIN_JAVA_HOME:?is set by Maven: mvn -Dbundle -DskipTests package}/bin/jlink
[[ -x $jlink ]] || fail "$jlink does not exist: install a whole JDK, not only what runs Java"

rm -rf "$folder"/sluice "$folder"/sluice.tar.*
mkdir -p "$bundle"/{lib/native,tests,shared}

# Not compressed: xz does better on plain classes.
"$jlink" --add-modules $modules --strip-debug --no-man-pages --no-header-files --compress zip-0 --output "$bundle/runtime"

# The kernels lie in a plain folder, once, instead of in their jar.
for module in java-api/cli benchmarks; do cp "$root/$module/$build"/distribution/*.jar "$bundle/lib"; done
rm "$bundle"/lib/sluice-kernels-*.jar
cp "$root/native/$build"/classes/META-INF/native/linux-*/*.so* "$bundle/lib/native"

# Tests of the rules for sources stay with the sources, and those that need other compilers where those are.
for module in java-api/core java-api/tables java-api/report java-api/cli tests; do
  [[ -d $root/$module/$build/test-classes ]] || fail "no compiled tests in $module: build all modules, with -DskipTests, not with -Dmaven.test.skip"
  cp -r "$root/$module/$build/test-classes" "$bundle/tests/$(basename "$module")"
done
rm "$bundle"/tests/tests/io/sluice/tests/{ArchitectureTest,OtherLanguagesTest}*.class
cp "$folder"/console/*.jar "$bundle/tests"
if [[ -d $root/../shared/fixtures ]]; then cp -r "$root/../shared/fixtures" "$bundle/shared"; fi

cp "$root"/benchmarks/*.py "$bundle"
install -m 755 "$here/run" "$bundle/run"
chmod -R u+w,go-w "$bundle"

pack=(tar --sort=name --mtime="$time" --owner=0 --group=0 --numeric-owner -C "$folder" -c sluice)
if command -v xz > /dev/null; then
  archive=$bundle.tar.xz
  "${pack[@]}" | xz -6 -T1 > "$archive"
else
  archive=$bundle.tar.gz
  "${pack[@]}" | gzip -9n > "$archive"
fi
echo "bundle: $archive, $(du -h --apparent-size "$archive" | cut -f1); with its folder unpacked, $(du -sh "$bundle" | cut -f1)"
