"""Where connections come in: a program's own network namespace, and what its packets say.

The engine's side, which needs no privilege and never waits once a program runs:

    namespace    Preparation, NamespaceRun: starts a program, has its sockets, tells of its life
    launch         … the launcher process: forked, served, waited for
    interception   … the sockets
    origin       where an accepted connection wanted to go
    desk         which process a connection comes from; a thread that answers
    diagnosis      … whose the socket is, by the kernel     processes   … and what it is, by /proc
    datagrams    UDP: received with their original destination, answered from it
    obstacles    why a machine does not let us, in the user's words

The other side, in processes forked from the engine before it has a loop (docs/internals has the
tree, the messages and what happens when each of them dies):

    launcher     the program's parent: makes the namespaces, waits until everything in them ended
    supervisor     … the waiting, the signals, and the end of all
    setup        a child that lives some 20 ms: links, rules, sockets, resolv.conf
    links          … links and addresses         features   … what of nftables a kernel lacks
    program      the child that becomes the program: powers dropped, then exec
    execution      … exec as shells do it

What both share: `wire` (their messages), `forking`, `idmaps` (user and group id maps), `kin`
(which processes belong to a namespace), `kernel` (system calls that Python lacks), `names` (what
libc is to read instead of the host's files) and `checkpoints` (where tests may step in).

The room knows plans and sockets; it must not know rules, upstreams or flows.
"""
