# bash completion for proctor(1).                                                          -*- shell-script -*-

# Completes the last word of a list: "a,b" up to b.
_proctor_list() {
    local prefix=
    case $cur in
    *,*) prefix=${cur%,*}, ;;
    '!'*) prefix='!' ;;
    esac
    mapfile -t COMPREPLY < <(compgen -P "$prefix" -W "$1" -- "${cur#"$prefix"}")
    compopt -o nospace
}

_proctor_classes='%file %desc %network %process %memory %signal %ipc %creds %clock %stat %lstat %fstat %%stat
    %statfs %fstatfs %%statfs %pure all none'
_proctor_columns='time-percent total-time min-time max-time avg-time calls errors name wall-total wall-min wall-max wall-avg'

# Completes the value of an option; false: it is none that we know.
_proctor_value() {
    case $1 in
    --trace) _proctor_list "$_proctor_classes" ;;
    --results) mapfile -t COMPREPLY < <(compgen -W 'auto bpf ptrace none' -- "$cur") ;;
    --mode) mapfile -t COMPREPLY < <(compgen -W 'audit enforce' -- "$cur") ;;
    --view) mapfile -t COMPREPLY < <(compgen -W 'connections profile systemd rules calls' -- "$cur") ;;
    --on-exit) mapfile -t COMPREPLY < <(compgen -W 'continue kill' -- "$cur") ;;
    --format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$cur") ;;
    --fail-on) mapfile -t COMPREPLY < <(compgen -W 'emergency alert critical error warning notice informational debug' -- "$cur") ;;
    --on-overflow) mapfile -t COMPREPLY < <(compgen -W 'block drop' -- "$cur") ;;
    -X | --const-print-style) mapfile -t COMPREPLY < <(compgen -W 'raw abbrev verbose' -- "$cur") ;;
    -S | --summary-sort-by)
        mapfile -t COMPREPLY < <(
            compgen -W 'time min-time max-time avg-time calls errors name nothing' -- "$cur"
        )
        ;;
    -U | --summary-columns) _proctor_list "$_proctor_columns" ;;
    --absolute-timestamps) _proctor_list 'time unix none s ms us ns' ;;
    --relative-timestamps | --syscall-times) mapfile -t COMPREPLY < <(compgen -W 's ms us ns' -- "$cur") ;;
    --decode-fds) _proctor_list 'path socket dev pidfd signalfd eventfd all none' ;;
    --strings-in-hex) mapfile -t COMPREPLY < <(compgen -W 'non-ascii-chars non-ascii all none' -- "$cur") ;;
    --decode-pids) _proctor_list 'comm pidns all none' ;;
    --quiet) _proctor_list 'attach exit thread-execve path-resolution personality all none' ;;
    --status) _proctor_list 'successful failed unfinished unavailable detached all none' ;;
    --signal) mapfile -t COMPREPLY < <(compgen -A signal -- "$cur") ;;
    --abbrev | --verbose | --raw | --inject | --fault) _proctor_list "$_proctor_classes" ;;
    -u | --user) mapfile -t COMPREPLY < <(compgen -u -- "$cur") ;;
    -E | --env) mapfile -t COMPREPLY < <(compgen -v -- "$cur") ;;
    --chdir) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    -o | --output | -P | --trace-path | --policy | --alerts | --listen)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        ;;
    --drop-caps) _proctor_list 'all' ;;
    -s | --string-limit | -a | --columns | -O | --summary-syscall-overhead | --slower-than | --workers | --argv0 | \
        --allow-uid | --read | --write) ;;
    *) return 1 ;;
    esac
}

