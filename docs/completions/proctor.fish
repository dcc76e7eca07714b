# fish completion for proctor(1).

# True until the traced command begins.
function __proctor_in_options
    set -l words (commandline -opc)
    set -e words[1]
    if test "$words[1]" = agent
        set -e words[1]
    end
    set -l skip 0
    for word in $words
        if test $skip = 1
            set skip 0
        else if contains -- $word -e -E -o -P -S -U -O -X -a -s -u
            set skip 1
        else if not string match -q -- '-*' $word
            return 1
        end
    end
    return 0
end

function __proctor_lists
    set -l done (string match -r -- '^(?:trace=|!)?(?:.*,)?' (commandline -ct))
    for word in $argv
        echo $done$word
    end
end

set -l classes %file %desc %network %process %memory %signal %ipc %creds %clock %stat %lstat %fstat %%stat \
    %statfs %fstatfs %%statfs %pure all none
set -l columns time-percent total-time min-time max-time avg-time calls errors name wall-total wall-min wall-max wall-avg

complete -c proctor -n 'not __proctor_in_options' -x -a '(__fish_complete_subcommand -e -E -o -P -S -U -O -X -a -s -u)'
complete -c proctor -n __proctor_in_options -x -a '(__fish_complete_command)'
complete -c proctor -n __proctor_in_options -a agent -d 'Serve containers'
complete -c proctor -n __proctor_in_options -a check -d 'Check files of rules'
complete -c proctor -n __proctor_in_options -a profile-wrap -d 'Make a profile for the agent'
complete -c proctor -n '__fish_seen_subcommand_from check profile-wrap' -F
complete -c proctor -n '__fish_seen_subcommand_from profile-wrap' -l listener -r -F -d 'Socket of the agent'
complete -c proctor -n '__fish_seen_subcommand_from profile-wrap' -l metadata -x -d 'listenerMetadata of the profile'
complete -c proctor -n __proctor_in_options -s e -x -a "trace= inject= fault= status= signal= quiet= abbrev= verbose= raw= read= write= (__proctor_lists $classes)" -d 'Which calls'
complete -c proctor -n __proctor_in_options -l trace -x -a "(__proctor_lists $classes)" -d 'Which calls'
complete -c proctor -n __proctor_in_options -s P -l trace-path -r -F -d 'Only calls with this path'
complete -c proctor -n __proctor_in_options -l trace-fds -x -d 'Only calls that use these descriptors'
complete -c proctor -n __proctor_in_options -s z -l successful-only -d 'Only calls that succeed'
complete -c proctor -n __proctor_in_options -s Z -l failed-only -d 'Only calls that fail'
complete -c proctor -n __proctor_in_options -l slower-than -x -d 'Only calls that take longer'
complete -c proctor -n __proctor_in_options -l results -x -a 'auto bpf ptrace none' -d 'Where results come from'
complete -c proctor -n __proctor_in_options -s T -l syscall-times -d 'Time in each call'
complete -c proctor -n __proctor_in_options -s c -l summary-only -d 'Table of calls'
complete -c proctor -n __proctor_in_options -s C -l summary -d 'Table after the trace'
complete -c proctor -n __proctor_in_options -s S -l summary-sort-by -x \
    -a 'time min-time max-time avg-time calls errors name nothing' -d 'Order of the table'
complete -c proctor -n __proctor_in_options -s U -l summary-columns -x -a "(__proctor_lists $columns)" \
    -d 'Columns of the table'
