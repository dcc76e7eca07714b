/* ioctl: requests to virtual machines, input devices, flash memory, seccomp listeners; lists of interfaces.
 */
#include "tests/unit/fresh_target.h"

#include <linux/input.h>
#include <linux/ioctl.h>
#include <linux/seccomp.h>
#include <linux/types.h>
#include <mtd/mtd-abi.h>
#include <mtd/ubi-user.h>

#define ENTRY(text, ...) ck_assert_str_eq(unit_entry(&target, CALL_ioctl, __VA_ARGS__), text " = ?")
#define EXIT(text, result, ...) ck_assert_str_eq(unit_exit(&target, CALL_ioctl, result, __VA_ARGS__), text)
#define BAD " = -1 EBADF (Bad file descriptor)"

START_TEST(virtual_machines)
{
    uint64_t at = unit_put(&target, 0, (uint64_t[4]){1 | 3ULL << 32, 0x1000, 4096, 0x7000}, 32);
    ENTRY("ioctl(3, KVM_SET_USER_MEMORY_REGION, {slot=1, flags=KVM_MEM_LOG_DIRTY_PAGES|KVM_MEM_READONLY, "
          "guest_phys_addr=0x1000, memory_size=4096, userspace_addr=0x7000})",
          3, 0x4020ae46, at);
    ENTRY("ioctl(3, KVM_CREATE_VCPU, 4294967295)", 3, 0xae41, UINT32_MAX);
    ENTRY("ioctl(3, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY)", 3, 0xae03, 3);
    ENTRY("ioctl(3, KVM_CHECK_EXTENSION, 0x1388 /* KVM_CAP_\?\?\? */)", 3, 0xae03, 5000);
    at = unit_put(&target, 0, (uint64_t[18]){1, 2, [16] = 3, 4}, 144);
    ENTRY("ioctl(3, KVM_SET_REGS, {rax=0x1, ..., rsp=0, rbp=0, ..., rip=0x3, rflags=0x4})", 3, 0x4090ae82,
          at);
    EXIT("ioctl(3, KVM_GET_REGS, {rax=0x1, ..., rsp=0, rbp=0, ..., rip=0x3, rflags=0x4}) = 0", 0, 3,
         0x8090ae81, at);
    EXIT("ioctl(3, KVM_GET_SREGS, {cs={base=0x1, limit=2, selector=0, type=0, present=0, dpl=0, db=0, s=0, "
         "l=0, g=0, avl=0}, ...}) = 0",
         0, 3, 0x8138ae83, at);
    at = unit_put(&target, 0, (uint32_t[12]){1, 0, 7, 2, 1, 8}, 48);
    ENTRY("ioctl(3, KVM_SET_CPUID2, {nent=1, entries=[...]})", 3, 0x4008ae90, at);
    target.options.verbose = true;
    ENTRY("ioctl(3, KVM_SET_CPUID2, {nent=1, entries=[{function=0x7, index=0x2, "
          "flags=KVM_CPUID_FLAG_SIGNIFCANT_INDEX, eax=0x8, ebx=0, ecx=0, edx=0}]})",
          3, 0x4008ae90, at);
}
END_TEST

START_TEST(input_devices)
{
    uint64_t at = unit_put(&target, 0, (uint32_t[6]){0x3, 0x20001, 7, 8, 9, 10}, 24);
    ENTRY("ioctl(3, EVIOCGID, 0x10000)", 3, 0x80084502, at);
    EXIT("ioctl(3, EVIOCGID, {bustype=3, vendor=0, product=1, version=2}) = 0", 0, 3, 0x80084502, at);
    EXIT("ioctl(3, EVIOCGREP, [3, 131073]) = 0", 0, 3, 0x80084503, at);
    EXIT("ioctl(3, EVIOCGABS(ABS_Y), {value=3, minimum=131073, ...}) = 0", 0, 3, 0x80184541, at);
    EXIT("ioctl(3, EVIOCGABS(ABS_Y), 0x10000)" BAD, -9, 3, 0x80184541, at);
    ENTRY("ioctl(3, EVIOCSABS(ABS_Y), NULL)", 3, 0x401845c1, 0);
    EXIT("ioctl(3, EVIOCGMTSLOTS(12), {code=0x3 /* ABS_MT_\?\?\? */, values=[131073, 7]}) = 0", 0, 3,
         0x800c450a, at);
    ENTRY("ioctl(3, EVIOCGRAB, 1)", 3, 0x40044590, 1);
    at = unit_put(&target, 0, "mouse", 6);
    EXIT("ioctl(3, EVIOCGNAME(255), \"mouse\\0\") = 6", 6, 3, 0x80ff4506, at);
}
END_TEST

