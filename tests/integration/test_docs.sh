#!/bin/bash
# The help, the manual page and the completions say the same as the program.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# option_lines: the lines of the program's own tables, {"name", 'n', how, and of getopt's, {"name", how. Two may stand in
# one line of source.
option_lines() {
    grep -ohE "\{(NULL|\"[a-z0-9-]+\"), ([^,]+, )?(no|required|optional)_argument" "$source_dir"/supervisor/*.c
}

long_options() {
    option_lines | sed -n 's/^{"\([a-z0-9-]*\)".*/\1/p'
}

short_options() {
    option_lines | sed -n "s/.* '\([A-Za-z]\)', .*/\1/p" | sort -u
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
    [ "$(long_options | wc -l)" -gt 75 ] || fail "the table of long options"
    [ "$(short_options | wc -l)" -gt 35 ] || fail "the string of short options"
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

# documents: what users read.
documents() {
    find "$source_dir/README.md" "$source_dir/SECURITY.md" "$source_dir/docs" "$source_dir/examples" -type f \
        ! -path '*/completions/*'
}

# Those of other programs.
options_of_others=' now privileged security-opt quick report '

test_every_option_that_is_written_about_is_there() {
    local document option
    long_options >options
    while IFS=: read -r document option; do
        option=${option##*--}
        [[ $options_of_others == *" $option "* ]] || grep -qx -- "$option" options ||
            fail "--$option of $document is an option"
    done < <(documents | grep -E '\.(md|1)$' | xargs grep -oHE '(^|[^a-zA-Z0-9-])--[a-z][a-z0-9-]+' | sort -u)
}

# Links between documents, and files of the source that are named.
test_every_file_that_is_written_about_is_there() {
    local document file
    while IFS=: read -r document file; do
        file=${file#"]("}
        [ -e "$(dirname "$document")/$file" ] || fail "the link to $file in $document leads somewhere"
    done < <(documents | xargs grep -oHE '\]\([^):#]+' | sort -u)
    while IFS=: read -r document file; do
        [[ $file =~ NAME|FAMILY ]] || compgen -G "$source_dir/$file*" >/dev/null || fail "$file, which $document names"
    done < <(documents | xargs grep -oHE '\b(supervisor|decode|policy|launcher|tests)/[A-Za-z0-9_./]*[A-Za-z0-9_]' | sort -u)
}

test_commands_have_help() {
    local command
    run "$P" --help
    mv out help
    for command in agent check profile-wrap; do
        run "$P" "$command" --help
        expect_status 0
        expect_same help out
    done
    run "$P" check -h
    expect_same help out
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

# offers SHELL WORD...: what bash or fish offers for the last of proctor's words.
offers() {
    if [ "$1" = bash ]; then
        completes proctor "${@:2}"
        return
    fi
    shift
    command_line="complete proctor $*"
    # shellcheck disable=SC2016 # for the shell within
    fish --no-config -c 'source $argv[1]; complete -C "proctor $argv[2..]"' "$source_dir/docs/completions/proctor.fish" "$@" >out 2>err
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

# Each shell offers the options of proctor's own commands.
test_commands_are_completed() {
    local shell
    : >profile.json
    for shell in bash fish; do
        command -v "$shell" >/dev/null || continue
        offers "$shell" agent --allow
        expect out '^--allow-uid'
        offers "$shell" profile-wrap --lis
        expect out '^--listener'
        offers "$shell" profile-wrap prof
        expect out '^profile.json$'
        offers "$shell" profile-
        expect out '^profile-wrap'
    done
}

test_the_manual_page_has_no_faults() {
    need mandoc
    run mandoc -T lint -W warning "$source_dir/docs/proctor.1"
    expect_status 0
}

run_tests
