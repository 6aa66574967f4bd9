#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Completion for bash and zsh knows every command, and every option that the help of
# a command names.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
bash_file=$SRCDIR/scripts/completion/misid.bash
zsh_file=$SRCDIR/scripts/completion/_misid
PATH=$(dirname "$MISID"):$PATH
MISID_DATA=$SRCDIR
export MISID_DATA

words() { tr -s ' \\\n' '\n' | LC_ALL=C sort -u | sed '/^$/d'; }
# options COMMAND: those of its help, and of its subcommands'
options() {
    {
        "$MISID" help "$1"
        [ "$1" != dataset ] || for sub in list show guess check sample; do
            "$MISID" dataset $sub --help
        done
    } | sed -n 's/^  \(--[a-z-]*\).*/\1/p' | words
}
# completed WORD… : what bash offers for the last word of a command line
completed() {
    # shellcheck disable=SC2016 # expanded by the shell that is called
    bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _misid
        printf "%s\n" "${COMPREPLY[@]}"' bash "$bash_file" "$@" | words
}
commands=$("$MISID" help | sed -n 's/^  \([a-z]*\)  .*/\1/p')

if command -v bash >/dev/null; then
    is "$(completed misid '')" "$(printf '%s\n' "$commands" | words)" "bash: every command"
    for c in $commands; do
        case $c in help | version) continue ;; esac
        is "$(completed misid "$c" --)" "$(options "$c")" "bash: every option of $c"
    done
    is "$(completed misid list st)" studies "bash: a word"
    like "$(completed misid run x.yaml --dataset pp)" '^ppb$' "bash: a data set"
    : >"$T/my.csv"
    is "$(cd "$T" && completed misid run x.yaml --predictions my)" my.csv "bash: a file"
else
    skip "no bash" "completion for bash"
fi
is "$(sed -n '/^options=(/,/^)/s/^    \([a-z]*\) .*/\1/p' "$zsh_file" | words)" \
    "$(printf '%s\n' "$commands" | words)" "zsh: every command"
for c in $commands; do
    case $c in help | version) continue ;; esac
    is "$(sed -n "/^options=(/,/^)/s/^    $c '\(.*\)'/\1/p" "$zsh_file" | words)" \
        "$(options "$c")" "zsh: every option of $c"
done
if command -v zsh >/dev/null; then
    zsh -n "$zsh_file"
    ok $? "zsh reads it"
else
    skip "no zsh" "zsh reads it"
fi
done_testing