START_TEST(flash_memory)
{
    uint64_t at = unit_put(&target, 0, (uint64_t[6]){0x5, 0x6, 0x7, 0x8, 0, 1}, 48);
    ENTRY("ioctl(3, MIXER_WRITE(20) or MEMERASE64, {start=0x5, length=0x6})", 3, MEMERASE64, at);
    ENTRY("ioctl(3, MEMWRITE, {start=0x5, len=0x6, ooblen=0x7, usr_data=0x8, usr_oob=NULL, "
          "mode=MTD_OPS_AUTO_OOB})",
          3, MEMWRITE, at);
    ENTRY("ioctl(3, MTDFILEMODE, MTD_FILE_MODE_OTP_USER)", 3, MTDFILEMODE, 2);
    ENTRY("ioctl(3, MIXER_READ(13) or OTPSELECT, [MTD_OTP_USER])", 3, OTPSELECT,
          unit_put(&target, 0, &(int){MTD_OTP_USER}, 4));
    at = unit_put(&target, 0, (uint32_t[4]){0x7, 0x8, 0x9, 0xa}, 16);
    ENTRY("ioctl(3, MEMREADOOB, {start=0x7, length=0x8, ptr=0xa00000009})", 3, MEMREADOOB, at);
    ENTRY("ioctl(3, MEMWRITEOOB, {start=0x7, length=0x8, ptr=0x9})", 3, 0xc00c4d03, at);
    ENTRY("ioctl(3, MEMGETREGIONINFO, {regionindex=0xa})", 3, MEMGETREGIONINFO, at);
    EXIT("ioctl(3, MEMGETREGIONINFO, {regionindex=0xa, offset=0x7, erasesize=0x8, numblocks=0x9}) = 0", 0, 3,
         MEMGETREGIONINFO, at);
    EXIT("ioctl(3, MEMGETREGIONINFO, {regionindex=0xa})" BAD, -9, 3, MEMGETREGIONINFO, at);
}
END_TEST

START_TEST(volumes)
{
    struct ubi_mkvol_req volume = {.vol_id = -1, .alignment = 1, .bytes = 4096, .vol_type = 4, .name_len = 3};
    memcpy(volume.name, "logs", 5);
    uint64_t at = unit_put(&target, 0, &volume, sizeof(volume));
#define VOLUME                                                                                               \
    "ioctl(3, UBI_IOCMKVOL, {vol_id=-1, alignment=1, bytes=4096, vol_type=UBI_STATIC_VOLUME, flags=0, "      \
    "name_len=3, name=\"log\"...}"
    ENTRY(VOLUME ")", 3, UBI_IOCMKVOL, at);
    EXIT(VOLUME ")" BAD, -9, 3, UBI_IOCMKVOL, at);
    target.written = (struct unit_written){0, &(int32_t){7}, 4};
    EXIT(VOLUME " => [7]) = 0", 0, 3, UBI_IOCMKVOL, at);
    target.written = (struct unit_written){0, NULL, 0};
    struct ubi_rnvol_req renamed = {.count = 1, .ents[0] = {.vol_id = 2, .name_len = 4, .name = "root"}};
    at = unit_put(&target, 0, &renamed, sizeof(renamed));
    ENTRY("ioctl(3, UBI_IOCRNVOL, {count=1, ents=[{vol_id=2, name_len=4, name=\"root\"}]})", 3, UBI_IOCRNVOL,
          at);
}
END_TEST

