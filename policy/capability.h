/* Names of capabilities. */
#ifndef PROCTOR_POLICY_CAPABILITY_H
#define PROCTOR_POLICY_CAPABILITY_H

/* "CAP_CHOWN" for 0, ...; NULL beyond the last that is known. */
const char *capability_name(unsigned number);

/* The number of a name, or -1. */
int capability_find(const char *name);

#endif
