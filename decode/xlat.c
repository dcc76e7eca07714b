#include "decode/xlat.h"

#include <stddef.h>

static const char *search(const struct xlat *xlat, uint64_t value)
{
    uint32_t low = 0;
    uint32_t high = xlat->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (xlat->entries[middle].value < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < xlat->count && xlat->entries[low].value == value ? xlat->entries[low].name : NULL;
}

const char *xlat_name(const struct xlat *xlat, uint64_t value)
{
    if (xlat->ordered) {
        return search(xlat, value);
    }
    for (uint32_t i = 0; i < xlat->count; i++) {
        if (xlat->entries[i].value == value) {
            return xlat->entries[i].name;
        }
    }
    return NULL;
}
