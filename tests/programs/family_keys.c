/* Key rings: add_key, request_key, keyctl of decode/calls/ipc.def. The key ring is the program's own. */
#include "family.h"

#include <linux/keyctl.h>

static char page[1024];

static void make_calls(void)
{
    struct {
        const void *base;
        size_t length;
    } vector = {"payload", 7};
    long ring = DO(keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
    long key = DO(add_key, "user", "proctor:test", "secret\1", 7UL, KEY_SPEC_SESSION_KEYRING);
    DO(add_key, "none", "proctor:test", NULL, 0UL, KEY_SPEC_THREAD_KEYRING);
    DO(request_key, "user", "proctor:test", NULL, KEY_SPEC_SESSION_KEYRING);
    DO(request_key, "user", "proctor:none", NULL, 0);
    DO(request_key, WILD, "proctor:none", "callout", -77);
    DO(keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
    DO(keyctl, KEYCTL_DESCRIBE, key, page, sizeof page);
    DO(keyctl, KEYCTL_READ, key, page, sizeof page);
    DO(keyctl, KEYCTL_READ, key, page, 2UL);
    DO(keyctl, KEYCTL_UPDATE, key, "other", 5UL);
    DO(keyctl, KEYCTL_SETPERM, key, 0x3f3f0000);
    DO(keyctl, KEYCTL_CHOWN, key, -1, 0);
    DO(keyctl, KEYCTL_SET_TIMEOUT, key, 100);
    DO(keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", "proctor:test", 0);
    DO(keyctl, KEYCTL_GET_SECURITY, key, page, sizeof page);
    DO(keyctl, KEYCTL_LINK, key, KEY_SPEC_PROCESS_KEYRING);
    DO(keyctl, KEYCTL_UNLINK, key, KEY_SPEC_SESSION_KEYRING);
    DO(keyctl, KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_DEFAULT);
    DO(keyctl, KEYCTL_GET_PERSISTENT, -1, WILD);
    DO(keyctl, KEYCTL_INSTANTIATE, key, "payload", 7UL, 0);
    DO(keyctl, KEYCTL_INSTANTIATE_IOV, key, &vector, 1UL, KEY_SPEC_USER_KEYRING);
    DO(keyctl, KEYCTL_NEGATE, key, 10, 0);
    DO(keyctl, KEYCTL_REJECT, key, 10, 126, 0);
    DO(keyctl, KEYCTL_ASSUME_AUTHORITY, 0);
    DO(keyctl, KEYCTL_REVOKE, key);
    DO(keyctl, KEYCTL_INVALIDATE, 1);
    DO(keyctl, KEYCTL_CLEAR, ring);
    DO(keyctl, KEYCTL_CAPABILITIES, page, 2UL);
    DO(keyctl, 7777, 1UL, 2UL, 3UL, 4UL);
}
