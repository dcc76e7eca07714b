/* Names of errors and signals: include/uapi/asm-generic/errno*.h, asm-generic/signal.h,
 * include/linux/errno.h. */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "decode/base/cleanup.h"
#include "decode/render.h"

#define NAME(constant) [constant] = #constant

static const char *const errors[] = {
    NAME(EPERM),
    NAME(ENOENT),
    NAME(ESRCH),
    NAME(EINTR),
    NAME(EIO),
    NAME(ENXIO),
    NAME(E2BIG),
    NAME(ENOEXEC),
    NAME(EBADF),
    NAME(ECHILD),
    NAME(EAGAIN),
    NAME(ENOMEM),
    NAME(EACCES),
    NAME(EFAULT),
    NAME(ENOTBLK),
    NAME(EBUSY),
    NAME(EEXIST),
    NAME(EXDEV),
    NAME(ENODEV),
    NAME(ENOTDIR),
    NAME(EISDIR),
    NAME(EINVAL),
    NAME(ENFILE),
    NAME(EMFILE),
    NAME(ENOTTY),
    NAME(ETXTBSY),
    NAME(EFBIG),
    NAME(ENOSPC),
    NAME(ESPIPE),
    NAME(EROFS),
    NAME(EMLINK),
    NAME(EPIPE),
    NAME(EDOM),
    NAME(ERANGE),
    NAME(EDEADLK),
    NAME(ENAMETOOLONG),
    NAME(ENOLCK),
    NAME(ENOSYS),
    NAME(ENOTEMPTY),
    NAME(ELOOP),
    NAME(ENOMSG),
    NAME(EIDRM),
    NAME(ECHRNG),
    NAME(EL2NSYNC),
    NAME(EL3HLT),
    NAME(EL3RST),
    NAME(ELNRNG),
    NAME(EUNATCH),
    NAME(ENOCSI),
    NAME(EL2HLT),
    NAME(EBADE),
    NAME(EBADR),
    NAME(EXFULL),
    NAME(ENOANO),
    NAME(EBADRQC),
    NAME(EBADSLT),
    NAME(EBFONT),
    NAME(ENOSTR),
    NAME(ENODATA),
    NAME(ETIME),
    NAME(ENOSR),
    NAME(ENONET),
    NAME(ENOPKG),
    NAME(EREMOTE),
    NAME(ENOLINK),
    NAME(EADV),
    NAME(ESRMNT),
    NAME(ECOMM),
    NAME(EPROTO),
    NAME(EMULTIHOP),
    NAME(EDOTDOT),
    NAME(EBADMSG),
    NAME(EOVERFLOW),
    NAME(ENOTUNIQ),
    NAME(EBADFD),
    NAME(EREMCHG),
    NAME(ELIBACC),
    NAME(ELIBBAD),
    NAME(ELIBSCN),
    NAME(ELIBMAX),
    NAME(ELIBEXEC),
    NAME(EILSEQ),
    NAME(ERESTART),
    NAME(ESTRPIPE),
    NAME(EUSERS),
    NAME(ENOTSOCK),
    NAME(EDESTADDRREQ),
    NAME(EMSGSIZE),
    NAME(EPROTOTYPE),
    NAME(ENOPROTOOPT),
    NAME(EPROTONOSUPPORT),
    NAME(ESOCKTNOSUPPORT),
    NAME(EOPNOTSUPP),
    NAME(EPFNOSUPPORT),
    NAME(EAFNOSUPPORT),
    NAME(EADDRINUSE),
    NAME(EADDRNOTAVAIL),
    NAME(ENETDOWN),
    NAME(ENETUNREACH),
    NAME(ENETRESET),
    NAME(ECONNABORTED),
    NAME(ECONNRESET),
    NAME(ENOBUFS),
    NAME(EISCONN),
    NAME(ENOTCONN),
    NAME(ESHUTDOWN),
    NAME(ETOOMANYREFS),
    NAME(ETIMEDOUT),
    NAME(ECONNREFUSED),
    NAME(EHOSTDOWN),
    NAME(EHOSTUNREACH),
    NAME(EALREADY),
    NAME(EINPROGRESS),
    NAME(ESTALE),
    NAME(EUCLEAN),
    NAME(ENOTNAM),
    NAME(ENAVAIL),
    NAME(EISNAM),
    NAME(EREMOTEIO),
    NAME(EDQUOT),
    NAME(ENOMEDIUM),
    NAME(EMEDIUMTYPE),
    NAME(ECANCELED),
    NAME(ENOKEY),
    NAME(EKEYEXPIRED),
    NAME(EKEYREVOKED),
    NAME(EKEYREJECTED),
    NAME(EOWNERDEAD),
    NAME(ENOTRECOVERABLE),
    NAME(ERFKILL),
    NAME(EHWPOISON),
    /* Kernel-internal ones that a tracer sees (include/linux/errno.h). */
    [512] = "ERESTARTSYS",
    [513] = "ERESTARTNOINTR",
    [514] = "ERESTARTNOHAND",
    [515] = "ENOIOCTLCMD",
    [516] = "ERESTART_RESTARTBLOCK",
    [517] = "EPROBE_DEFER",
    [518] = "EOPENSTALE",
    [519] = "ENOPARAM",
    [521] = "EBADHANDLE",
    [522] = "ENOTSYNC",
    [523] = "EBADCOOKIE",
    [524] = "ENOTSUPP",
    [525] = "ETOOSMALL",
    [526] = "ESERVERFAULT",
    [527] = "EBADTYPE",
    [528] = "EJUKEBOX",
    [529] = "EIOCBQUEUED",
};

