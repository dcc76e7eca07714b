/* System V shared memory, semaphores and message queues. */
#ifndef PROCTOR_DECODE_KINDS_SYSVIPC_H
#define PROCTOR_DECODE_KINDS_SYSVIPC_H

#include "decode/decoder.h"

extern const struct kind kind_ipc_key;   /* IPC_PRIVATE or a number */
extern const struct kind kind_ipc_flags; /* IPC_CREAT|0600: semget, msgget */
extern const struct kind kind_shm_get_flags;
extern const struct kind kind_shm_at_flags;
extern const struct kind kind_shm_command, kind_sem_command, kind_msg_command;
/* The structure that the command before it takes: read (IPC_SET) or filled (IPC_STAT, ...). */
extern const struct kind kind_shm_buffer, kind_sem_buffer, kind_msg_buffer;
extern const struct kind kind_sembufs;                    /* an array; its length is the next argument */
extern const struct kind kind_msgbuf_in, kind_msgbuf_out; /* the next argument is the size of its text */
extern const struct kind kind_sysv_msg_flags;
extern const struct kind kind_ipc_call; /* i386: which call the multiplexer stands for */

#endif
