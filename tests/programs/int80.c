/* A 64-bit program that enters the kernel the 32-bit way: openat, getppid and an unknown number by int 0x80.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __x86_64__
static long call32(long number, long a, long b, long c)
{
    long ret;
    /* The kernel clears r8 to r11 on this way in. */
    __asm__ volatile("int $0x80"
                     : "=a"(ret)
                     : "a"(number), "b"(a), "c"(b), "d"(c)
                     : "memory", "r8", "r9", "r10", "r11");
    return ret;
}

int main(void)
{
    enum { I386_GETPPID = 64, I386_OPENAT = 295, I386_NONE = 8000 };
    char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED) {
        return 2;
    }
    strcpy(low, "/nonexistent/by-int80");
    long parent = call32(I386_GETPPID, 0, 0, 0);
    long opened = call32(I386_OPENAT, -100, (long)(uintptr_t)low, 0);
    long unknown = call32(I386_NONE, 1, 2, 3);
    if (parent <= 0 && parent == -ENOSYS) {
        puts("no 32-bit calls here");
        return 3;
    }
    printf("getppid %s, openat %s, unknown %s\n", parent > 0 ? "ok" : "failed",
           opened == -ENOENT ? "ENOENT" : "?", unknown == -ENOSYS ? "ENOSYS" : "?");
    return 0;
}
#else
int main(void)
{
    puts("no 32-bit calls here");
    return 3;
}
#endif