START_TEST(input_codes)
{
    unsigned char bits[96] = {[0] = 0x1e, [1] = 0x10, [95] = 0x80};
    uint64_t at = unit_put(&target, 0, bits, sizeof(bits));
    ENTRY("ioctl(3, EVIOCGKEY(96), 0x10000)", 3, EVIOCGKEY(96), at);
    EXIT("ioctl(3, EVIOCGKEY(96), [KEY_ESC, KEY_1, KEY_2, KEY_3, ...]) = 96", 96, 3, EVIOCGKEY(96), at);
    EXIT("ioctl(3, EVIOCGLED(8), [LED_CAPSL, LED_SCROLLL, LED_COMPOSE, LED_KANA, ...]) = 8", 8, 3,
         EVIOCGLED(8), at);
    EXIT("ioctl(3, EVIOCGBIT(EV_SND, 8), [0x4 /* SND_\?\?\? */]) = 8", 8, 3, EVIOCGBIT(EV_SND, 8), at + 1);
    EXIT("ioctl(3, EVIOCGPROP(8), 0x10000) = 0", 0, 3, EVIOCGPROP(8), at);
    EXIT("ioctl(3, EVIOCGPROP(8), [ 0 ]) = 8", 8, 3, EVIOCGPROP(8), at + 16);
    target.options.verbose = true; /* as many as the highest code lets through: the last bit is beyond */
    EXIT("ioctl(3, EVIOCGBIT(EV_KEY, 96), [KEY_ESC, KEY_1, KEY_2, KEY_3, KEY_MINUS]) = 96", 96, 3,
         EVIOCGBIT(EV_KEY, 96), at);
    at = unit_put(&target, 0, (uint32_t[2]){30, KEY_A}, 8);
    EXIT("ioctl(3, EVIOCGKEYCODE, [30, KEY_A]) = 0", 0, 3, EVIOCGKEYCODE, at);
}
END_TEST

START_TEST(force_feedback)
{
    struct ff_effect effect = {.type = FF_PERIODIC,
                               .id = -1,
                               .trigger = {1, 2},
                               .u.periodic = {FF_SINE, 3, -4, 5, 6, {7, 8, 9, 10}, 11, NULL}};
    uint64_t at = unit_put(&target, 0, &effect, sizeof(effect));
    memset(target.bytes + 44, 0xff, 4);
    ENTRY("ioctl(3, EVIOCSFF, {type=FF_PERIODIC, id=-1, direction=0, ...})", 3, EVIOCSFF, at);
    target.options.verbose = true;
#define PERIODIC                                                                                             \
    "ioctl(3, EVIOCSFF, {type=FF_PERIODIC, id=-1, direction=0, trigger={button=1, interval=2}, "             \
    "replay={length=0, delay=0}, periodic={waveform=90, period=3, magnitude=-4, offset=5, phase=6, "         \
    "envelope={attack_length=7, attack_level=8, fade_length=9, fade_level=0xa}, custom_len=11, custom_data="
    ENTRY(PERIODIC "0xffffffff00000000}})", 3, EVIOCSFF, at);
    ENTRY(PERIODIC "NULL}})", 3, 0x402c4580, at);
}
END_TEST

