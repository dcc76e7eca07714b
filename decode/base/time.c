#include "decode/base/time.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"

/* 30 years: far from where an int64_t ends. */
#define DURATION_MAX_NS 1e18

bool duration_parse(const char *text, const char *bare, int64_t *ns)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
    char *unit;
    if (strspn(text, "0123456789.") == 0 || tolower((unsigned char)text[1]) == 'x') {
        return false; /* strtod would take signs, "inf" and hexadecimal numbers */
    }
    double number = strtod(text, &unit);
    if (unit == text) {
        return false;
    }
    const char *name = *unit || !bare ? unit : bare;
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        if (strcmp(name, units[i].name) == 0 && number * units[i].ns <= DURATION_MAX_NS) {
            *ns = (int64_t)(number * units[i].ns);
            return true;
        }
    }
    return false;
}
