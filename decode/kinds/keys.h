/* The kernel's key management: add_key, request_key, keyctl. */
#ifndef PROCTOR_DECODE_KINDS_KEYS_H
#define PROCTOR_DECODE_KINDS_KEYS_H

#include "decode/decoder.h"

extern const struct kind kind_key_serial; /* KEY_SPEC_SESSION_KEYRING or a number */
extern const struct kind kind_keyctl_command;
/* The four arguments after the command; what they are depends on it. */
extern const struct kind kind_keyctl_arg2, kind_keyctl_arg3, kind_keyctl_arg4, kind_keyctl_arg5;

#endif
