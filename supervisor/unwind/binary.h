/*
 * ELF files that programs run: where they are loaded, symbols, and lines of source. By libdw of elfutils, and
 * left out with `make UNWIND=0`.
 *
 * What was found out about an instruction is kept: a stack passes the same few thousand places again and
 * again.
 */
#ifndef PROCTOR_SUPERVISOR_UNWIND_BINARY_H
#define PROCTOR_SUPERVISOR_UNWIND_BINARY_H

#include <stdbool.h>
#include <stdint.h>

struct binary;
struct Elf; /* of libelf */

struct binary_symbol {
    const char *name; /* NULL: none covers it */
    uint64_t offset;  /* from its start */
    const char *file; /* NULL: not known, or not asked for */
    int line;
};

/* Whether this proctor was built with libdw. */
bool binary_supported(void);

/*
 * Opens the ELF file behind `fd`, which it owns whatever comes of it. name: the file's path, from which its
 * separate debug information is found. NULL: it is none that we can unwind, or memory ran out.
 */
struct binary *binary_open(int fd, const char *name);
void binary_close(struct binary *binary);

/* The address for which the file was linked of what is at this offset in it. False: nothing is loaded from
 * there. */
bool binary_address(const struct binary *binary, uint64_t file_offset, uint64_t *address);

/* What the loader keeps for all of it, in the addresses for which it was linked. */
void binary_range(const struct binary *binary, uint64_t *start, uint64_t *end);

/* Whether it is i386 code; else it is x86-64. */
bool binary_is_32bit(const struct binary *binary);

/* Whether it has rules for unwinding in .debug_frame, here or in its separate debug information. */
bool binary_has_debug_frames(struct binary *binary);

/* The file itself; a reference of the caller's own to it, to be ended by elf_end. NULL: memory ran out. */
struct Elf *binary_elf(const struct binary *binary);

/* What is at an address. The strings stay until binary_close. source: look for file and line too. */
void binary_symbol(struct binary *binary, uint64_t address, bool source, struct binary_symbol *symbol);

#endif
