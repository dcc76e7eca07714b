# The part of a bundle's configuration that sends calls to the agent:
#
#   runc spec
#   jq -f seccomp.jq config.json >traced.json && mv traced.json config.json
#
# A profile that exists is wrapped instead: proctor profile-wrap.
.linux.seccomp = {
    defaultAction: "SCMP_ACT_ALLOW",
    architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    listenerPath: "/run/proctor/agent.sock",
    listenerMetadata: "example",
    syscalls: [{
        names: ["execve", "execveat", "open", "openat", "openat2", "unlink", "unlinkat", "rename", "renameat",
            "renameat2", "connect", "bind", "exit_group"],
        action: "SCMP_ACT_NOTIFY"
    }]
}
