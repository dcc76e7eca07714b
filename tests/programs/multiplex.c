/* Makes a socket and connects it to 127.0.0.1, port 9, as old 32-bit programs do: through socketcall. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#ifdef __x86_64__
enum { I386_SOCKETCALL = 102, SYS32_SOCKET = 1, SYS32_CONNECT = 3 };

static int socketcall(int which, const uint32_t *args)
{
    int ret;
    /* The kernel clears r8 to r11 on this way in. */
    __asm__ volatile("int $0x80"
                     : "=a"(ret)
                     : "a"(I386_SOCKETCALL), "b"(which), "c"(args)
                     : "memory", "r8", "r9", "r10", "r11");
    return ret;
}

int main(void)
{
    struct low {
        uint32_t args[6];
        struct sockaddr_in address;
    } *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED) {
        return 2;
    }
    memcpy(low->args, (const uint32_t[]){AF_INET, SOCK_DGRAM, 0}, 3 * sizeof(uint32_t));
    int fd = socketcall(SYS32_SOCKET, low->args);
    low->address = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    memcpy(low->args,
           (const uint32_t[]){(uint32_t)fd, (uint32_t)(uintptr_t)&low->address, sizeof(low->address)},
           3 * sizeof(uint32_t));
    int ret = socketcall(SYS32_CONNECT, low->args);
    printf("socket %d connect %d\n", fd, ret);
    return 0;
}
#else
int main(void)
{
    return 3;
}
#endif
