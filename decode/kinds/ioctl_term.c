/* Requests to terminals. */
#include <linux/termios.h>
#include <stddef.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"

/* "" as the name of what is unknown: strace shows nothing at all for a set without bits here. */
XLAT(term_input, "", X(IGNBRK), X(BRKINT), X(IGNPAR), X(PARMRK), X(INPCK), X(ISTRIP), X(INLCR), X(IGNCR),
     X(ICRNL), X(IUCLC), X(IXON), X(IXANY), X(IXOFF), X(IMAXBEL), X(IUTF8));
XLAT(term_output, "", X(OPOST), X(OLCUC), X(ONLCR), X(OCRNL), X(ONOCR), X(ONLRET), X(OFILL), X(OFDEL));
XLAT(term_newline, "NL?", X(NL0), X(NL1));
XLAT(term_return, "CR?", X(CR0), X(CR1), X(CR2), X(CR3));
XLAT(term_tab, "TAB?", X(TAB0), X(TAB1), X(TAB2), X(XTABS));
XLAT(term_backspace, "BS?", X(BS0), X(BS1));
XLAT(term_vertical, "VT?", X(VT0), X(VT1));
XLAT(term_feed, "FF?", X(FF0), X(FF1));
XLAT(term_baud, "B???", X(B0), X(B50), X(B75), X(B110), X(B134), X(B150), X(B200), X(B300), X(B600), X(B1200),
     X(B1800), X(B2400), X(B4800), X(B9600), X(B19200), X(B38400), X(BOTHER), X(B57600), X(B115200),
     X(B230400), X(B460800), X(B500000), X(B576000), X(B921600), X(B1000000), X(B1152000), X(B1500000),
     X(B2000000), X(B2500000), X(B3000000), X(B3500000), X(B4000000));
XLAT(term_size, "CS?", X(CS5), X(CS6), X(CS7), X(CS8));
XLAT(term_control, "", X(CSTOPB), X(CREAD), X(PARENB), X(PARODD), X(HUPCL), X(CLOCAL), X(CMSPAR), X(CRTSCTS));
XLAT(term_local, "", X(ISIG), X(ICANON), X(XCASE), X(ECHO), X(ECHOE), X(ECHOK), X(ECHONL), X(NOFLSH),
     X(IEXTEN), X(ECHOCTL), X(ECHOPRT), X(ECHOKE), X(FLUSHO), X(PENDIN), X(TOSTOP), X(EXTPROC));
XLAT(term_disciplines, "N_???", {0, "N_TTY"}, {1, "N_SLIP"}, {2, "N_MOUSE"}, {3, "N_PPP"}, {4, "N_STRIP"},
     {5, "N_AX25"}, {6, "N_X25"}, {7, "N_6PACK"}, {8, "N_MASC"}, {9, "N_R3964"}, {10, "N_PROFIBUS_FDL"},
     {11, "N_IRDA"}, {12, "N_SMSBLOCK"}, {13, "N_HDLC"}, {14, "N_SYNC_PPP"}, {15, "N_HCI"},
     {16, "N_GIGASET_M101"}, {17, "N_SLCAN"}, {18, "N_PPS"}, {19, "N_V253"}, {20, "N_CAIF"},
     {21, "N_GSM0710"}, {22, "N_TI_WL"}, {23, "N_TRACESINK"}, {24, "N_TRACEROUTER"}, {25, "N_NCI"},
     {26, "N_SPEAKUP"}, {27, "N_NULL"}, {28, "N_MCTP"}, {29, "N_DEVELOPMENT"}, {30, "N_CAN327"});
XLAT(term_flow, "TC???", X(TCOOFF), X(TCOON), X(TCIOFF), X(TCION));
XLAT(term_flush, "TC???", X(TCIFLUSH), X(TCOFLUSH), X(TCIOFLUSH));
XLAT(modem_lines, "TIOCM_???", X(TIOCM_LE), X(TIOCM_DTR), X(TIOCM_RTS), X(TIOCM_ST), X(TIOCM_SR),
     X(TIOCM_CTS), X(TIOCM_CAR), X(TIOCM_RNG), X(TIOCM_DSR), X(TIOCM_OUT1), X(TIOCM_OUT2), X(TIOCM_LOOP));

