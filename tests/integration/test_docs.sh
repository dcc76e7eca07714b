#!/bin/bash
# The help, the manual page and the completions say the same as the program.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# long_options: those of the program's own table.
long_options() {
    sed -n 's/^    {"\([a-z0-9-]*\)", .*/\1/p' "$source_dir"/supervisor/options_*.c
}

short_options() {
    sed -nE "s/^    \{(NULL|\"[a-z0-9-]*\"), '([A-Za-z])', .*/\2/p" "$source_dir"/supervisor/options_*.c | sort -u
}

test_help_fits_a_screen() {
    run "$P" --help
    expect_status 0
    [ "$(wc -l <out)" -le 40 ] || fail "at most 40 lines" out
    if grep -E '.{101}' out; then
        fail "no line beyond 100 columns" out
    fi
}

# What a completion does not offer: what is refused or changes nothing, and second names. -F is an old name for -f.
not_offered=' attach detach-on daemonize stack-traces timestamps silent silence seccomp-bpf
    interruptible p b D I F '

test_every_option_is_in_the_manual_and_the_completions() {
    local option docs=$source_dir/docs
    [ "$(long_options | wc -l)" -gt 30 ] || fail "the table of long options"
    [ "$(short_options | wc -l)" -gt 25 ] || fail "the string of short options"
    for option in $(long_options); do
        grep -qE -- "Fl -$option\b" "$docs/proctor.1" || fail "--$option in the manual page"
        [[ $not_offered == *[[:space:]]${option}[[:space:]]* ]] && continue
        grep -qE -- "--$option\b" "$docs/completions/proctor.bash" || fail "--$option in bash's completion"
        grep -qE -- "--$option\b" "$docs/completions/_proctor" || fail "--$option in zsh's completion"
        grep -qE -- "-l $option\b" "$docs/completions/proctor.fish" || fail "--$option in fish's completion"
    done
    for option in $(short_options); do
        [[ $not_offered == *[[:space:]]${option}[[:space:]]* ]] && continue
        grep -qE -- "Fl $option\b" "$docs/proctor.1" || fail "-$option in the manual page"
        grep -qE -- " -$option\b" "$docs/completions/proctor.bash" || fail "-$option in bash's completion"
        grep -qE -- "-$option\b" "$docs/completions/_proctor" || fail "-$option in zsh's completion"
        grep -qE -- "-s $option\b" "$docs/completions/proctor.fish" || fail "-$option in fish's completion"
    done
}

# completes WORD...: what bash offers for the last word, in the file out. Words as bash cuts them.
completes() {
    command_line="complete $*"
    # shellcheck disable=SC2016 # for the shell within
    bash --norc -c '
        compopt() { :; }
        . "$1"
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _proctor
        printf "%s\n" "${COMPREPLY[@]}"' bash "$source_dir/docs/completions/proctor.bash" "$@" >out 2>err
    [ ! -s err ] || fail "no message" err
}

test_bash_completes_options_and_values() {
    completes proctor --slo
    expect out '^--slower-than$'
    completes proctor --mode = enf
    expect out '^enforce$'
    completes proctor --mode =
    expect out '^audit$' '^enforce$'
    completes proctor --results pt
    expect out '^ptrace$'
    completes proctor -e trace = %net
    expect out '^%network$'
    completes proctor -e status = successful,fa
    expect out '^successful,failed$'
    completes proctor -e '!%fi'
    expect out '^!%file$'
    completes proctor -U calls,err
    expect out '^calls,errors$'
}

test_bash_completes_the_command_and_its_arguments() {
    : >rules.yaml
    completes proctor -f -o trace -e trace = open --json tru
    expect out '^true$'
    completes proctor -- tru
    expect out '^true$'
    completes proctor cat rul
    expect out '^rules.yaml$'
    completes proctor check rul
    expect out '^rules.yaml$'
    completes proctor --policy rul
    expect out '^rules.yaml$'
    completes proctor -o trace ls --resu
    expect_no out 'results'
}

test_the_manual_page_has_no_faults() {
    need mandoc
    run mandoc -T lint -W warning "$source_dir/docs/proctor.1"
    expect_status 0
}

run_tests
