"""What Python cannot do without to show Unix sockets: /proc/net/unix, and two slices and a line a socket.

No look at what a row is, no names: the floor under ``netstat -xa``.
"""

from posix import O_RDONLY, open, read, write

STATES = {0: "FREE", 1: "", 2: "CONNECTING", 3: "CONNECTED", 4: "DISCONNECTING"}
TYPES = {1: "STREAM", 2: "DGRAM", 5: "SEQPACKET"}


class Kinds(dict):
    def __missing__(self, kind):
        references, _, flags, number, state = (int(word, 16) for word in kind.split())
        listens = flags & 0x10000 and state == 1
        text = self[kind] = (f"unix  {references:<6} {'[ ACC ]' if listens else '[ ]':11} {TYPES[number]:10} "
                             f"{'LISTENING' if listens else STATES[state]:13}")
        return text


kinds, file, rest, first = Kinds(), open("/proc/net/unix", O_RDONLY), "", True
write(1, b"Active UNIX domain sockets (servers and established)\n"
         b"Proto RefCnt Flags       Type       State         I-Node   Path\n")
while True:
    parts, size = [], 0
    while size < 1 << 14 and (part := read(file, 1 << 14)):
        parts.append(part)
        size += len(part)
    lines, _, rest = (rest + b"".join(parts).decode()).rpartition("\n")
    rows = lines.split("\n")[first:]
    if not size:
        break
    first = False
    write(1, "".join([f"{kinds[line[18:52]]} {line[53:].ljust(8)} \n" for line in rows]).encode())
