#include "policy/phrase.h"

#include <string.h>

const struct phrase *phrase_join(struct arena *arena, const struct phrase *head, const struct scalar *tail)
{
    size_t before = head ? head->length + 1 : 0;
    size_t count = head ? head->count + 1 : 1;
    struct phrase *phrase = arena_alloc(arena, sizeof(*phrase));
    struct phrase_piece *pieces = arena_alloc(arena, count * sizeof(*pieces));
    char *text = arena_alloc(arena, before + tail->length + 1);
    if (!phrase || !pieces || !text) {
        return NULL;
    }
    if (head) {
        memcpy(text, head->text, head->length);
        text[head->length] = ' ';
        memcpy(pieces, head->pieces, head->count * sizeof(*pieces));
    }
    memcpy(text + before, tail->text, tail->length);
    pieces[count - 1] = (struct phrase_piece){.start = before, .scalar = *tail};
    pieces[count - 1].scalar.text = text + before;
    *phrase =
        (struct phrase){.text = text, .length = before + tail->length, .pieces = pieces, .count = count};
    return phrase;
}

struct place phrase_place(const struct phrase *phrase, size_t offset)
{
    size_t i = phrase->count - 1;
    while (i > 0 && phrase->pieces[i].start > offset) {
        i--;
    }
    return scalar_place(&phrase->pieces[i].scalar, offset - phrase->pieces[i].start);
}
