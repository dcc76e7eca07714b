/* Futexes, System V and POSIX IPC, keys: at entry and at exit, over good and hostile memory. */
#include "tests/unit/fresh_target.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/keyctl.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

enum { UNMAPPED = 0x1000 };

START_TEST(futex_arguments_depend_on_the_operation)
{
    int64_t time[2] = {1, 5};
    uint64_t at = unit_put(&target, 0, time, sizeof(time));
    ck_assert_str_eq(unit_exit(&target, CALL_futex, 0, at, FUTEX_WAIT_PRIVATE, 2, 0, 9, 9),
                     "futex(0x10000, FUTEX_WAIT_PRIVATE, 2, NULL) = 0");
    ck_assert_str_eq(unit_entry(&target, CALL_futex, at, FUTEX_WAKE, 1, 9, 9, 9),
                     "futex(0x10000, FUTEX_WAKE, 1) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_futex, at,
                                FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME, 2, at, 0, ~0U),
                     "futex(0x10000, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 2, {tv_sec=1, "
                     "tv_nsec=5}, FUTEX_BITSET_MATCH_ANY) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_futex, at, FUTEX_CMP_REQUEUE, 1, 2, at, 7),
                     "futex(0x10000, FUTEX_CMP_REQUEUE, 1, 2, 0x10000, 7) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_futex, at, FUTEX_WAKE_OP, 1, 2, at, 0x14003001),
                     "futex(0x10000, FUTEX_WAKE_OP, 1, 2, 0x10000, "
                     "FUTEX_OP_ADD<<28|0x3<<12|FUTEX_OP_CMP_GT<<24|0x1) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_futex, at, FUTEX_UNLOCK_PI, 1, 2, 3, 4),
                     "futex(0x10000, FUTEX_UNLOCK_PI) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_futex, at, 99, 1, 2, 3, 4),
                     "futex(0x10000, 0x63 /* FUTEX_??? */, 1, 0x2, 0x3, 0x4) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_futex, at, FUTEX_WAIT, 1, UNMAPPED),
                     "futex(0x10000, FUTEX_WAIT, 1, 0x1000) = ?");
}
END_TEST

START_TEST(futex_times_of_i386)
{
    int32_t time[4] = {1, 0, 5, 0};
    uint64_t at = unit_put(&target, 0, time, sizeof(time));
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_entry(&target, CALL_futex_time64, at, FUTEX_WAIT, 2, at),
                     "futex_time64(0x10000, FUTEX_WAIT, 2, {tv_sec=1, tv_nsec=5}) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_futex, at, FUTEX_WAIT, 2, at),
                     "futex(0x10000, FUTEX_WAIT, 2, {tv_sec=1, tv_nsec=0}) = ?");
}
END_TEST

START_TEST(new_futex_calls)
{
    uint64_t waiters[6] = {7, 0x2000, 0x82, 8, 0, 2};
    uint64_t at = unit_put(&target, 0, waiters, sizeof(waiters));
    ck_assert_str_eq(unit_entry(&target, CALL_futex_waitv, at, 2, 0, 0, 1),
                     "futex_waitv([{val=0x7, uaddr=0x2000, flags=FUTEX2_SIZE_U32|FUTEX2_PRIVATE}, {val=0x8, "
                     "uaddr=NULL, flags=FUTEX2_SIZE_U32}], 2, 0, NULL, CLOCK_MONOTONIC) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_futex_wake, at, 0xffffffff, 1, 2),
                     "futex_wake(0x10000, FUTEX_BITSET_MATCH_ANY, 1, FUTEX2_SIZE_U32) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_futex_requeue, UNMAPPED, 0, 1, -1UL),
                     "futex_requeue(0x1000, 0, 1, -1) = ?");
}
END_TEST

START_TEST(robust_lists)
{
    uint64_t words[2] = {0x7000, 24};
    uint64_t at = unit_put(&target, 0, words, sizeof(words));
    ck_assert_str_eq(unit_exit(&target, CALL_get_robust_list, 0, 0, at, at + 8),
                     "get_robust_list(0, [0x7000], [24]) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_get_robust_list, -3, 9, at, at + 8),
                     "get_robust_list(9, 0x10000, 0x10008) = -1 ESRCH (No such process)");
}
END_TEST

