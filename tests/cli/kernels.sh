#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The kernels of machines that this one is not, under their emulators: the same bits
# as here.
. "$(dirname "$0")/../lib.sh"

# build COMPILER NAME [OPTION…]
build() {
    compiler=$1
    name=$2
    shift 2
    "$compiler" -std=gnu11 -O1 -ffp-contract=off -D_GNU_SOURCE -I"$SRCDIR/src" "$@" \
        -o "$T/$name" "$SRCDIR/tests/kernels/bits.c" "$SRCDIR"/src/core/kernel*.c \
        "$SRCDIR"/src/core/coarse*.c "$SRCDIR"/src/core/tail*.c \
        "$SRCDIR/src/core/eigen.c" "$SRCDIR/src/core/rotate.c" \
        "$SRCDIR/src/core/scorer.c" "$SRCDIR/src/core/sweep.c" \
        "$SRCDIR/src/model/similarity.c" "$SRCDIR/src/base/err.c" \
        "$SRCDIR/src/base/mem.c" "$SRCDIR/src/base/text.c" -lm
}

command -v cc >/dev/null || skip_all "no cc"
build cc here
run "$T/here"
is "$status" 0 "the kernels of this machine agree"
here=$out

# elsewhere NAME KERNELS EMULATOR…
elsewhere() {
    name=$1
    kernels=$2
    shift 2
    run "$@"
    is "$out" "$here" "the same bits: $name"
    is "$(printf '%s\n' "$errs" | sort -u | tr '\n' ' ')" "$kernels " "these kernels ran: $name"
}

if command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64 >/dev/null; then
    build aarch64-linux-gnu-gcc arm -static
    elsewhere "64-bit ARM" "ran integers neon ran integers scalar ran neon ran scalar" \
        qemu-aarch64 "$T/arm"
else
    skip "no aarch64-linux-gnu-gcc or no qemu-aarch64" "64-bit ARM"
fi

if [ "$(uname -m)" = x86_64 ] && command -v qemu-x86_64 >/dev/null; then
    elsewhere "a machine with AVX2" "ran avx2 ran integers avx2 ran integers scalar ran scalar" \
        qemu-x86_64 -cpu max "$T/here"
    elsewhere "a machine without FMA" "ran integers scalar ran scalar" \
        qemu-x86_64 -cpu Nehalem "$T/here"
else
    skip "no qemu-x86_64, or not that machine" "machines with AVX2 and without FMA"
fi
done_testing