# bash cuts words at = unless it is told not to, so that --mode=enf is three words: --mode, = and enf.
_proctor_option_value() {
    local before=${COMP_WORDS[COMP_CWORD - 1]} option
    if [[ $cur == = ]]; then
        cur=
        option=$before
    elif [[ $before == = ]] && ((COMP_CWORD > 1)); then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    else
        option=$before
    fi
    if [[ $option == -e ]]; then
        if [[ $before == = || ${COMP_WORDS[COMP_CWORD]} == = ]]; then
            return 1
        fi
        _proctor_list "trace= inject= fault= status= signal= quiet= abbrev= verbose= raw= read= write= $_proctor_classes"
        return 0
    fi
    case $option in
    trace | inject | fault | status | signal | quiet | abbrev | verbose | raw) _proctor_value "--$option" ;;
    *) _proctor_value "$option" ;;
    esac
}

# Where the traced command begins; 0: not yet. The agent's options are those of programs.
_proctor_command_at() {
    local i=1 word
    if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} == agent ]]; then
        i=2
    fi
    while ((i < COMP_CWORD)); do
        word=${COMP_WORDS[i]}
        case $word in
        --) ((i + 1)) && echo $((i + 1)) && return ;;
        --*)
            if [[ ${COMP_WORDS[i + 1]-} == = ]]; then
                ((i += 3))
            else
                case $word in
                --json | --strict | --log-denied | --no-io-uring | --features | --help | --version | --summary | --summary-only | \
                    --summary-wall-clock | --successful-only | --failed-only | --syscall-times | --no-abbrev | \
                    --follow-forks | --output-append-mode | --instruction-pointer | --syscall-number | --arg-names | \
                    --always-show-pid | --strings-in-hex | \
                    --absolute-timestamps | --relative-timestamps | --stack-trace | --decode-fds | --decode-pids | --quiet | \
                    --output-separately) ((i += 1)) ;;
                *) ((i += 2)) ;;
                esac
            fi
            ;;
        -[eEoPSUOXasu])
            ((i += 2))
            while [[ ${COMP_WORDS[i]-} == = ]]; do ((i += 2)); done # -e trace = open
            ;;
        -*) ((i += 1)) ;;
        *) echo "$i" && return ;;
        esac
    done
    echo 0
}

_proctor() {
    local cur=${COMP_WORDS[COMP_CWORD]} at
    COMPREPLY=()
    at=$(_proctor_command_at)
    if ((at == 1)) && [[ ${COMP_WORDS[at]} == profile-wrap && $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--trace --listener --metadata' -- "$cur")
    elif ((at == 1)) && [[ ${COMP_WORDS[at]} == check || ${COMP_WORDS[at]} == profile-wrap ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    elif ((at)); then
        # What is left is a command line of its own.
        if declare -F _command_offset >/dev/null; then
            _command_offset "$at"
        elif ((at == COMP_CWORD)); then
            mapfile -t COMPREPLY < <(compgen -c -- "$cur")
        else
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        fi
    elif _proctor_option_value; then
        return
    elif [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '-e -P -z -Z -T -c -C -S -U -O -w -o -A -f -ff -s -v -a -x -xx -X -y -yy -Y
            -t -tt -ttt -r -i -k -kk -n -N -q -qq -E -u -h -V --trace --trace-path --trace-fds --slower-than --successful-only
            --failed-only --results --syscall-times --summary-only --summary --summary-sort-by --summary-columns
            --summary-syscall-overhead --summary-wall-clock --output --output-append-mode --follow-forks --json
            --string-limit --no-abbrev --columns --const-print-style --instruction-pointer --syscall-number --arg-names
            --always-show-pid --strings-in-hex --stack-trace
            --stack-trace-frame-limit
            --explain --view --on-overflow --policy --mode --strict --alerts --fail-on --rate-limit --log-denied --env --user --chdir --argv0 --drop-caps --no-io-uring
            --format --listen --allow-uid --on-exit --policy-dir --metrics --workers --absolute-timestamps --relative-timestamps
            --decode-fds --decode-pids --pidns-translation --quiet --inject --fault --signal --status --abbrev --verbose --raw --read --write --output-separately
            --features --help --version' -- "$cur")
    else
        mapfile -t COMPREPLY < <(compgen -c -- "$cur"; ((COMP_CWORD == 1)) && compgen -W "agent check profile-wrap" -- "$cur")
    fi
}

complete -F _proctor proctor
