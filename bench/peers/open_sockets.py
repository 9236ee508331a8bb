"""Who listens on which port, with psutil."""

import psutil

for row in psutil.net_connections("tcp"):
    if row.status == psutil.CONN_LISTEN:
        program = psutil.Process(row.pid).name() if row.pid else "?"
        print(f"{row.laddr.ip} port {row.laddr.port}: {program} ({row.pid or 'not told'})")
