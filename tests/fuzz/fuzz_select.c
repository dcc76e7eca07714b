/* Selections. An expression is taken or refused with a reason; a refused one changes nothing. */
#include "tests/fuzz/fuzz.h"

#include "decode/select.h"

enum { EXPRESSION_MAX = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[EXPRESSION_MAX + 1];
    struct selection chosen;
    struct selection again;
    struct error err = {.code = 0};

    size = size < EXPRESSION_MAX ? size : EXPRESSION_MAX;
    memcpy(text, data, size);
    text[size] = 0;
    /* Repetitions of repetitions and back references take the C library's regcomp minutes: not ours to find.
     */
    unsigned repetitions = 0;
    for (char *c = text; *c; c++) {
        repetitions += strchr("*+?", *c) != NULL;
        *c = *c == '{' || *c == '\\' || (repetitions > 3 && strchr("*+?", *c)) ? '_' : *c;
    }
    selection_all(&chosen);
    again = chosen;
    int ret = selection_parse(&chosen, text, &err);
    if (ret < 0) {
        FUZZ_CHECK(err.code == -ret && err.message[0]);
        FUZZ_CHECK(memcmp(&chosen, &again, sizeof(chosen)) == 0);
    } else {
        FUZZ_CHECK(err.code == 0);
        FUZZ_CHECK(selection_parse(&again, text, &err) == 0);
        FUZZ_CHECK(memcmp(chosen.calls, again.calls, sizeof(chosen.calls)) == 0);
        FUZZ_CHECK(chosen.unknown == again.unknown);
    }
    return 0;
}