/* Names as they stand before each character: text shows name=value. */
static const char *const control_characters[] = {
    "[VINTR]",   "[VQUIT]",  "[VERASE]", "[VKILL]", "[VEOF]", "[VTIME]",    "[VMIN]",
    "[VSWTC]",   "[VSTART]", "[VSTOP]",  "[VSUSP]", "[VEOL]", "[VREPRINT]", "[VDISCARD]",
    "[VWERASE]", "[VLNEXT]", "[VEOL2]",  "[17]",    "[18]"};

enum { BAUD_INPUT_SHIFT = 16 };

static void decode_output(struct decoder *d, uint32_t bits)
{
    static const struct {
        const struct xlat *xlat;
        uint32_t mask;
    } delays[] = {{&xlat_term_newline, NLDLY},   {&xlat_term_return, CRDLY},   {&xlat_term_tab, TABDLY},
                  {&xlat_term_backspace, BSDLY}, {&xlat_term_vertical, VTDLY}, {&xlat_term_feed, FFDLY}};
    uint32_t whole = values_open(d->out, VALUE_OR, "c_oflag");
    values_at(d->out, whole)->number = bits;
    for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
        values_xlat(d->out, VALUE_ENUM, NULL, delays[i].xlat, bits & delays[i].mask);
        bits &= ~delays[i].mask;
    }
    append_flags(d, NULL, &xlat_term_output, bits);
    values_close(d->out);
}

static void decode_control(struct decoder *d, uint32_t bits)
{
    uint32_t whole = values_open(d->out, VALUE_OR, "c_cflag");
    uint32_t input = (bits & CIBAUD) >> BAUD_INPUT_SHIFT;
    values_at(d->out, whole)->number = bits;
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_term_baud, bits & CBAUD);
    if (input) {
        const char *name = xlat_name(&xlat_term_baud, input);
        if (name) {
            values_wordf(d->out, NULL, "%s<<IBSHIFT", name);
        } else {
            values_wordf(d->out, NULL, "%#x /* B??? */<<IBSHIFT", input);
        }
    }
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_term_size, bits & CSIZE);
    append_flags(d, NULL, &xlat_term_control, bits & ~(uint32_t)(CBAUD | CIBAUD | CSIZE));
    values_close(d->out);
}

static void decode_modes(struct decoder *d, uint32_t input, uint32_t output, uint32_t control, uint32_t local)
{
    append_flags(d, "c_iflag", &xlat_term_input, input);
    decode_output(d, output);
    decode_control(d, control);
    append_flags(d, "c_lflag", &xlat_term_local, local);
}

static void decode_line(struct decoder *d, uint8_t line, const uint8_t *characters, size_t n)
{
    values_xlat(d->out, VALUE_ENUM, "c_line", &xlat_term_disciplines, line);
    values_open(d->out, VALUE_ARRAY, "c_cc");
    for (size_t i = 0; i < n; i++) {
        values_add(d->out, VALUE_HEX, control_characters[i], characters[i]);
    }
    values_close(d->out);
}

/* kind->option 1: with speeds at the end. Their layout is the same on every ABI. */
static void decode_termios(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct termios2 t;
    size_t n = kind->option ? sizeof(t) : offsetof(struct termios2, c_ispeed);
    if (!decode_object(d, name, raw, &t, n)) {
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    decode_modes(d, t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag);
    if (!d->options->verbose) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    } else {
        decode_line(d, t.c_line, t.c_cc, sizeof(t.c_cc));
        if (kind->option) {
            values_add(d->out, VALUE_UINT, "c_ispeed", t.c_ispeed);
            values_add(d->out, VALUE_UINT, "c_ospeed", t.c_ospeed);
        }
    }
    values_close(d->out);
}

static void decode_termio(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct termio t;
    if (!decode_object(d, name, raw, &t, sizeof(t))) {
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    decode_modes(d, t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag);
    if (!d->options->verbose) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    } else {
        decode_line(d, t.c_line, t.c_cc, NCC);
    }
    values_close(d->out);
}

static void decode_one_byte(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_data(d, name, raw, 1);
}

static const struct kind termios_kind = {.decode = decode_termios};
static const struct kind termios2_kind = {.decode = decode_termios, .option = 1};
static const struct kind termio_kind = {.decode = decode_termio};
static const struct kind one_byte_kind = {.decode = decode_one_byte};

