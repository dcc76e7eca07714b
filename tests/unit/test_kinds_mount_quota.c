/* Quotas: the command rules what the other arguments are, and when they are known. */
#include "tests/unit/fresh_target.h"

#include <linux/quota.h>

static uint64_t command(uint32_t cmd, uint32_t type)
{
    return QCMD(cmd, type);
}

START_TEST(commands_and_types)
{
    uint64_t path = unit_put(&target, 0, "/dev/sda1", 10);
    ck_assert_str_eq(unit_entry(&target, CALL_quotactl, command(Q_SYNC, USRQUOTA), path, 1, 2),
                     "quotactl(QCMD(Q_SYNC, USRQUOTA), \"/dev/sda1\") = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_quotactl, command(Q_QUOTAON, GRPQUOTA), path, 2, path),
                     "quotactl(QCMD(Q_QUOTAON, GRPQUOTA), \"/dev/sda1\", QFMT_VFS_V0, \"/dev/sda1\") = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_quotactl, command(0x777777, 9), path, 0xffffffff, path),
                     "quotactl(QCMD(0x777777 /* Q_??? */, 0x9 /* ???QUOTA */), \"/dev/sda1\", -1, 0x10000) = "
                     "?");
}
END_TEST

START_TEST(limits_out_and_in)
{
    const uint64_t limits[] = {1, 2, 3, 4, 5, 6, 7, 8, 0x3f};
    uint64_t at = unit_put(&target, 16, limits, sizeof(limits));
    ck_assert_str_eq(unit_entry(&target, CALL_quotactl, command(Q_GETQUOTA, 0), 0, 1000, at),
                     "quotactl(QCMD(Q_GETQUOTA, USRQUOTA), NULL, 1000, 0x10010) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_quotactl, 0, command(Q_GETQUOTA, 0), 0, 1000, at),
                     "quotactl(QCMD(Q_GETQUOTA, USRQUOTA), NULL, 1000, {dqb_bhardlimit=1, dqb_bsoftlimit=2, "
                     "dqb_curspace=3, dqb_ihardlimit=4, dqb_isoftlimit=5, dqb_curinodes=6, ...}) = 0");
    ck_assert_str_eq(
        unit_exit(&target, CALL_quotactl, -3, command(Q_GETQUOTA, 0), 0, 1000, at),
        "quotactl(QCMD(Q_GETQUOTA, USRQUOTA), NULL, 1000, 0x10010) = -1 ESRCH (No such process)");
    target.options.verbose = true;
    ck_assert_str_eq(unit_entry(&target, CALL_quotactl_fd, 3, command(Q_SETQUOTA, 2), 1000, at),
                     "quotactl_fd(3, QCMD(Q_SETQUOTA, PRJQUOTA), 1000, {dqb_bhardlimit=1, dqb_bsoftlimit=2, "
                     "dqb_curspace=3, dqb_ihardlimit=4, dqb_isoftlimit=5, dqb_curinodes=6, dqb_btime=7, "
                     "dqb_itime=8, dqb_valid=QIF_BLIMITS|QIF_SPACE|QIF_ILIMITS|QIF_INODES|QIF_BTIME|"
                     "QIF_ITIME}) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_quotactl_fd, 3, command(Q_SETQUOTA, 2), 1, 0x30),
                     "quotactl_fd(3, QCMD(Q_SETQUOTA, PRJQUOTA), 1, 0x30) = ?");
}
END_TEST

START_TEST(numbers_behind_pointers)
{
    const uint32_t number = 4;
    uint64_t at = unit_put(&target, 16, &number, sizeof(number));
    ck_assert_str_eq(unit_exit(&target, CALL_quotactl, 0, command(Q_GETFMT, 0), 0, 0, at),
                     "quotactl(QCMD(Q_GETFMT, USRQUOTA), NULL, [QFMT_VFS_V1]) = 0");
    ck_assert_str_eq(unit_entry(&target, CALL_quotactl, command(0x5801, 1), 0, 0, at),
                     "quotactl(QCMD(Q_XQUOTAON, GRPQUOTA), NULL, [FS_QUOTA_GDQ_ACCT]) = ?");
}
END_TEST

START_TEST(structures_inside_of_both_alignments)
{
    static const char shown[] =
        "quotactl(QCMD(Q_XGETQSTAT, USRQUOTA), NULL, {qs_version=1, "
        "qs_flags=FS_QUOTA_UDQ_ACCT|FS_QUOTA_UDQ_ENFD, qs_uquota={qfs_ino=11, qfs_nblks=0, qfs_nextents=0}, "
        "qs_gquota={qfs_ino=22, qfs_nblks=0, qfs_nextents=0}, qs_incoredqs=33, qs_btimelimit=0, "
        "qs_itimelimit=0, qs_rtbtimelimit=0, qs_bwarnlimit=0, qs_iwarnlimit=0}) = 0";
    target.options.verbose = true;
    unsigned char stat[80] = {1, 0, 3, 0};
    stat[8] = 11;
    stat[32] = 22;
    stat[56] = 33;
    uint64_t at = unit_put(&target, 16, stat, sizeof(stat));
    ck_assert_str_eq(unit_exit(&target, CALL_quotactl, 0, command(0x5805, 0), 0, 0, at), shown);
    target.abi = ABI_I386;
    memset(stat + 4, 0, sizeof(stat) - 4);
    stat[8] = 11;
    stat[28] = 22;
    stat[48] = 33;
    unit_put(&target, 16, stat, sizeof(stat));
    ck_assert_str_eq(unit_exit(&target, CALL_quotactl, 0, command(0x5805, 0), 0, 0, at), shown);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mount quota");
    TCase *tc = tcase_create("quota");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, commands_and_types);
    tcase_add_test(tc, limits_out_and_in);
    tcase_add_test(tc, numbers_behind_pointers);
    tcase_add_test(tc, structures_inside_of_both_alignments);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
