#include "supervisor/options_words.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"

int parse_number(const char *option, const char *text, uint32_t *number, struct error *err)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(text, &end, 0);
    if (!isdigit((unsigned char)*text) || *end || errno || n > 1 << 30) {
        return error_set(err, EINVAL, "%s: '%s' is not a number", option, text);
    }
    *number = (uint32_t)n;
    return 0;
}

/* Appends "a, b, c" to a message's text of n bytes. */
static void list_words(char *text, size_t n, const char *const *words, size_t count)
{
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(words[i]);
        if (used + length + 3 > n) {
            return;
        }
        memcpy(text + used, i ? ", " : "", i ? 2 : 0);
        used += i ? 2 : 0;
        memcpy(text + used, words[i], length + 1);
        used += length;
    }
}

static bool is(const char *word, size_t length, const char *text)
{
    return strlen(text) == length && memcmp(word, text, length) == 0;
}

static int find_word(const char *option, const char *text, size_t length, const char *const *words,
                     size_t count, unsigned *index, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (is(text, length, words[i])) {
            *index = (unsigned)i;
            return 0;
        }
    }
    char known[256];
    list_words(known, sizeof(known), words, count);
    return error_set(err, EINVAL, "%s: '%.*s' is not one of %s", option, (int)length, text, known);
}

int parse_word(const char *option, const char *text, const char *const *words, size_t count, unsigned *index,
               struct error *err)
{
    return find_word(option, text, strlen(text), words, count, index, err);
}

/* Reads a list "a,b" or "!a,b" of words into a set of bits, one for each; `all` and `none` are words too. */
static int parse_list(const char *option, const char *list, const char *const *words, size_t count,
                      unsigned *set, struct error *err)
{
    bool complement = *list == '!';
    unsigned all = (1U << count) - 1;
    unsigned found = 0;
    for (list += complement; *list;) {
        size_t length = strcspn(list, ",");
        unsigned index = 0;
        if (is(list, length, "all")) {
            found = all;
        } else if (!is(list, length, "none")) {
            int ret = find_word(option, list, length, words, count, &index, err);
            if (ret < 0) {
                return ret;
            }
            found |= 1U << index;
        }
        list += length + (list[length] == ',');
    }
    *set = complement ? all & ~found : found;
    return 0;
}

static const char *const precisions[] = {
    [PRECISION_US] = "us", [PRECISION_S] = "s", [PRECISION_MS] = "ms", [PRECISION_NS] = "ns"};

int parse_precision(const char *option, const char *text, enum precision *precision, struct error *err)
{
    unsigned index = PRECISION_US;
    int ret = text ? parse_word(option, text, precisions, ARRAY_SIZE(precisions), &index, err) : 0;
    *precision = (enum precision)index;
    return ret;
}

int parse_timestamps(struct render_options *render, const char *text, struct error *err)
{
    static const char *const words[] = {"us",           "s",           "ms",           "ns",
                                        "time",         "unix",        "none",         "format:time",
                                        "format:unix",  "format:none", "precision:us", "precision:s",
                                        "precision:ms", "precision:ns"};
    enum { WORD_TIME = 4, WORD_FORMAT = 7, WORD_PRECISION = 10 };
    static const enum time_mode modes[] = {TIME_MICROSECONDS, TIME_EPOCH, TIME_NONE};
    enum time_mode mode = TIME_MICROSECONDS;
    enum precision precision = PRECISION_S;

    while (text && *text) {
        size_t length = strcspn(text, ",");
        unsigned index = 0;
        int ret = find_word("--absolute-timestamps", text, length, words, ARRAY_SIZE(words), &index, err);
        if (ret < 0) {
            return ret;
        }
        if (index >= WORD_PRECISION || index < WORD_TIME) {
            precision = (enum precision)(index % WORD_PRECISION);
        } else {
            mode = modes[(index - WORD_TIME) % 3];
        }
        text += length + (text[length] == ',');
    }
    render->time = mode;
    render->time_precision = precision;
    return 0;
}

int parse_quiet(struct config *config, const char *list, struct error *err)
{
    static const char *const words[] = {"attach",      "exit",  "thread-execve", "path-resolution",
                                        "personality", "exits", "superseded"};
    unsigned set = 0;
    int ret = parse_list("-e quiet", list, words, ARRAY_SIZE(words), &set, err);
    if (ret == 0) {
        config->quiet_attach = set & 1;
        config->quiet_exit = set & (1 << 1 | 1 << 5);
    }
    return ret;
}

int parse_decode_fds(struct config *config, const char *list, struct error *err)
{
    /* In the order of FD_PATHS ... FD_EVENTFDS. */
    static const char *const words[] = {"path", "socket", "dev", "pidfd", "signalfd", "eventfd"};
    return parse_list("--decode-fds", list, words, ARRAY_SIZE(words), &config->decode.fds, err);
}

int parse_decode_pids(struct config *config, const char *list, struct error *err)
{
    static const char *const words[] = {"comm", "pidns"};
    unsigned set = 0;
    int ret = parse_list("--decode-pids", list, words, ARRAY_SIZE(words), &set, err);
    config->output.render.show_comm = config->decode.pid_comms = set & 1 << 0;
    config->decode.pid_namespaces = set & 1 << 1;
    return ret;
}
