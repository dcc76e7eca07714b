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

const struct unwind_rules *binary_rules(struct binary *binary, uint64_t address)
{
    (void)binary;
    (void)address;
    return NULL;
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

#include "decode/base/cleanup.h"

/* What is known of one address. */
struct place {
    uint64_t address;
    struct place *next;
    bool ruled;                 /* the rules were looked for, */
    bool named;                 /* and the symbol, */
    bool traced;                /* and the line */
    struct unwind_rules *rules; /* owned; NULL: none */
    struct binary_symbol symbol;
};

/* A program may make its calls from as many places as it has bytes of code. */
enum { PLACE_BUCKETS = 1024, PLACES_MAX = 1 << 16 };

struct binary {
    Dwfl *dwfl;
    Dwfl_Module *module;     /* the only one there */
    Dwarf_CFI *frames;       /* .eh_frame; NULL: none */
    Dwarf_CFI *debug_frames; /* .debug_frame; NULL: none, or not looked for yet */
    GElf_Addr frames_bias;
    GElf_Addr debug_frames_bias;
    GElf_Addr bias; /* from the addresses for which it was linked to those of the module */
    bool debug_frames_sought;
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

/* x86-64 only: the registers of others have other numbers. */
static bool is_ours(Elf *elf)
{
    GElf_Ehdr header;
    return gelf_getehdr(elf, &header) && header.e_machine == EM_X86_64 && gelf_getclass(elf) == ELFCLASS64;
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
    Elf *elf = dwfl_module_getelf(b->module, &b->bias);
    if (!elf || !is_ours(elf)) {
        binary_close(b);
        return NULL;
    }
    b->frames = dwfl_module_eh_cfi(b->module, &b->frames_bias);
    return b;
}

static void place_free(struct place *place)
{
    if (place->rules) {
        for (unsigned i = 0; i < REGISTERS; i++) {
            free((void *)place->rules->registers[i].ops);
        }
        free((void *)place->rules->cfa.ops);
        free(place->rules);
    }
    free(place);
}

static void forget_places(struct binary *b)
{
    for (size_t i = 0; i < PLACE_BUCKETS; i++) {
        while (b->places[i]) {
            struct place *place = b->places[i];
            b->places[i] = place->next;
            place_free(place);
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
    GElf_Addr bias;
    Elf *elf = dwfl_module_getelf(b->module, &bias);
    size_t count = 0;
    if (!elf || elf_getphdrnum(elf, &count) != 0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        if (gelf_getphdr(elf, (int)i, &header) && header.p_type == PT_LOAD &&
            file_offset >= header.p_offset && file_offset - header.p_offset < header.p_filesz) {
            *address = file_offset - header.p_offset + header.p_vaddr;
            return true;
        }
    }
    return false;
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

static bool keep_ops(struct unwind_rule *rule, const Dwarf_Op *ops, size_t count)
{
    struct expression_op *kept = calloc(count ? count : 1, sizeof(*kept));
    if (!kept) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        kept[i] = (struct expression_op){ops[i].atom, ops[i].number, ops[i].number2};
    }
    *rule = (struct unwind_rule){.how = RULE_EXPRESSION, .count = (unsigned)count, .ops = kept};
    return true;
}

/* dwarf_frame_register tells "the same" by no operations at no address, and "undefined" by none at one. */
static bool keep_rule(struct unwind_rule *rule, Dwarf_Frame *frame, int number)
{
    Dwarf_Op room[3];
    Dwarf_Op *ops;
    size_t count;
    if (dwarf_frame_register(frame, number, room, &ops, &count) != 0) {
        return false;
    }
    if (count == 0) {
        rule->how = ops ? RULE_UNDEFINED : RULE_SAME;
        return true;
    }
    return keep_ops(rule, ops, count);
}

static struct unwind_rules *keep_rules(Dwarf_Frame *frame)
{
    struct unwind_rules *rules = calloc(1, sizeof(*rules));
    bool signal = false;
    Dwarf_Op *ops;
    size_t count;
    int column = dwarf_frame_info(frame, NULL, NULL, &signal);
    if (!rules || column < 0 || dwarf_frame_cfa(frame, &ops, &count) != 0 || count == 0 ||
        !keep_ops(&rules->cfa, ops, count)) {
        free(rules);
        return NULL;
    }
    rules->signal_frame = signal;
    rules->return_column = (unsigned)column;
    for (int i = 0; i < REGISTERS; i++) {
        if (!keep_rule(&rules->registers[i], frame, i)) {
            rules->registers[i].how = RULE_UNDEFINED;
        }
    }
    return rules;
}

static struct unwind_rules *rules_in(Dwarf_CFI *table, uint64_t address)
{
    Dwarf_Frame *frame = NULL;
    if (!table || dwarf_cfi_addrframe(table, address, &frame) != 0) {
        return NULL;
    }
    struct unwind_rules *rules = keep_rules(frame);
    free(frame);
    return rules;
}

/* .debug_frame may be in another file, and is needed only where .eh_frame says nothing: Go has no other. */
static struct unwind_rules *rules_of_debug(struct binary *b, uint64_t address)
{
    if (!b->debug_frames_sought) {
        b->debug_frames_sought = true;
        b->debug_frames = dwfl_module_dwarf_cfi(b->module, &b->debug_frames_bias);
    }
    return rules_in(b->debug_frames, address + b->bias - b->debug_frames_bias);
}

const struct unwind_rules *binary_rules(struct binary *b, uint64_t address)
{
    struct place *place = place_of(b, address);
    if (!place) {
        return NULL;
    }
    if (!place->ruled) {
        place->ruled = true;
        place->rules = rules_in(b->frames, address + b->bias - b->frames_bias);
        if (!place->rules) {
            place->rules = rules_of_debug(b, address);
        }
    }
    return place->rules;
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