START_TEST(shared_memory)
{
    uint64_t ds[14] = {0};
    uint32_t *perm = (void *)ds;
    perm[0] = 0x1234;
    perm[5] = 0600;
    ds[6] = 4096;
    uint64_t at = unit_put(&target, 0, ds, sizeof(ds));
    ck_assert_str_eq(unit_exit(&target, CALL_shmget, 5, IPC_PRIVATE, 4096, IPC_CREAT | 0600),
                     "shmget(IPC_PRIVATE, 4096, IPC_CREAT|0600) = 5");
    ck_assert_str_eq(unit_entry(&target, CALL_shmget, 0x10, 1, 0), "shmget(0x10, 1, 000) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_shmget, 0x10, 1, SHM_HUGETLB | 21 << 26 | 0644),
                     "shmget(0x10, 1, SHM_HUGETLB|21<<SHM_HUGE_SHIFT|0644) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_shmat, 0x7000, 5, 0, SHM_RDONLY),
                     "shmat(5, NULL, SHM_RDONLY) = 0x7000");
    ck_assert_str_eq(unit_entry(&target, CALL_shmctl, 5, IPC_STAT, at), "shmctl(5, IPC_STAT, 0x10000) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_shmctl, 0, 5, IPC_STAT, at),
                     "shmctl(5, IPC_STAT, {shm_perm={uid=0, gid=0, mode=0600, key=4660, cuid=0, cgid=0}, "
                     "shm_segsz=4096, shm_cpid=0, shm_lpid=0, shm_nattch=0, shm_atime=0, shm_dtime=0, "
                     "shm_ctime=0}) = 0");
    ck_assert_str_eq(unit_entry(&target, CALL_shmctl, 5, IPC_SET, at),
                     "shmctl(5, IPC_SET, {shm_perm={uid=0, gid=0, mode=0600}}) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_shmctl, 0, 5, IPC_STAT, UNMAPPED),
                     "shmctl(5, IPC_STAT, 0x1000) = 0");
    ck_assert_str_eq(unit_entry(&target, CALL_shmctl, 5, 0x100 | IPC_RMID, 0),
                     "shmctl(5, IPC_64|IPC_RMID, NULL) = ?");
}
END_TEST

START_TEST(shared_memory_of_i386)
{
    uint32_t ds[21] = {[5] = 0600, [9] = 4096, [10] = 1, [11] = 1, [16] = 7};
    uint64_t at = unit_put(&target, 0, ds, sizeof(ds));
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_exit(&target, CALL_shmctl, 0, 5, IPC_STAT, at),
                     "shmctl(5, IPC_STAT, {shm_perm={uid=0, gid=0, mode=0600, key=0, cuid=0, cgid=0}, "
                     "shm_segsz=4096, shm_cpid=7, shm_lpid=0, shm_nattch=0, shm_atime=4294967297, "
                     "shm_dtime=0, shm_ctime=0}) = 0");
}
END_TEST

START_TEST(semaphores)
{
    struct sembuf ops[2] = {{0, -1, IPC_NOWAIT}, {1, 2, SEM_UNDO}};
    uint64_t at = unit_put(&target, 0, ops, sizeof(ops));
    ck_assert_str_eq(unit_entry(&target, CALL_semop, 5, at, 2),
                     "semop(5, [{sem_num=0, sem_op=-1, sem_flg=IPC_NOWAIT}, {sem_num=1, sem_op=2, "
                     "sem_flg=SEM_UNDO}], 2) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_semtimedop, 5, UNMAPPED, ~0UL, 0),
                     "semtimedop(5, 0x1000, 4294967295, NULL) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_semctl, 5, 1, SETVAL, 7), "semctl(5, 1, SETVAL, 0x7) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_semget, 0, 3, IPC_CREAT | IPC_EXCL | 0600),
                     "semget(IPC_PRIVATE, 3, IPC_CREAT|IPC_EXCL|0600) = ?");
}
END_TEST

START_TEST(messages)
{
    struct {
        int64_t type;
        char text[8];
    } message = {5, "hello"};
    uint64_t at = unit_put(&target, 0, &message, sizeof(message));
    ck_assert_str_eq(unit_entry(&target, CALL_msgsnd, 1, at, 5, IPC_NOWAIT),
                     "msgsnd(1, {mtype=5, mtext=\"hello\"}, 5, IPC_NOWAIT) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_msgrcv, 5, 1, at, 64, -3UL, MSG_NOERROR),
                     "msgrcv(1, {mtype=5, mtext=\"hello\"}, 64, -3, MSG_NOERROR) = 5");
    ck_assert_str_eq(unit_exit(&target, CALL_msgrcv, -42, 1, at, 64, 0, 0),
                     "msgrcv(1, 0x10000, 64, 0, 0) = -1 ENOMSG (No message of desired type)");
    ck_assert_str_eq(unit_entry(&target, CALL_msgsnd, 1, at, UINT64_MAX, 0),
                     "msgsnd(1, {mtype=5, mtext=\"hello\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0"
                     "\\0\\0\\0\\0\\0\\0\\0\\0\\0\"...}, 18446744073709551615, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_msgsnd, 1, UNIT_BASE + UNIT_SIZE - 4, 5, 0),
                     "msgsnd(1, 0x13ffc, 5, 0) = ?");
}
END_TEST

