/* Every kind of argument; one header per family. */
#ifndef PROCTOR_DECODE_KINDS_H
#define PROCTOR_DECODE_KINDS_H

#include "decode/kinds/aio.h"
#include "decode/kinds/basic.h"
#include "decode/kinds/bpf.h"
#include "decode/kinds/clone.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/exec.h"
#include "decode/kinds/fcntl.h"
#include "decode/kinds/file.h"
#include "decode/kinds/futex.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/iovec.h"
#include "decode/kinds/keys.h"
#include "decode/kinds/memory.h"
#include "decode/kinds/mount.h"
#include "decode/kinds/mqueue.h"
#include "decode/kinds/msghdr.h"
#include "decode/kinds/net.h"
#include "decode/kinds/perf.h"
#include "decode/kinds/poll.h"
#include "decode/kinds/signal.h"
#include "decode/kinds/sockaddr.h"
#include "decode/kinds/sockopt.h"
#include "decode/kinds/stat.h"
#include "decode/kinds/system.h"
#include "decode/kinds/sysvipc.h"
#include "decode/kinds/time.h"
#include "decode/kinds/uring.h"
#include "decode/kinds/wait.h"

#endif
