/* Kinds of execve and execveat: what a program is started with. */
#ifndef PROCTOR_DECODE_KINDS_EXEC_H
#define PROCTOR_DECODE_KINDS_EXEC_H

#include "decode/decoder.h"

extern const struct kind kind_argv; /* ["date", "-u"] */
extern const struct kind kind_envp; /* the address and how many there are; all of them with -v */
extern const struct kind kind_execveat_flags;

#endif