START_TEST(seccomp_listeners)
{
    const struct seccomp_notif notification = {
        .id = 7, .pid = 12, .data = {.nr = 1, .arch = 0xc000003e, .instruction_pointer = 0x400, .args = {5}}};
    uint64_t at = unit_put(&target, 0, &notification, sizeof(notification));
#define NOTIFICATION                                                                                         \
    "{id=0x7, pid=12, flags=0, data={nr=__NR_write, arch=AUDIT_ARCH_X86_64, instruction_pointer=0x400, "     \
    "args=[0x5, 0, 0, 0, 0, 0]}}"
    ENTRY("ioctl(3, SECCOMP_IOCTL_NOTIF_RECV, " NOTIFICATION ")", 3, SECCOMP_IOCTL_NOTIF_RECV, at);
    EXIT("ioctl(3, SECCOMP_IOCTL_NOTIF_RECV, " NOTIFICATION " => 0x10000)" BAD, -9, 3,
         SECCOMP_IOCTL_NOTIF_RECV, at);
    memset(target.bytes, 0, sizeof(notification));
    ENTRY("ioctl(3, SECCOMP_IOCTL_NOTIF_RECV, 0x10000)", 3, SECCOMP_IOCTL_NOTIF_RECV, at);
    EXIT("ioctl(3, SECCOMP_IOCTL_NOTIF_RECV, 0x10000)" BAD, -9, 3, SECCOMP_IOCTL_NOTIF_RECV, at);
    target.written = (struct unit_written){0, &notification, sizeof(notification)};
    EXIT("ioctl(3, SECCOMP_IOCTL_NOTIF_RECV, " NOTIFICATION ") = 0", 0, 3, SECCOMP_IOCTL_NOTIF_RECV, at);
    struct seccomp_notif_resp response = {.id = 7, .val = 2, .error = -3, .flags = 1};
    at = unit_put(&target, 0, &response, sizeof(response));
    ENTRY("ioctl(3, SECCOMP_IOCTL_NOTIF_SEND, {id=0x7, val=2, error=-ESRCH, "
          "flags=SECCOMP_USER_NOTIF_FLAG_CONTINUE})",
          3, SECCOMP_IOCTL_NOTIF_SEND, at);
    response.error = INT32_MIN; /* nobody's error number */
    at = unit_put(&target, 0, &response, sizeof(response));
    ENTRY("ioctl(3, SECCOMP_IOCTL_NOTIF_SEND, {id=0x7, val=2, error=-2147483648, "
          "flags=SECCOMP_USER_NOTIF_FLAG_CONTINUE})",
          3, SECCOMP_IOCTL_NOTIF_SEND, at);
    ENTRY("ioctl(3, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP)", 3, 0x40082104, 1);
}
END_TEST

START_TEST(lists_of_interfaces)
{
    unsigned char interfaces[80] = "lo";
    const uint64_t asked[2] = {100, UNIT_BASE + 0x100}, told[2] = {40, UNIT_BASE + 0x100};
    memcpy(interfaces + 16, (unsigned char[8]){2, 0, 0, 0, 127, 0, 0, 1}, 8);
    unit_put(&target, 0x100, interfaces, sizeof(interfaces));
    uint64_t at = unit_put(&target, 0, asked, sizeof(asked));
    ENTRY("ioctl(3, SIOCGIFCONF, {ifc_len=100, ifc_buf=0x10100})", 3, 0x8912, at);
    target.written = (struct unit_written){0, told, sizeof(told)};
    EXIT("ioctl(3, SIOCGIFCONF, {ifc_len=100 => 40 /* 1 * sizeof(struct ifreq) */, "
         "ifc_buf=[{ifr_name=\"lo\", ifr_addr={sa_family=AF_INET, sin_port=htons(0), "
         "sin_addr=inet_addr(\"127.0.0.1\")}}]}) = 0",
         0, 3, 0x8912, at);
    EXIT("ioctl(3, SIOCGIFCONF, {ifc_len=40 /* 1 * sizeof(struct ifreq) */, ifc_buf=0x10100})" BAD, -9, 3,
         0x8912, at);
    unit_put(&target, 8, (uint64_t[1]){0}, 8);
    EXIT("ioctl(3, SIOCGIFCONF, {ifc_len=40 /* 1 * sizeof(struct ifreq) */, ifc_buf=NULL}) = 0", 0, 3, 0x8912,
         at);
    ENTRY("ioctl(3, SIOCGIFCONF, 0x10)", 3, 0x8912, 0x10);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ioctl devices");
    TCase *tc = tcase_create("ioctl devices");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, virtual_machines);
    tcase_add_test(tc, input_devices);
    tcase_add_test(tc, input_codes);
    tcase_add_test(tc, force_feedback);
    tcase_add_test(tc, flash_memory);
    tcase_add_test(tc, volumes);
    tcase_add_test(tc, seccomp_listeners);
    tcase_add_test(tc, lists_of_interfaces);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
