/* What options take: numbers, one of several words, lists of words. */
#ifndef PROCTOR_SUPERVISOR_OPTIONS_WORDS_H
#define PROCTOR_SUPERVISOR_OPTIONS_WORDS_H

#include "supervisor/supervise.h"

/* All return 0, or -EINVAL with err naming the option and the word. */
int parse_number(const char *option, const char *text, uint32_t *number, struct error *err);

/* The index of `text` among `count` words. */
int parse_word(const char *option, const char *text, const char *const *words, size_t count, unsigned *index,
               struct error *err);

/* --absolute-timestamps=[format:]time|unix|none,[precision:]s|ms|us|ns; NULL: as -t. */
int parse_timestamps(struct render_options *render, const char *text, struct error *err);

/* s, ms, us or ns; NULL: us. */
int parse_precision(const char *option, const char *text, enum precision *precision, struct error *err);

/* -e quiet=: attach, exit, thread-execve, path-resolution, personality, all, none. */
int parse_quiet(struct config *config, const char *list, struct error *err);

/* --decode-fds=: path, socket, dev, pidfd, signalfd, eventfd, all, none. */
int parse_decode_fds(struct config *config, const char *list, struct error *err);

/* --decode-pids=: comm, pidns, all, none. */
int parse_decode_pids(struct config *config, const char *list, struct error *err);

#endif
