"""What the exporter tells: the name, kind and meaning of every metric.

Names follow Prometheus' rules: base units, ``_total`` for what only grows; ``probe_…`` are those of blackbox_exporter
where it has the same thing.
"""

from __future__ import annotations

from ...feature_errors import LibraryMissing
from ...libraries import find_libraries

GAUGE, COUNTER, HISTOGRAM = "gauge", "counter", "histogram"

PROBES = {  # of /probe
    "probe_success": (GAUGE, "Whether the target answered (of module why: whether nothing is wrong)"),
    "probe_duration_seconds": (GAUGE, "How long the whole probe took"),
    "probe_dns_lookup_time_seconds": (GAUGE, "How long it took to look the name up"),
    "probe_ip_protocol": (GAUGE, "The version of IP that was probed, 4 or 6"),
    "probe_failure_info": (GAUGE, "Why the probe failed, a word"),
    "probe_icmp_duration_seconds": (GAUGE, "The round trip of the last answer, by phase, which is always rtt"),
    "probe_icmp_reply_hop_limit": (GAUGE, "What the last answer had left of its TTL or hop limit"),
    "probe_icmp_sent_packets": (GAUGE, "Echo requests of this probe"),
    "probe_icmp_received_packets": (GAUGE, "Answers to them"),
    "probe_icmp_duplicate_packets": (GAUGE, "Answers beyond the first one to a request"),
    "probe_icmp_loss_ratio": (GAUGE, "The part of the requests without an answer"),
    "probe_icmp_rtt_seconds": (GAUGE, "Round trips: least, mean, median, greatest, standard deviation"),
    "probe_icmp_jitter_seconds": (GAUGE, "The mean difference of successive round trips"),
    "probe_tcp_connect_seconds": (GAUGE, "From the first segment to the answer of the port"),
    "probe_tcp_refused": (GAUGE, "Whether the host answered that the port is closed"),
    "probe_path_hops": (GAUGE, "How many hops it takes to the target, or to where the answers end"),
    "probe_path_reached": (GAUGE, "Whether the target itself answered"),
    "probe_path_hash": (GAUGE, "A number made of the routers' addresses: it changes with the path"),
    "probe_path_hop_info": (GAUGE, "Who answered at a hop"),
    "probe_path_hop_rtt_seconds": (GAUGE, "The least round trip to a hop"),
    "probe_path_hop_loss_ratio": (GAUGE, "The part of the probes to a hop without an answer"),
    "probe_path_mtu_bytes": (GAUGE, "The largest packet that arrives"),
    "probe_path_mtu_local_bytes": (GAUGE, "The largest packet that leaves this host"),
    "probe_path_mtu_black_hole": (GAUGE, "Whether larger packets vanish without a word"),
    "probe_path_mtu_exact": (GAUGE, "Whether the search came to its end"),
    "probe_why_info": (GAUGE, "A cause that the diagnosis found"),
    "probe_why_confidence_ratio": (GAUGE, "How sure it is of a cause"),
    "probe_why_hop": (GAUGE, "Where a cause lies: 0 is the exporter's host, 1 the first router"),
    "probe_why_sent_packets": (GAUGE, "What the diagnosis sent"),
}
TARGETS = {  # of /metrics: targets that are probed all the time
    "netlite_target_known": (GAUGE, "Whether the name of a target has an address"),
    "netlite_target_info": (GAUGE, "The address that is probed"),
    "netlite_ping_sent_total": (COUNTER, "Echo requests that left"),
    "netlite_ping_received_total": (COUNTER, "Echo requests that were answered in time"),
    "netlite_ping_lost_total": (COUNTER, "Echo requests without an answer in time"),
    "netlite_ping_errors_total": (COUNTER, "Echo requests that an ICMP error or our own kernel ended"),
    "netlite_ping_duplicates_total": (COUNTER, "Answers beyond the first one to a request"),
    "netlite_ping_late_total": (COUNTER, "Answers that came when they had been given up"),
    "netlite_ping_rtt_seconds": (HISTOGRAM, "Round trips"),
    "netlite_ping_jitter_seconds": (GAUGE, "Smoothed difference of successive round trips (RFC 3550)"),
    "netlite_path_traces_total": (COUNTER, "Times the path was looked at"),
    "netlite_path_hops": (GAUGE, "Hops to the target, or to where the answers end"),
    "netlite_path_reached": (GAUGE, "Whether the target itself answered the last trace"),
    "netlite_path_changes_total": (COUNTER, "Traces that found other routers than the one before"),
    "netlite_path_mtu_bytes": (GAUGE, "The largest packet that arrives"),
    "netlite_hop_info": (GAUGE, "Who answered last at a hop"),
    "netlite_hop_sent_total": (COUNTER, "Probes to a hop"),
    "netlite_hop_lost_total": (COUNTER, "Probes to a hop without an answer"),
}
HOST = {  # of /metrics: this host's tables
    "netlite_sockets": (GAUGE, "Sockets, by protocol, family and state"),
    "netlite_listen_queue_connections": (GAUGE, "Connections that a listening socket has not accepted yet"),
    "netlite_listen_queue_limit_connections": (GAUGE, "How many it lets wait"),
    "netlite_interface_up": (GAUGE, "Whether an interface is switched on"),
    "netlite_interface_running": (GAUGE, "Whether it can carry packets"),
    "netlite_interface_mtu_bytes": (GAUGE, "The largest packet it takes"),
    "netlite_interface_receive_bytes_total": (COUNTER, "Bytes received"),
    "netlite_interface_receive_packets_total": (COUNTER, "Packets received"),
    "netlite_interface_receive_errors_total": (COUNTER, "Receive errors"),
    "netlite_interface_receive_dropped_total": (COUNTER, "Packets received and dropped, missed ones included"),
    "netlite_interface_receive_fifo_total": (COUNTER, "Receive FIFO overruns"),
    "netlite_interface_receive_frame_total": (COUNTER, "Length, overrun, CRC and frame errors"),
    "netlite_interface_receive_compressed_total": (COUNTER, "Compressed packets received"),
    "netlite_interface_receive_multicast_total": (COUNTER, "Multicast packets received"),
    "netlite_interface_transmit_bytes_total": (COUNTER, "Bytes sent"),
    "netlite_interface_transmit_packets_total": (COUNTER, "Packets sent"),
    "netlite_interface_transmit_errors_total": (COUNTER, "Transmit errors"),
    "netlite_interface_transmit_dropped_total": (COUNTER, "Packets dropped instead of sent"),
    "netlite_interface_transmit_fifo_total": (COUNTER, "Transmit FIFO errors"),
    "netlite_interface_transmit_collisions_total": (COUNTER, "Collisions"),
    "netlite_interface_transmit_carrier_total": (COUNTER, "Carrier, aborted, window and heartbeat errors"),
    "netlite_interface_transmit_compressed_total": (COUNTER, "Compressed packets sent"),
    "netlite_routes": (GAUGE, "Routes, by table and type"),
    "netlite_neighbours": (GAUGE, "Neighbours, by device and state"),
    "netlite_mib_total": (COUNTER, "The kernel's protocol counters by their MIB names (Tcp_RetransSegs)"),
    "netlite_mib_current": (GAUGE, "Those of them that are no counters (Tcp_CurrEstab)"),
    "netlite_table_readable": (GAUGE, "Whether a table of the kernel could be read"),
}
EXPORTER = {  # of /metrics: the exporter itself
    "netlite_exporter_info": (GAUGE, "The exporter's version"),
    "netlite_exporter_probes_total": (
        COUNTER, "Probes, by module and outcome: success, failure, refused (503), forbidden (403), abandoned"),
    "netlite_exporter_echo_requests_total": (COUNTER, "Echo requests that left for module icmp"),
    "netlite_exporter_probes_running": (GAUGE, "Probes under way"),
    "netlite_exporter_probes_waiting": (GAUGE, "Probes that wait for their turn"),
    "netlite_exporter_connections": (GAUGE, "Open connections of clients"),
    "netlite_exporter_requests_total": (COUNTER, "Answers to clients, by status"),
    "netlite_exporter_connections_refused_total": (COUNTER, "Connections beyond the bound"),
    "netlite_exporter_files_readable": (GAUGE, "Whether a file was understood when it was read last"),
    "netlite_exporter_processor_seconds_total": (COUNTER, "Processor time of the exporter"),
    "netlite_exporter_open_descriptors": (GAUGE, "Open file descriptors of the exporter"),
}
METRICS = {**PROBES, **TARGETS, **HOST, **EXPORTER}


def need_library() -> None:
    """Raises LibraryMissing without prometheus-client or h11."""
    find_libraries()
    for module, name in (("prometheus_client", "prometheus-client"), ("h11", "h11")):
        try:
            __import__(module)
        except ImportError:
            raise LibraryMissing(name, "netlite exporter") from None
