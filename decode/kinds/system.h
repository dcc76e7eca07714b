/* Kinds of the system family: modules, reboot, kexec, the machine's names and figures. */
#ifndef PROCTOR_DECODE_KINDS_SYSTEM_H
#define PROCTOR_DECODE_KINDS_SYSTEM_H

#include "decode/decoder.h"

extern const struct kind kind_delete_module_flags, kind_init_module_flags;
extern const struct kind kind_reboot_magic1, kind_reboot_magic2, kind_reboot_command;
extern const struct kind kind_reboot_argument; /* used with LINUX_REBOOT_CMD_RESTART2 only */
extern const struct kind kind_kexec_segments, kind_kexec_flags, kind_kexec_file_flags;
extern const struct kind kind_kexec_command_line;                /* the argument before it is its length */
extern const struct kind kind_syslog_action;                     /* a number with its name as a comment */
extern const struct kind kind_syslog_buffer, kind_syslog_length; /* used by some actions only */
extern const struct kind kind_sysinfo_out, kind_uname_out;
extern const struct kind kind_sysctl_args;
extern const struct kind kind_uts_name; /* bytes, as many as the next argument says if a name can have them */

#endif
