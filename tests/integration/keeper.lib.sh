# shellcheck shell=bash
# For tests in which workers die. $keeper is the process that proctor was started as.
keeper=

# has_worker: its process is $worker, the child of the keeper that has its name. The program has another. Nothing is
# started to find it, which takes longer than a worker may live on a busy machine.
has_worker() {
    local children name
    read -r -a children 2>/dev/null <"/proc/$keeper/task/$keeper/children"
    for worker in "${children[@]}"; do
        { read -r name <"/proc/$worker/comm"; } 2>/dev/null && [ "$name" = proctor ] && return
    done
    worker=
    return 1
}

# kill_worker [SIGNAL]: no more than four times in a row within 100 ms of life each, or there is none for a while.
kill_worker() {
    wait_until 'a worker' has_worker
    kill "-${1:-KILL}" "$worker"
    wait_until 'the worker is gone' test ! -e "/proc/$worker"
}