complete -c proctor -n __proctor_in_options -s O -l summary-syscall-overhead -x -d 'Taken off each time'
complete -c proctor -n __proctor_in_options -s w -l summary-wall-clock -d Accepted
complete -c proctor -n __proctor_in_options -s o -l output -r -F -d 'Where the trace goes'
complete -c proctor -n __proctor_in_options -s A -l output-append-mode -d Append
complete -c proctor -n __proctor_in_options -s f -l follow-forks -d 'Accepted; -ff: a file for each thread'
complete -c proctor -n __proctor_in_options -l json -d 'JSON lines'
complete -c proctor -n __proctor_in_options -s s -l string-limit -x -d 'Length of strings'
complete -c proctor -n __proctor_in_options -s v -l no-abbrev -d 'Abbreviate nothing'
complete -c proctor -n __proctor_in_options -s a -l columns -x -d 'Column of results'
complete -c proctor -n __proctor_in_options -s x -d 'Strings in hexadecimal'
complete -c proctor -n __proctor_in_options -s X -l const-print-style -x -a 'raw abbrev verbose' -d Constants
complete -c proctor -n __proctor_in_options -s y -d 'What is behind descriptors'
complete -c proctor -n __proctor_in_options -s t -d 'Time of day'
complete -c proctor -n __proctor_in_options -s r -l relative-timestamps -d 'Relative time'
complete -c proctor -n __proctor_in_options -l absolute-timestamps -d 'Time of day'
complete -c proctor -n __proctor_in_options -l decode-fds -d 'What is behind descriptors'
complete -c proctor -n __proctor_in_options -s Y -l decode-pids -d 'Commands behind process ids'
complete -c proctor -n __proctor_in_options -l pidns-translation -d 'Ids of other PID namespaces in ours'
complete -c proctor -n __proctor_in_options -l quiet -d 'Fewer messages'
complete -c proctor -n __proctor_in_options -l inject -x -a "(__proctor_lists $classes)" -d 'Changes what calls do'
complete -c proctor -n __proctor_in_options -l fault -x -a "(__proctor_lists $classes)" -d 'Makes calls fail'
complete -c proctor -n __proctor_in_options -l signal -x -d 'Signals shown'
complete -c proctor -n __proctor_in_options -l status -x -a 'successful failed unfinished unavailable detached all none' -d 'By how calls ended'
complete -c proctor -n __proctor_in_options -l abbrev -x -a "(__proctor_lists $classes)" -d 'Calls abbreviated'
complete -c proctor -n __proctor_in_options -l verbose -x -a "(__proctor_lists $classes)" -d 'Calls decoded'
complete -c proctor -n __proctor_in_options -l raw -x -a "(__proctor_lists $classes)" -d 'Calls whose arguments are numbers'
complete -c proctor -n __proctor_in_options -l read -x -d 'Descriptors whose data is shown'
complete -c proctor -n __proctor_in_options -l write -x -d 'Descriptors whose data is shown'
complete -c proctor -n __proctor_in_options -l output-separately -d 'A file for each thread'
complete -c proctor -n __proctor_in_options -s k -l stack-trace -d 'Who made each call'
complete -c proctor -n __proctor_in_options -l stack-trace-frame-limit -x -d 'Frames of each stack trace'
complete -c proctor -n __proctor_in_options -s i -l instruction-pointer -d 'Instruction pointer'
complete -c proctor -n __proctor_in_options -s n -l syscall-number -d 'Number of the call'
complete -c proctor -n __proctor_in_options -s N -l arg-names -d 'Names of arguments'
complete -c proctor -n __proctor_in_options -l always-show-pid -d 'Process ids, also of one process'
complete -c proctor -n __proctor_in_options -l strings-in-hex -d 'Strings in hexadecimal'
complete -c proctor -n __proctor_in_options -s q -d 'Fewer messages'
complete -c proctor -n __proctor_in_options -l explain -d 'Which failing calls explain a failure'
complete -c proctor -n __proctor_in_options -l view -x -a 'connections profile systemd rules calls' -d 'A table in place of the trace'
complete -c proctor -n __proctor_in_options -l on-overflow -x -a 'block drop' -d 'When the reader is slow'
complete -c proctor -n __proctor_in_options -l policy -r -F -d Rules
complete -c proctor -n __proctor_in_options -l mode -x -a 'audit enforce' -d 'What rules do'
complete -c proctor -n __proctor_in_options -l strict -d 'Refuse rules that can be raced'
complete -c proctor -n __proctor_in_options -l alerts -r -F -a 'stderr syslog' -d 'Where alerts go'
complete -c proctor -n __proctor_in_options -l fail-on -x -a 'emergency alert critical error warning notice informational debug' -d 'Exit with 3 for such an alert'
complete -c proctor -n __proctor_in_options -l rate-limit -x -d 'Alerts a second'
complete -c proctor -n __proctor_in_options -l log-denied -d 'Report what the kernel would deny by itself'
complete -c proctor -n __proctor_in_options -s E -l env -x -d 'Set or remove a variable'
complete -c proctor -n __proctor_in_options -s u -l user -x -a '(__fish_complete_users)' -d 'Run as user'
complete -c proctor -n __proctor_in_options -l chdir -x -a '(__fish_complete_directories)' -d 'Start there'
complete -c proctor -n __proctor_in_options -l argv0 -x -d 'Name of the program'
complete -c proctor -n __proctor_in_options -l drop-caps -x -a all -d 'Capabilities to drop'
complete -c proctor -n __proctor_in_options -l no-io-uring -d 'io_uring_setup fails'
complete -c proctor -n __proctor_in_options -l format -x -a 'text json' -d 'Format of the trace'
complete -c proctor -n __proctor_in_options -l listen -r -F -d 'Socket of the agent'
complete -c proctor -n __proctor_in_options -l allow-uid -x -d 'User who may hand over containers'
complete -c proctor -n __proctor_in_options -l on-exit -x -a 'continue kill' -d 'What becomes of containers'
complete -c proctor -n __proctor_in_options -l policy-dir -r -F -d 'Policies of single containers'
complete -c proctor -n __proctor_in_options -l metrics -r -F -d 'Where metrics are served'
complete -c proctor -n __proctor_in_options -l workers -x -d 'Threads that answer calls'
complete -c proctor -n __proctor_in_options -l features -d 'What works here'
complete -c proctor -n __proctor_in_options -s h -l help -d Help
complete -c proctor -n __proctor_in_options -s V -l version -d Version
