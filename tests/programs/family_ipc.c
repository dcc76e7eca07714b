/* Calls of decode/calls/ipc.def but those of keys, with queues of its own. */
#include "family.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/rseq.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

static char page[4096];
static const struct timespec none = {0, 0}, past = {1, 0}, wrong = {0, -1};

static void messages(void)
{
    struct {
        long type;
        char text[8];
    } message = {3, "hello"};
    struct msqid_ds about;
    struct msginfo info;
    int id = (int)DO(msgget, IPC_PRIVATE, IPC_CREAT | 0600);
    DO(msgget, 0x1234, 0);
    DO(msgsnd, id, &message, 5UL, IPC_NOWAIT);
    DO(msgsnd, id, &message, -1L, 0);
    DO(msgctl, id, IPC_STAT, &about);
    DO(msgctl, id, IPC_SET, &about);
    DO(msgctl, 0, IPC_INFO, &info);
    DO(msgctl, 0, MSG_INFO, &info);
    DO(msgrcv, id, page, 100UL, 3L, MSG_NOERROR | IPC_NOWAIT);
    DO(msgrcv, id, page, 100UL, -5L, IPC_NOWAIT);
    DO(msgctl, id, IPC_RMID, NULL);
    DO(msgctl, id, 77, page);
}

static void semaphores(void)
{
    struct sembuf up = {0, 2, IPC_NOWAIT | SEM_UNDO}, down = {1, -1, IPC_NOWAIT};
    struct semid_ds about;
    unsigned short values[2] = {5, 6};
    int id = (int)DO(semget, IPC_PRIVATE, 2, IPC_CREAT | 0600);
    DO(semget, 0x1234, 1, IPC_EXCL);
    DO(semctl, id, 0, SETVAL, 3);
    DO(semctl, id, 0, GETVAL);
    DO(semctl, id, 0, SETALL, values);
    DO(semctl, id, 0, GETALL, values);
    DO(semctl, id, 0, IPC_STAT, &about);
    DO(semctl, id, 0, GETPID);
    DO(semctl, 0, 0, SEM_INFO, page);
    DO(semop, id, &up, 1);
    DO(semop, id, (&(struct sembuf){0, -100, IPC_NOWAIT}), 1);
    DO(semop, id, WILD, 3);
    DO(semtimedop, id, &down, 1, &none);
    DO(semtimedop, id, (&(struct sembuf){0, -100, 0}), 1, &wrong);
    DO(semctl, id, 0, IPC_RMID);
    DO(semctl, id, 5, 77, page);
}

static void shared_memory(void)
{
    struct shmid_ds about;
    int id = (int)DO(shmget, IPC_PRIVATE, 4096UL, IPC_CREAT | 0600);
    DO(shmget, 0x1234, 1UL << 60, SHM_HUGETLB | 21 << 26 | SHM_NORESERVE);
    void *at = (void *)DO(shmat, id, NULL, SHM_RDONLY);
    DO(shmat, id, (char *)WILD + 1, SHM_EXEC | SHM_REMAP);
    DO(shmctl, id, IPC_STAT, &about);
    DO(shmctl, id, IPC_SET, &about);
    DO(shmctl, 0, SHM_INFO, page);
    DO(shmctl, id, SHM_LOCK, NULL);
    DO(shmdt, at);
    DO(shmdt, WILD);
    DO(shmctl, id, IPC_RMID, NULL);
    DO(shmctl, id, IPC_STAT, &about);
}

static void posix_queues(void)
{
    struct mq_attr attr = {0, 4, 64, 0, {0}}, old;
    unsigned priority;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    int queue = (int)DO(mq_open, "queue", O_RDWR | O_CREAT | O_NONBLOCK, 0600, &attr);
    DO(mq_open, "none", O_RDONLY, 0, NULL);
    DO(mq_timedsend, queue, "message", 7UL, 5, NULL);
    DO(mq_timedsend, queue, "message", 700UL, 5, &past);
    DO(mq_getsetattr, queue, NULL, &old);
    DO(mq_getsetattr, queue, &attr, &old);
    attr.mq_flags = 5;
    DO(mq_getsetattr, queue, &attr, &old);
    DO(mq_timedreceive, queue, page, sizeof page, &priority, NULL);
    DO(mq_timedreceive, queue, page, 3UL, &priority, &past);
    DO(mq_notify, queue, &event);
    DO(mq_notify, queue, NULL);
    DO(mq_notify, CLOSED, &event);
    DO(mq_unlink, "queue");
    DO(mq_unlink, "queue");
    DO(close, queue);
}

static void futexes(void)
{
    static uint32_t word, other;
    struct futex_waitv waiters[2] = {{.uaddr = (uintptr_t)&word, .val = 1, .flags = FUTEX_32},
                                     {.uaddr = (uintptr_t)&other, .flags = FUTEX_32 | FUTEX_PRIVATE_FLAG}};
    struct robust_list_head *head;
    size_t size;
    static struct rseq area __attribute__((aligned(32)));
    DO(futex, &word, FUTEX_WAKE_PRIVATE, 1);
    DO(futex, &word, FUTEX_WAIT, 1, NULL);
    DO(futex, &word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, &none);
    DO(futex, &word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &past, NULL, -1);
    DO(futex, &word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 3);
    DO(futex, &word, FUTEX_REQUEUE, 1, 2L, &other);
    DO(futex, &word, FUTEX_CMP_REQUEUE, 1, 2L, &other, 5);
    DO(futex, &word, FUTEX_WAKE_OP, 1, 2L, &other, FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_LT, 4));
    DO(futex, &word, FUTEX_TRYLOCK_PI);
    DO(futex, &word, FUTEX_UNLOCK_PI);
    DO(futex, &word, FUTEX_LOCK_PI, 0, &wrong);
    DO(futex, &word, 77, 5, &none, &other, 6);
    word = 0;
    DO(futex_waitv, waiters, 2, 0, &none, 1);
    DO(futex_waitv, waiters, 200, 1, &wrong, 5);
    DO(set_robust_list, &word, 24UL);
    DO(set_robust_list, &word, 1UL);
    DO(get_robust_list, 0, &head, &size);
    DO(get_robust_list, -5, &head, &size);
    DO(rseq, &area, sizeof area, 0, 0x53053053);
    DO(rseq, &area, sizeof area, 1, 0x53053053);
    DO(rseq, WILD, 3, 4, 5);
}

static void make_calls(void)
{
    be_alone();
    messages();
    semaphores();
    shared_memory();
    posix_queues();
    futexes();
}
