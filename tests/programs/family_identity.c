/* Calls of decode/calls/process.def about users, groups and capabilities. */
#include "family.h"

#include <linux/capability.h>

static unsigned ids[8];

static void read_them(void)
{
    unsigned r, e, s;
    DO(getuid);
    DO(geteuid);
    DO(getgid);
    DO(getegid);
    DO(getresuid, &r, &e, &s);
    DO(getresuid, WILD, &e, &s);
    DO(getresgid, &r, &e, &s);
    DO(getresgid, &r, WILD, &s);
    DO(getgroups, 8, ids);
    DO(getgroups, 0, NULL);
    DO(getgroups, -1, ids);
}

static void capabilities(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0}, old = {1, 0};
    struct __user_cap_data_struct data[2];
    DO(capget, &header, data);
    DO(capget, &header, NULL);
    DO(capget, &old, data);
    DO(capget, WILD, data);
    DO(capget, &header, data);
    DO(capset, &header, data);
    data[0].effective = data[0].permitted = 1U << CAP_KILL | 1U << CAP_CHOWN;
    data[1] = (struct __user_cap_data_struct){0, 0, 0};
    data[0].inheritable = 1U << CAP_SETFCAP;
    DO(capset, &header, data);
    data[1].effective = 0xffff;
    DO(capset, &header, data);
    DO(capset, &old, WILD);
}

static void change_them(void)
{
    ids[0] = 5;
    ids[1] = 70000;
    DO(setgroups, 2, ids);
    DO(getgroups, 8, ids);
    DO(getgroups, 1, ids);
    DO(setgroups, 2, WILD);
    DO(setgroups, 0, NULL);
    DO(setfsuid, 7);
    DO(setfsgid, 8);
    DO(setregid, -1, 100);
    DO(setresgid, 100, -1, 101);
    DO(setgid, 102);
    DO(setreuid, -1, 1000);
    DO(setreuid, -1, 0);
    DO(setresuid, 1000, 1001, -1);
    DO(setuid, 1000);
    DO(setuid, 5);
    DO(setresuid, 5, 6, 7);
    DO(setreuid, 5, 6);
    DO(setregid, 5, 6);
    DO(setresgid, 5, 6, -1);
    DO(setgid, 5);
    DO(setgroups, 0, NULL);
    read_them();
}

static void make_calls(void)
{
    read_them();
    in_child(capabilities);
    in_child(change_them);
}