static const char *const signals[] = {
    NAME(SIGHUP),
    NAME(SIGINT),
    NAME(SIGQUIT),
    NAME(SIGILL),
    NAME(SIGTRAP),
    NAME(SIGABRT),
    NAME(SIGBUS),
    NAME(SIGFPE),
    NAME(SIGKILL),
    NAME(SIGUSR1),
    NAME(SIGSEGV),
    NAME(SIGUSR2),
    NAME(SIGPIPE),
    NAME(SIGALRM),
    NAME(SIGTERM),
    NAME(SIGSTKFLT),
    NAME(SIGCHLD),
    NAME(SIGCONT),
    NAME(SIGSTOP),
    NAME(SIGTSTP),
    NAME(SIGTTIN),
    NAME(SIGTTOU),
    NAME(SIGURG),
    NAME(SIGXCPU),
    NAME(SIGXFSZ),
    NAME(SIGVTALRM),
    NAME(SIGPROF),
    NAME(SIGWINCH),
    NAME(SIGIO),
    NAME(SIGPWR),
    NAME(SIGSYS),
    /* Numbered from the kernel's SIGRTMIN, 32; the C library keeps the first two (signal(7)). */
    "SIGRTMIN",
    "SIGRT_1",
    "SIGRT_2",
    "SIGRT_3",
    "SIGRT_4",
    "SIGRT_5",
    "SIGRT_6",
    "SIGRT_7",
    "SIGRT_8",
    "SIGRT_9",
    "SIGRT_10",
    "SIGRT_11",
    "SIGRT_12",
    "SIGRT_13",
    "SIGRT_14",
    "SIGRT_15",
    "SIGRT_16",
    "SIGRT_17",
    "SIGRT_18",
    "SIGRT_19",
    "SIGRT_20",
    "SIGRT_21",
    "SIGRT_22",
    "SIGRT_23",
    "SIGRT_24",
    "SIGRT_25",
    "SIGRT_26",
    "SIGRT_27",
    "SIGRT_28",
    "SIGRT_29",
    "SIGRT_30",
    "SIGRT_31",
    "SIGRT_32",
};

const char *errno_name(int code)
{
    return code > 0 && (size_t)code < ARRAY_SIZE(errors) ? errors[code] : NULL;
}

const char *signal_name(int signal)
{
    return signal > 0 && (size_t)signal < ARRAY_SIZE(signals) ? signals[signal] : NULL;
}

/* True if `name` is `word`, whatever its case; `prefix` may be missing from the word. */
static bool is_named(const char *name, const char *prefix, const char *word, size_t length)
{
    size_t skipped = strlen(prefix);
    if (strncasecmp(name, word, length) == 0 && name[length] == 0) {
        return true;
    }
    return skipped && strncasecmp(name + skipped, word, length) == 0 && name[skipped + length] == 0;
}

int errno_find(const char *word, size_t length)
{
    for (size_t code = 1; length && code < ARRAY_SIZE(errors); code++) {
        if (errors[code] && is_named(errors[code], "", word, length)) {
            return (int)code;
        }
    }
    return 0;
}

int signal_find(const char *word, size_t length)
{
    size_t number = 0;
    size_t digits = 0;
    while (digits < length && digits < 3 && isdigit((unsigned char)word[digits])) {
        number = number * 10 + (size_t)(word[digits++] - '0');
    }
    if (length && digits == length) {
        return number < ARRAY_SIZE(signals) ? (int)number : 0;
    }
    for (size_t signal = 1; length && signal < ARRAY_SIZE(signals); signal++) {
        if (signals[signal] && is_named(signals[signal], "SIG", word, length)) {
            return (int)signal;
        }
    }
    return 0;
}
