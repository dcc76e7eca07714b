/*
 * The `output` of rules: text with %fields, and Falco's JSON object.
 */
#ifndef PROCTOR_POLICY_OUTPUT_H
#define PROCTOR_POLICY_OUTPUT_H

#include "policy/fields.h"
#include "policy/rules.h"

struct output_part {
    struct text text; /* as it is; or the field as written, for output_fields */
    bool is_field;
    struct field_ref field;
};

struct output {
    struct output_part *parts;
    size_t count;
};

/* Parses a rule's output. Returns 0, -ENOENT for a field that does not exist, ... with err naming the place.
 */
int output_parse(struct output *output, struct arena *arena, const struct phrase *phrase, struct error *err);

/* Appends the text: "Shell in a container user=root ...". What is absent is "<NA>". */
void output_text(struct buf *out, const struct output *output, struct reader *reader);

/* What a rule's match is reported with. */
struct alert {
    const struct rule *rule;
    const struct output *output;
    bool predicted;     /* the event's result was not known, and the rule asks for it */
    const char *denied; /* what was done to the call, e.g. "EACCES"; NULL: nothing */
    const char *held;   /* the same for one that was made all the same, e.g. "delayed" */
    bool audit;         /* it would have been done, but only audited */
};

/* Appends "12:00:00.000000000: Warning Shell ...\n", every byte printable. */
void alert_text(struct buf *out, const struct alert *alert, struct reader *reader);

/* Appends one JSON object and a newline, in the shape of Falco's json_output. */
void alert_json(struct buf *out, const struct alert *alert, struct reader *reader);

#endif
