#include "decode/select.h"

#include <errno.h>
#include <string.h>

struct class_name {
    const char *name;
    uint32_t classes;
};

/* The classes of strace(1); the first seven may be written without the %. */
static const struct class_name classes[] = {
    {"desc", CLASS_DESC},
    {"file", CLASS_FILE},
    {"memory", CLASS_MEMORY},
    {"process", CLASS_PROCESS},
    {"signal", CLASS_SIGNAL},
    {"ipc", CLASS_IPC},
    {"network", CLASS_NETWORK},
    {"net", CLASS_NETWORK},
    {"creds", CLASS_CREDS},
    {"clock", CLASS_CLOCK},
    {"stat", CLASS_STAT},
    {"lstat", CLASS_LSTAT},
    {"fstat", CLASS_FSTAT},
    {"%stat", CLASS_STAT | CLASS_LSTAT | CLASS_FSTAT | CLASS_STAT_LIKE},
    {"statfs", CLASS_STATFS},
    {"fstatfs", CLASS_FSTATFS},
    {"%statfs", CLASS_STATFS | CLASS_FSTATFS | CLASS_STATFS_LIKE},
    {"pure", CLASS_PURE},
};

void selection_all(struct selection *selection)
{
    *selection = (struct selection){.unknown = true};
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        call_set_add(&selection->calls, (enum call_id)id);
    }
}

static bool add_class(struct selection *selection, const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        if (strlen(classes[i].name) == length && memcmp(classes[i].name, word, length) == 0) {
            for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
                if (call_line((enum call_id)id)->classes & classes[i].classes) {
                    call_set_add(&selection->calls, (enum call_id)id);
                }
            }
            return true;
        }
    }
    return false;
}

static int add_word(struct selection *selection, const char *word, size_t length, struct error *err)
{
    if (length == 3 && memcmp(word, "all", 3) == 0) {
        selection_all(selection);
        return 0;
    }
    if (length == 4 && memcmp(word, "none", 4) == 0) {
        return 0;
    }
    bool percent = length && *word == '%';
    if (add_class(selection, word + percent, length - percent)) {
        return 0;
    }
    enum call_id id = call_by_name(word, length);
    if (id != CALL_none) {
        call_set_add(&selection->calls, id);
        return 0;
    }
    return error_set(err, EINVAL, "invalid system call '%.*s'", (int)length, word);
}

int selection_parse(struct selection *selection, const char *expression, struct error *err)
{
    bool complement = *expression == '!';
    struct selection chosen = {.unknown = false};

    expression += complement;
    while (*expression) {
        size_t length = strcspn(expression, ",");
        int ret = add_word(&chosen, expression, length, err);
        if (ret < 0) {
            return ret;
        }
        expression += length + (expression[length] == ',');
    }
    if (complement) {
        struct selection all;
        selection_all(&all);
        for (size_t i = 0; i < sizeof(all.calls.bits) / sizeof(all.calls.bits[0]); i++) {
            chosen.calls.bits[i] = all.calls.bits[i] & ~chosen.calls.bits[i];
        }
        chosen.unknown = !chosen.unknown;
    }
    *selection = chosen;
    return 0;
}
