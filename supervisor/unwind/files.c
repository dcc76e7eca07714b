#include "supervisor/unwind/files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/target.h"

/* Files that nobody refers to are forgotten from this many on: an agent sees those of all containers. While
 * one is known its inode is in use, and its number stands for nothing else. */
enum { FILES_MAX = 256, PAGE = 4096, VDSO_MAX = 65536 };

static void file_free(struct file *file)
{
    binary_close(file->binary);
    free(file->name);
    free(file);
}

static void forget_one(struct files *files)
{
    struct file **last = NULL;
    for (struct file **at = &files->first; *at; at = &(*at)->next) {
        last = (*at)->references ? last : at;
    }
    if (last) {
        struct file *file = *last;
        *last = file->next;
        files->count--;
        file_free(file);
    }
}

/* The kernel's own code in each program is the same as in ours. */
static int open_vdso(void)
{
    const char *image = (const char *)getauxval(AT_SYSINFO_EHDR); // NOLINT(performance-no-int-to-ptr)
    size_t size = 0;
    int fd = image ? memfd_create("vdso", MFD_CLOEXEC) : -1;
    /* It is some pages; how many it does not say. What follows it is not mapped: the write ends there. */
    while (fd >= 0 && size < VDSO_MAX && write(fd, image + size, PAGE) == PAGE) {
        size += PAGE;
    }
    return fd;
}

/* The file as the task sees it, if it still is the one that was mapped. Links and FIFOs lead nowhere. */
static int open_mapped(pid_t tid, const struct mapping *mapping)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                           .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    struct stat st;
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/root", tid);
    cleanup_close int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    cleanup_close int fd = root < 0 ? -1 : (int)syscall(SYS_openat2, root, mapping->name, &how, sizeof(how));
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_ino != mapping->inode) {
        return -1;
    }
    return take_fd(&fd);
}

/* That of 32-bit programs is another. -1: it can't be read. */
static int copy_vdso(pid_t tid, const struct mapping *mapping)
{
    struct target_mem target;
    char page[PAGE];
    int fd = memfd_create("vdso", MFD_CLOEXEC);
    uint64_t end = mapping->end - mapping->start < VDSO_MAX ? mapping->end : mapping->start + VDSO_MAX;
    target_mem_init(&target, tid);
    for (uint64_t at = mapping->start; fd >= 0 && at < end; at += PAGE) {
        if (!mem_read(&target.mem, at, page, PAGE) || write(fd, page, PAGE) != PAGE) {
            close(fd);
            fd = -1;
        }
    }
    return fd;
}

static bool is_low(const struct mapping *mapping)
{
    return mapping->end <= UINT64_C(1) << 32;
}

static const char *name_of(const struct mapping *mapping)
{
    return *mapping->name ? mapping->name : "[anon]";
}

static struct file *file_new(pid_t tid, const struct mapping *mapping)
{
    int fd = -1;
    if (mapping->inode) {
        fd = open_mapped(tid, mapping);
    } else if (strcmp(mapping->name, "[vdso]") == 0) {
        fd = is_low(mapping) ? copy_vdso(tid, mapping) : open_vdso();
        if (fd < 0) {
            return NULL;
        }
    }
    struct file *file = calloc(1, sizeof(*file));
    char *name = strdup(name_of(mapping));
    if (!file || !name) {
        (void)(fd < 0 || close(fd));
        free(file);
        free(name);
        return NULL;
    }
    *file = (struct file){
        .device = mapping->device, .inode = mapping->inode, .name = name, .low = is_low(mapping)};
    file->binary = fd >= 0 ? binary_open(fd, name) : NULL;
    return file;
}

static bool is_of(const struct file *file, const struct mapping *mapping)
{
    return file->inode == mapping->inode && file->device == mapping->device &&
           (file->inode || (strcmp(file->name, name_of(mapping)) == 0 && file->low == is_low(mapping)));
}

struct file *files_find(struct files *files, pid_t tid, const struct mapping *mapping)
{
    struct file **at = &files->first;
    while (*at && !is_of(*at, mapping)) {
        at = &(*at)->next;
    }
    struct file *file = *at;
    if (file) {
        *at = file->next;
    } else {
        if (files->count >= FILES_MAX) {
            forget_one(files);
        }
        file = file_new(tid, mapping);
        files->count += file != NULL;
    }
    if (file) {
        file->next = files->first;
        files->first = file;
    }
    return file;
}

struct file *files_vdso(struct files *files)
{
    const struct mapping mapping = {.end = UINT64_MAX, .name = "[vdso]"};
    return files_find(files, 0, &mapping);
}

void files_close(struct files *files)
{
    while (files->first) {
        struct file *file = files->first;
        files->first = file->next;
        file_free(file);
    }
    files->count = 0;
}
