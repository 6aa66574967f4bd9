# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of misid for bash, installed as a file that bash-completion loads; it
# needs nothing of that. By hand: source scripts/completion/misid.bash
_misid_options() { # the options of a command
    case $1 in
    run) echo --out --backend --predictions --dataset --root --set --gallery \
        --gallery-root --reference --same-person --suspicious-above --searches \
        --replicates --permutations --threads --cache --no-cache --covariates --sample \
        --suppress --check-claims --quiet --json --help ;;
    estimate) echo --out --target-fmr --reference --suspicious-above --searches \
        --title --confidence --replicates --permutations --seed --threads --quiet \
        --json --help ;;
    chart) echo --out --help ;;
    index | cite) echo --help ;;
    trace) echo --help --samples ;;
    calc) echo --method --confidence --fmr --fnmr --alpha --subjects --images --pairs \
        --errors --cells --borrow --label --wrong --wrong-errors --json --help ;;
    explain) echo --on --table --outcome --cluster --backend --with --category \
        --covariate --base --confidence --json --help ;;
    thresholds) echo --fmr --reference --confidence --out --json --help ;;
    plan) echo --fmr --fnmr --error --ratio --power --subjects --images-per-subject \
        --confidence --correlation --pilot --row --pilot-deff --pilot-subjects \
        --pilot-images --pilot-rate --json --help ;;
    dataset) echo --json --help --set --root --by --effect --study --no-images \
        --dataset --balance --per-cell --per-person --seed --out ;;
    ingest) echo --dataset --root --set --out --no-images --shard --quiet --json \
        --help ;;
    backend) echo --backend --box --landmarks --json --help ;;
    cache) echo --cache --older-than --backend --max-size --json --help ;;
    cassette) echo --last --json --help ;;
    cloud | list) echo --json --help ;;
    embed) echo --dataset --root --set --backend --out --threads --cache --no-cache \
        --covariates --change --faces --by --limit --shard --quiet --json --help ;;
    image) echo --out --size --box --margin --align --change --background --max-pixels \
        --max-bytes --json --help ;;
    score) echo --templates --roster --by --thresholds --out --similarity --mode \
        --trials --same --same-person --probes --probe-roster --top --consolidate \
        --floor --target-fmr --max-exceedances --bins --failures --threads \
        --checkpoint --resume --shard --quiet --json --help ;;
    merge) echo --quiet --json --help ;;
    synth) echo --out --subjects --images --seed --size --format --plant --darker-from \
        --threads --quiet --json --help ;;
    record) echo --history --scores --quiet --json --help ;;
    history) echo --metric --group --versus --point --backend --method --dataset \
        --since --until --all --chart --speed --history --with-secret --csv --json \
        --help ;;
    baseline) echo --history --study --json --help ;;
    compare) echo --history --metric --group --point --backend --confidence \
        --replicates --seed --title --html --markdown --csv --json --quiet --help ;;
    gate) echo --baseline --policy --history --all --junit --markdown --out --github \
        --json --quiet --help ;;
    dashboard) echo --out --history --study --gates --charts --made --quiet --help ;;
    bundle) echo --out --scores --with-samples --sign --quiet --json --help ;;
    verify) echo --key --signature --quiet --json --help ;;
    esac
}

_misid_words() { # the first word behind a command, where it is one of a few
    case $1 in
    calc) echo proportion difference ratio fisher mcnemar adjust disparity fmr fnmr \
        label-error ;;
    dataset) echo list show guess check sample ;;
    backend) echo list show probe check ;;
    cache) echo stat prune ;;
    history) echo export import check ;;
    baseline) echo set show list unset ;;
    cassette) echo verify list ;;
    cloud) echo list sweep ;;
    image) echo show ;;
    list) echo studies estimators charts metrics ;;
    help) echo run estimate chart index cite trace calc explain plan thresholds dataset \
        ingest backend cache cassette cloud embed image score merge synth record history \
        baseline compare gate dashboard bundle verify list ;;
    esac
}

_misid() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]-} words

    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        words='run estimate chart index cite trace calc explain plan thresholds dataset
            ingest backend cache cassette cloud embed image score merge synth record history
            baseline compare gate dashboard bundle verify list help version'
    elif [ "${word:0:1}" = - ]; then
        words=$(_misid_options "$command")
    elif [ "$before" = --dataset ]; then
        words=$(misid dataset list 2>/dev/null | awk '/^[a-z0-9]/ { print $1 }')
    elif [ "$COMP_CWORD" -eq 2 ]; then
        words=$(_misid_words "$command")
    fi
    if [ -n "${words-}" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    fi
    if [ ${#COMPREPLY[@]} -eq 0 ]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -F _misid misid