START_TEST(posix_queues)
{
    int64_t attr[8] = {O_NONBLOCK, 5, 100, 1};
    uint64_t name = unit_put(&target, 0, "queue", 6);
    uint64_t at = unit_put(&target, 0x100, attr, sizeof(attr));
    uint32_t priority = 3;
    uint64_t number = unit_put(&target, 0x200, &priority, sizeof(priority));
    ck_assert_str_eq(unit_exit(&target, CALL_mq_open, 3, name, O_CREAT | O_RDWR, 0600, at),
                     "mq_open(\"queue\", O_RDWR|O_CREAT, 0600, {mq_flags=0x800, mq_maxmsg=5, mq_msgsize=100, "
                     "mq_curmsgs=1}) = 3");
    ck_assert_str_eq(unit_entry(&target, CALL_mq_open, name, O_RDONLY, 1, 2),
                     "mq_open(\"queue\", O_RDONLY) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_mq_timedreceive, 5, 3, name, 100, number, 0),
                     "mq_timedreceive(3, \"queue\", 100, [3], NULL) = 5");
    ck_assert_str_eq(unit_exit(&target, CALL_mq_getsetattr, 0, 3, 0, at),
                     "mq_getsetattr(3, NULL, {mq_flags=O_NONBLOCK, mq_maxmsg=5, mq_msgsize=100, "
                     "mq_curmsgs=1}) = 0");
}
END_TEST

START_TEST(keys)
{
    uint64_t text = unit_put(&target, 0, "user\0desc", 10);
    uint64_t buffer = unit_put(&target, 0x100, "keyring;0;0;3f;x", 17);
    ck_assert_str_eq(unit_exit(&target, CALL_add_key, 77, text, text + 5, text, 3, (uint64_t)-2),
                     "add_key(\"user\", \"desc\", \"use\", 3, KEY_SPEC_PROCESS_KEYRING) = 77");
    ck_assert_str_eq(unit_entry(&target, CALL_request_key, text, text + 5, 0, 1234),
                     "request_key(\"user\", \"desc\", NULL, 1234) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_keyctl, KEYCTL_DESCRIBE, 5, buffer, 100),
                     "keyctl(KEYCTL_DESCRIBE, 5, 0x10100, 100) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_keyctl, 17, KEYCTL_DESCRIBE, 5, buffer, 100),
                     "keyctl(KEYCTL_DESCRIBE, 5, \"keyring;0;0;3f;x\", 100) = 17");
    /* The result is what it would take, not what fits. */
    ck_assert_str_eq(unit_exit(&target, CALL_keyctl, 17, KEYCTL_DESCRIBE, 5, buffer, 3),
                     "keyctl(KEYCTL_DESCRIBE, 5, \"key\", 3) = 17");
    ck_assert_str_eq(unit_exit(&target, CALL_keyctl, -126, KEYCTL_READ, 5, buffer, 3),
                     "keyctl(KEYCTL_READ, 5, 0x10100, 3) = -1 ENOKEY (Required key not available)");
    ck_assert_str_eq(unit_entry(&target, CALL_keyctl, KEYCTL_SETPERM, 5, 0x3f000001),
                     "keyctl(KEYCTL_SETPERM, 5, "
                     "KEY_POS_VIEW|KEY_POS_READ|KEY_POS_WRITE|KEY_POS_SEARCH|KEY_POS_LINK|KEY_POS_SETATTR|"
                     "KEY_OTH_VIEW) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_keyctl, KEYCTL_SESSION_TO_PARENT, 1, 2),
                     "keyctl(KEYCTL_SESSION_TO_PARENT) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_keyctl, KEYCTL_REJECT, 5, 60, 126, 0),
                     "keyctl(KEYCTL_REJECT, 5, 60, ENOKEY, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_keyctl, 99, 1, 2, 3, 4),
                     "keyctl(0x63 /* KEYCTL_??? */, 0x1, 0x2, 0x3, 0x4) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_keyctl, KEYCTL_PKEY_VERIFY, UNMAPPED, text, text, text),
                     "keyctl(KEYCTL_PKEY_VERIFY, 0x1000, \"user\", 0x10000, 0x10000) = ?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ipc");
    TCase *tc = tcase_create("ipc");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, futex_arguments_depend_on_the_operation);
    tcase_add_test(tc, futex_times_of_i386);
    tcase_add_test(tc, new_futex_calls);
    tcase_add_test(tc, robust_lists);
    tcase_add_test(tc, shared_memory);
    tcase_add_test(tc, shared_memory_of_i386);
    tcase_add_test(tc, semaphores);
    tcase_add_test(tc, messages);
    tcase_add_test(tc, posix_queues);
    tcase_add_test(tc, keys);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
