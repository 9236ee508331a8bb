"""/etc/resolv.conf of a node in memory, which a DHCP client writes (resolv.conf(5))."""

from __future__ import annotations

from io import BytesIO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..node.kernel import Kernel


class ResolverFile(BytesIO):
    """The file, open for writing: what was written is the node's when it is closed."""

    def __init__(self, kernel: Kernel):
        super().__init__()
        self._kernel = kernel

    def close(self) -> None:
        if not self.closed:
            self._kernel.resolver_text = self.getvalue().decode("utf-8", "surrogateescape")
        super().close()
