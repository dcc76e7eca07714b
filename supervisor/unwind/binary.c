#include "supervisor/unwind/binary.h"

#ifndef PROCTOR_UNWIND

#include <unistd.h>

bool binary_supported(void)
{
    return false;
}

struct binary *binary_open(int fd, const char *name)
{
    (void)name;
    close(fd);
    return NULL;
}

void binary_close(struct binary *binary)
{
    (void)binary;
}

bool binary_address(const struct binary *binary, uint64_t file_offset, uint64_t *address)
{
    (void)binary;
    (void)file_offset;
    (void)address;
    return false;
}

void binary_symbol(struct binary *binary, uint64_t address, bool source, struct binary_symbol *symbol)
{
    (void)binary;
    (void)address;
    (void)source;
    *symbol = (struct binary_symbol){.name = NULL};
}

#else

#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <stdlib.h>
#include <unistd.h>

/* What is known of one address. */
struct place {
    uint64_t address;
    struct place *next;
    bool named;  /* the symbol was looked for, */
    bool traced; /* and the line */
    struct binary_symbol symbol;
};

/* A program may make its calls from as many places as it has bytes of code. */
enum { PLACE_BUCKETS = 1024, PLACES_MAX = 1 << 16 };

struct binary {
    Dwfl *dwfl;
    Dwfl_Module *module; /* the only one there */
    Elf *elf;            /* the module's */
    GElf_Addr bias;      /* from the addresses for which it was linked to those of the module */
    bool is_32bit;
    bool debug_frames_sought;
    bool debug_frames;
    uint64_t start; /* what is loaded */
    uint64_t end;
    size_t place_count;
    struct place *places[PLACE_BUCKETS];
};

static const Dwfl_Callbacks callbacks = {
    .section_address = dwfl_offline_section_address,
    .find_debuginfo = dwfl_standard_find_debuginfo,
};

bool binary_supported(void)
{
    return true;
}

/* Code for the machine we run on. */
static bool is_ours(struct binary *b)
{
    GElf_Ehdr header;
    if (!b->elf || !gelf_getehdr(b->elf, &header)) {
        return false;
    }
    b->is_32bit = header.e_machine == EM_386;
    return (header.e_machine == EM_X86_64 && gelf_getclass(b->elf) == ELFCLASS64) ||
           (b->is_32bit && gelf_getclass(b->elf) == ELFCLASS32);
}

/* The next segment that is loaded, from header number *next on. False: there is none. */
static bool next_segment(const struct binary *b, size_t *next, GElf_Phdr *header)
{
    size_t count = 0;
    if (elf_getphdrnum(b->elf, &count) != 0) {
        return false;
    }
    while (*next < count) {
        if (gelf_getphdr(b->elf, (int)(*next)++, header) && header->p_type == PT_LOAD) {
            return true;
        }
    }
    return false;
}

static bool find_range(struct binary *b)
{
    GElf_Phdr header;
    for (size_t next = 0; next_segment(b, &next, &header);) {
        if (b->end == 0) {
            b->start = header.p_vaddr & -header.p_align;
        }
        b->end = header.p_vaddr + header.p_memsz;
    }
    return b->start < b->end;
}

struct binary *binary_open(int fd, const char *name)
{
    struct binary *b = calloc(1, sizeof(*b));
    b ? b->dwfl = dwfl_begin(&callbacks) : NULL;
    if (!b || !b->dwfl) {
        close(fd);
        free(b);
        return NULL;
    }
    b->module = dwfl_report_offline(b->dwfl, name, name, fd);
    if (!b->module) {
        close(fd); /* else it is the module's */
        binary_close(b);
        return NULL;
    }
    (void)dwfl_report_end(b->dwfl, NULL, NULL);
    b->elf = dwfl_module_getelf(b->module, &b->bias);
    if (!is_ours(b) || !find_range(b)) {
        binary_close(b);
        return NULL;
    }
    return b;
}