LAYOUT(winsize, struct winsize, MEMBER(struct winsize, ws_row, UINT), MEMBER(struct winsize, ws_col, UINT),
       MEMBER(struct winsize, ws_xpixel, UINT), MEMBER(struct winsize, ws_ypixel, UINT));

#define INT_OUT(request)                                                                                     \
    {                                                                                                        \
        request, IOCTL_NUMBER_AT, DIR_OUT, sizeof(int), NULL                                                 \
    }
#define INT_IN(request)                                                                                      \
    {                                                                                                        \
        request, IOCTL_NUMBER_AT, DIR_IN, sizeof(int), NULL                                                  \
    }
#define NUMBER(request)                                                                                      \
    {                                                                                                        \
        request, IOCTL_INT, DIR_IN, 0, NULL                                                                  \
    }
#define NOTHING(request)                                                                                     \
    {                                                                                                        \
        request, IOCTL_NOTHING, DIR_IN, 0, NULL                                                              \
    }
#define KIND_OUT(request, kind)                                                                              \
    {                                                                                                        \
        request, IOCTL_DECODED, DIR_OUT, 0, &(kind)                                                          \
    }
#define KIND_IN(request, kind)                                                                               \
    {                                                                                                        \
        request, IOCTL_DECODED, DIR_IN, 0, &(kind)                                                           \
    }

IOCTL_SHAPES(term, KIND_OUT(TCGETS, termios_kind), KIND_IN(TCSETS, termios_kind),
             KIND_IN(TCSETSW, termios_kind), KIND_IN(TCSETSF, termios_kind),
             KIND_OUT(TIOCGLCKTRMIOS, termios_kind), KIND_IN(TIOCSLCKTRMIOS, termios_kind),
             KIND_OUT(TCGETS2, termios2_kind), KIND_IN(TCSETS2, termios2_kind),
             KIND_IN(TCSETSW2, termios2_kind), KIND_IN(TCSETSF2, termios2_kind),
             KIND_OUT(TCGETA, termio_kind), KIND_IN(TCSETA, termio_kind), KIND_IN(TCSETAW, termio_kind),
             KIND_IN(TCSETAF, termio_kind), {TIOCGWINSZ, IOCTL_LAYOUT_AT, DIR_OUT, 0, &layout_winsize},
             {TIOCSWINSZ, IOCTL_LAYOUT_AT, DIR_IN, 0, &layout_winsize},
             {TCXONC, IOCTL_ENUM, DIR_IN, 0, &xlat_term_flow},
             {TCFLSH, IOCTL_ENUM, DIR_IN, 0, &xlat_term_flush}, NUMBER(TCSBRK), NUMBER(TCSBRKP),
             NUMBER(TIOCSCTTY), {TIOCMGET, IOCTL_FLAGS_AT, DIR_OUT, sizeof(int), &xlat_modem_lines},
             {TIOCMSET, IOCTL_FLAGS_AT, DIR_IN, sizeof(int), &xlat_modem_lines},
             {TIOCMBIS, IOCTL_FLAGS_AT, DIR_IN, sizeof(int), &xlat_modem_lines},
             {TIOCMBIC, IOCTL_FLAGS_AT, DIR_IN, sizeof(int), &xlat_modem_lines}, INT_OUT(TIOCGPGRP),
             INT_OUT(TIOCGSID), INT_OUT(TIOCGETD), INT_OUT(TIOCGSOFTCAR), INT_OUT(TIOCGPTN),
             INT_OUT(FIONREAD), INT_OUT(TIOCOUTQ), INT_OUT(TIOCGEXCL), INT_OUT(TIOCGDEV), INT_IN(TIOCSPGRP),
             INT_IN(TIOCSETD), INT_IN(FIONBIO), INT_IN(FIOASYNC), INT_IN(TIOCPKT), INT_IN(TIOCSSOFTCAR),
             INT_IN(TIOCSPTLCK), KIND_IN(TIOCSTI, one_byte_kind), NOTHING(TIOCSBRK), NOTHING(TIOCCBRK),
             NOTHING(TIOCCONS), NOTHING(TIOCNOTTY), NOTHING(TIOCEXCL), NOTHING(TIOCNXCL), NOTHING(FIOCLEX),
             NOTHING(FIONCLEX), NOTHING(TIOCVHANGUP), NOTHING(TIOCSSERIAL));
