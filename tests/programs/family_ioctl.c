/* Requests of ioctl whose structures strace 6.1 shows, made on a descriptor that is not open: each with
 * several structures, as what is in them decides what is shown. */
#include "family.h"

#include <linux/input.h>
#include <linux/seccomp.h>
#include <mtd/mtd-abi.h>
#include <mtd/ubi-user.h>

static union {
    unsigned char bytes[4096];
    uint32_t words[1024];
    char text[4096];
} page;

static const uint32_t requests[] = {
    /* Flash memory. */
    MEMGETINFO, MEMERASE, MEMWRITEOOB, MEMREADOOB, MEMLOCK, MEMUNLOCK, MEMGETREGIONCOUNT, MEMGETREGIONINFO,
    MEMGETOOBSEL, MEMGETBADBLOCK, MEMSETBADBLOCK, OTPSELECT, OTPGETREGIONCOUNT, OTPGETREGIONINFO, OTPLOCK,
    ECCGETLAYOUT, ECCGETSTATS, MTDFILEMODE, MEMERASE64, MEMWRITEOOB64, MEMREADOOB64, MEMISLOCKED, MEMWRITE,
    UBI_IOCMKVOL, UBI_IOCRMVOL, UBI_IOCRSVOL, UBI_IOCRNVOL, UBI_IOCRPEB, UBI_IOCSPEB, UBI_IOCATT, UBI_IOCDET,
    UBI_IOCVOLUP, UBI_IOCEBER, UBI_IOCEBCH, UBI_IOCEBMAP, UBI_IOCEBUNMAP, UBI_IOCEBISMAP, UBI_IOCSETVOLPROP,
    UBI_IOCVOLCRBLK, UBI_IOCVOLRMBLK,
    /* Input devices. */
    EVIOCGVERSION, EVIOCGID, EVIOCGREP, EVIOCSREP, EVIOCGKEYCODE, EVIOCGKEYCODE_V2, EVIOCSKEYCODE,
    EVIOCSKEYCODE_V2, EVIOCGNAME(16), EVIOCGPROP(8), EVIOCGMTSLOTS(12), EVIOCGKEY(96), EVIOCGBIT(EV_KEY, 96),
    EVIOCGABS(ABS_X), EVIOCSABS(ABS_Y), EVIOCSFF, EVIOCRMFF, EVIOCGEFFECTS, EVIOCGRAB, EVIOCREVOKE,
    EVIOCSCLOCKID,
    /* Seccomp listeners. */
    SECCOMP_IOCTL_NOTIF_RECV, SECCOMP_IOCTL_NOTIF_SEND, SECCOMP_IOCTL_NOTIF_ID_VALID,
    SECCOMP_IOCTL_NOTIF_ADDFD};

static void make_each(const void *argument)
{
    for (unsigned i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        DO(ioctl, CLOSED, requests[i], argument);
    }
}

static void fill_words(uint32_t step)
{
    for (unsigned i = 0; i < sizeof(page.words) / sizeof(page.words[0]); i++) {
        page.words[i] = i * step + 1;
    }
}

static void effects(void)
{
    struct ff_effect effect = {.id = -1, .direction = 3, .trigger = {4, 5}, .replay = {6, 7}};
    for (uint16_t type = FF_RUMBLE - 1; type <= FF_RAMP + 1; type++) {
        effect.type = type;
        effect.u.periodic = (struct ff_periodic_effect){1, 2, -3, 4, 5, {6, 7, 8, 9}, 10, WILD};
        DO(ioctl, CLOSED, EVIOCSFF, &effect);
    }
}

static void make_calls(void)
{
    make_each(NULL);
    make_each(WILD);
    make_each(&page);
    fill_words(1);
    make_each(&page);
    fill_words(0x01010101);
    make_each(&page);
    for (unsigned i = 0; i < sizeof(page.text); i++) {
        page.text[i] = (char)('a' + i % 26);
    }
    make_each(&page);
    effects();
}
