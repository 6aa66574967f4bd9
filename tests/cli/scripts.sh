#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The scripts themselves: shellcheck, and scripts/setup against a machine that
# is played by stand-ins for dpkg-query, apt-get, apt-cache, id and sudo.
. "$(dirname "$0")/../lib.sh"

cd "$SRCDIR" || exit 99
for script in scripts/* scripts/completion/*.bash scripts/slurm/*.sbatch tests/cli/*.sh tests/lib.sh tests/run-unit tests/count \
    tests/all tests/check-includes tests/check-long tests/fresh-machine \
    tests/fuzz/run tests/fuzz/seeds .ci/run; do
    [ -f "$script" ] || continue
    shell=$(sed -n '1s/^#!.*[ /]\([a-z]*sh\)$/\1/p' "$script")
    case $script in
        *.sh) shell='sh' ;;
        *.bash) shell='bash' ;;
    esac
    [ -n "$shell" ] || continue
    if command -v shellcheck >/dev/null; then
        # SC2154: lib.sh sets $status, $out and $errs.
        is "$(shellcheck -s "$shell" -S warning -e SC1091,SC2154 "$script" 2>&1)" "" \
            "shellcheck $script"
    else
        skip "no shellcheck" "shellcheck $script"
    fi
done

# The machine: `installed` and `known` hold package names, `calls` what was
# asked of apt-get, `uid` who one is; with `broken`, installing fails.
bin=$T/bin
mkdir "$bin"
for tool in bash cat chmod cut dirname env find grep head ln mkdir mktemp mv printf rm sed \
    sha256sum tail; do
    ln -s "$(command -v $tool)" "$bin/$tool"
done
stand_in() {
    { printf '#!%s\n' "$(command -v sh)"; cat; } >"$bin/$1"
    chmod +x "$bin/$1"
}
stand_in dpkg-query <<'END'
while read -r package; do
    [ -z "$package" ] || echo "$package:installed"
done <"$MACHINE/installed"
END
stand_in apt-get <<'END'
verb=
for arg; do
    case $arg in
        update | install) verb=$arg; echo "$arg" >>"$MACHINE/calls" ;;
        -* | DPkg::*) ;;
        *) echo "$verb $arg" >>"$MACHINE/calls"
           [ -e "$MACHINE/broken" ] || echo "$arg" >>"$MACHINE/installed" ;;
    esac
done
[ ! -e "$MACHINE/broken" ] || { echo "E: Unable to fetch"; exit 100; }
END
stand_in apt-cache <<'END'
echo "$2:"
grep -qx "$2" "$MACHINE/known" && echo "  Candidate: 1.0"
exit 0
END
stand_in id <<'END'
cat "$MACHINE/uid"
END
MACHINE=$T
export MACHINE
# A release that has a package of ONNX Runtime; Debian 12, which has none; another.
printf 'ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n' >"$T/debian-13"
printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' >"$T/debian-12"
printf 'ID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n' >"$T/ubuntu-24.04"
printf 'ID=ubuntu\nVERSION_ID="25.04"\nVERSION_CODENAME=plucky\n' >"$T/ubuntu-25.04"
release=debian-13
machine() { # machine UID INSTALLED
    echo "$1" >"$T/uid"
    printf '%s\n' "$2" | tr -s ' ' '\n' >"$T/installed"
    printf '%s\n' "$all" | tr ' ' '\n' >"$T/known"
    rm -f "$T/calls" "$T/broken"
    : >"$T/calls"
}
setup() {
    run env PATH="$bin" XDG_DATA_HOME="$T/data" OS_RELEASE="$T/$release" \
        "$bin/bash" "$SRCDIR/scripts/setup" "$@"
}

# On a bare machine, everything: which also says here what everything is.
all=
machine 0 ""
: >"$T/known"
setup
is "$status" 0 "nothing there"
all=$(sed -n 's/^install \(..*\)/\1/p' "$T/calls" | tr '\n' ' ')
like " $all" ' autoconf .* libgsl-dev .* gnuplot-nox ' "nothing there: everything is installed"

machine 0 "$all"
setup
is "$status:$out:$errs" "0::" "all there: nothing said"
is "$(cat "$T/calls")" "" "all there: apt is not called"

machine 0 "$(echo "$all" | sed 's/libgsl-dev//; s/gnuplot-nox/gnuplot-qt/; s/pkgconf/pkg-config/')"
setup
is "$status" 0 "one missing"
is "$(cat "$T/calls")" "update
install
install libgsl-dev" "one missing: the lists once, then that package and no other"

machine 0 "$all"
setup --mpi
is "$(sed -n 's/^install \(.\)/\1/p' "$T/calls" | tr '\n' ' ')" "libopenmpi-dev openmpi-bin " \
    "Open MPI where it is asked for"
unlike " $all" 'mpi' "… and only there"

# ONNX Runtime: a package, what the scripts bring, or a word that there is none.
without=$(echo "$all" | sed 's/libonnxruntime-dev//')
for release in debian-13 ubuntu-25.04; do
    machine 0 "$without"
    setup
    is "$status:$(tail -n 1 "$T/calls")" "0:install libonnxruntime-dev" \
        "$release: ONNX Runtime is a package"
done
machine 0 "$without"
touch "$T/broken"
setup
is "$status" 0 "no ONNX Runtime to be had: goes on"
like "$errs" 'everything but the onnx backend is built$' "no ONNX Runtime to be had: is said"
release=ubuntu-24.04
machine 0 "$without"
setup
is "$status:$(cat "$T/calls")" "0:" "no package of ONNX Runtime: apt is not called"
like "$errs" '--with-onnxruntime=DIR' "no package of ONNX Runtime: what to do"
release=debian-12
machine 0 "$without"
setup
is "$status:$(sed -n '1,3p' "$T/calls")" "0:update
install
install npm" "Debian 12: npm is had first"
like "$errs" 'everything but the onnx backend is built$' "Debian 12: nothing comes of it here"
mkdir -p "$T/data/misid/onnxruntime/lib" "$T/data/misid/onnxruntime/include"
touch "$T/data/misid/onnxruntime/lib/libonnxruntime.so.1" \
    "$T/data/misid/onnxruntime/include/onnxruntime_c_api.h"
machine 0 "$without"
setup
is "$status:$errs:$(cat "$T/calls")" "0::" "Debian 12: brought before: nothing is done"

# Models: what npm gives is held to its hashes.
stand_in npm <<'END'
folder=$4
mkdir -p "$folder/package/model"
for name in age detect feature gender landmark; do
    echo "not the model" >"$folder/package/model/fr_$name.onnx"
done
echo licence >"$folder/package/LICENSE"
tar -czf "$folder/a.tgz" -C "$folder" package
END
for tool in tar gzip; do
    ln -s "$(command -v $tool)" "$bin/$tool"
done
machine 0 "$without"
setup --models
is "$status" 1 "models that are not those expected: exit 1"
like "$errs" 'its models are not those that are expected$' "models that are not those expected: said"
is "$(find "$T/data/misid" -name '*.onnx')" "" "models that are not those expected: none is kept"
release=debian-13

machine 0 "$(echo "$all" | sed 's/pkgconf//')"
sed -i 's/^pkgconf$/pkg-config/' "$T/known"
setup
is "$(tail -n 1 "$T/calls")" "install pkg-config" "of two names the one that apt knows"

machine 0 "$(echo "$all" | sed 's/make//2; s/libyaml-dev//')"
touch "$T/broken"
setup
is "$status" 1 "apt fails: exit 1"
like "$errs" 'E: Unable to fetch' "apt fails: its words are shown"

machine 1000 "$(echo "$all" | sed 's/libyaml-dev//')"
setup
is "$status" 1 "neither root nor sudo: exit 1"
like "$errs" 'apt-get install .*libyaml-dev$' "neither root nor sudo: the command to run"
is "$(cat "$T/calls")" "" "neither root nor sudo: nothing tried"

stand_in sudo <<'END'
[ "$1" = -n ] && shift
echo sudo >>"$MACHINE/calls"
exec "$@"
END
stand_in true </dev/null
setup
is "$status" 0 "with sudo" || printf '%s\n' "$errs" | sed 's/^/# /'
like "$(cat "$T/calls")" '^install libyaml-dev$' "with sudo: installed"

rm "$bin/apt-get"
machine 0 autoconf
setup
is "$status" 1 "no apt-get: exit 1"
like "$errs" 'automake' "no apt-get: what is missing"
rm "$bin/dpkg-query"
setup
is "$status" 0 "neither Debian nor Ubuntu: goes on"
setup --bogus
is "$status" 2 "unknown option: exit 2"
done_testing
