/*
 * How many descriptors we may have. What the user's shell allows is for the program; the BPF program's parts,
 * listeners and the processes that are watched take more than a small limit has room for.
 */
#ifndef PROCTOR_LAUNCHER_LIMITS_H
#define PROCTOR_LAUNCHER_LIMITS_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

/* Takes as many as the hard limit allows. *before: what RLIMIT_NOFILE was. */
void limits_raise(struct rlimit *before);

/* Gives them to a process that has inherited ours, and still runs as we do. False: see errno. */
bool limits_give_back(pid_t pid, const struct rlimit *before);

/* Whether `count` more descriptors can be had, which are few: one at least. */
bool limits_leave(unsigned count);

#endif
