"""Who listens on which port."""

import netlite

for row in netlite.connections("tcp", listening=True, owners=True):
    print(f"{row.local_address} port {row.local_port}: {row.program or '?'} ({row.process_id or 'not told'})")