static void forget_places(struct binary *b)
{
    for (size_t i = 0; i < PLACE_BUCKETS; i++) {
        while (b->places[i]) {
            struct place *place = b->places[i];
            b->places[i] = place->next;
            free(place);
        }
    }
    b->place_count = 0;
}

void binary_close(struct binary *b)
{
    if (!b) {
        return;
    }
    forget_places(b);
    dwfl_end(b->dwfl);
    free(b);
}

bool binary_address(const struct binary *b, uint64_t file_offset, uint64_t *address)
{
    GElf_Phdr header;
    for (size_t next = 0; next_segment(b, &next, &header);) {
        if (file_offset >= header.p_offset && file_offset - header.p_offset < header.p_filesz) {
            *address = file_offset - header.p_offset + header.p_vaddr;
            return true;
        }
    }
    return false;
}

void binary_range(const struct binary *b, uint64_t *start, uint64_t *end)
{
    *start = b->start;
    *end = b->end;
}

bool binary_is_32bit(const struct binary *b)
{
    return b->is_32bit;
}

bool binary_has_debug_frames(struct binary *b)
{
    GElf_Addr bias;
    if (!b->debug_frames_sought) {
        b->debug_frames_sought = true;
        b->debug_frames = dwfl_module_dwarf_cfi(b->module, &bias) != NULL;
    }
    return b->debug_frames;
}

struct Elf *binary_elf(const struct binary *b)
{
    return elf_begin(-1, ELF_C_READ_MMAP, b->elf); /* counts references */
}

static struct place *place_of(struct binary *b, uint64_t address)
{
    struct place **bucket = &b->places[address * UINT64_C(0x9e3779b97f4a7c15) >> 54];
    struct place *place = *bucket;
    while (place && place->address != address) {
        place = place->next;
    }
    if (!place && b->place_count == PLACES_MAX) {
        forget_places(b);
    }
    if (!place && (place = calloc(1, sizeof(*place)))) {
        b->place_count++;
        place->address = address;
        place->next = *bucket;
        *bucket = place;
    }
    return place;
}

/* By a look at each compilation unit: libdwfl goes by .debug_aranges, which clang and Go do not write. */
static void find_line_in_units(struct binary *b, struct place *place)
{
    Dwarf_Addr bias = 0;
    Dwarf_Addr pc = place->address + b->bias;
    Dwarf_Die *unit = dwfl_module_nextcu(b->module, NULL, &bias);
    while (unit && dwarf_haspc(unit, pc - bias) != 1) {
        unit = dwfl_module_nextcu(b->module, unit, &bias);
    }
    Dwarf_Line *line = unit ? dwarf_getsrc_die(unit, pc - bias) : NULL;
    if (line && dwarf_lineno(line, &place->symbol.line) == 0) {
        place->symbol.file = dwarf_linesrc(line, NULL, NULL);
    }
}

static void find_line(struct binary *b, struct place *place)
{
    Dwfl_Line *line = dwfl_module_getsrc(b->module, place->address + b->bias);
    place->traced = true;
    if (line) {
        place->symbol.file = dwfl_lineinfo(line, NULL, &place->symbol.line, NULL, NULL, NULL);
    } else {
        find_line_in_units(b, place);
    }
}

static void find_name(struct binary *b, struct place *place)
{
    GElf_Sym symbol;
    GElf_Off offset = 0;
    place->named = true;
    place->symbol.name =
        dwfl_module_addrinfo(b->module, place->address + b->bias, &offset, &symbol, NULL, NULL, NULL);
    place->symbol.offset = offset;
}

void binary_symbol(struct binary *b, uint64_t address, bool source, struct binary_symbol *symbol)
{
    struct place *place = place_of(b, address);
    if (!place) {
        *symbol = (struct binary_symbol){.name = NULL};
        return;
    }
    if (!place->named) {
        find_name(b, place);
    }
    if (source && !place->traced) {
        find_line(b, place);
    }
    *symbol = place->symbol;
}

#endif
