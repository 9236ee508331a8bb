"""The sentences of ``netstat -s``: which counter is told how.

One line a counter: kind, counter, sentence.  Kinds:

    always   told even when 0                    input, output   ICMP histograms, told when not 0
    nonzero  told when not 0                     never           left out
    missed   told as ``counter: value``, because net-tools does not find it: it searches a table by
             halving that is not sorted.  Scripts have come to expect it; the sentence is the one meant.
"""

from __future__ import annotations

SENTENCES = {
    "Ip": """
never DefaultTTL Default TTL is %d
always ForwDatagrams %d forwarded
missed Forwarding Forwarding is %s
nonzero FragCreates %d fragments created
nonzero FragFails %d outgoing packets failed fragmentation
nonzero FragOKs %d outgoing packets fragmented ok
nonzero InAddrErrors %d with invalid addresses
always InDelivers %d incoming packets delivered
always InDiscards %d incoming packets discarded
nonzero InHdrErrors %d with invalid headers
always InReceives %d total packets received
nonzero InUnknownProtos %d with unknown protocol
nonzero OutDiscards %d outgoing packets dropped
nonzero OutNoRoutes %d dropped because of missing route
always OutRequests %d requests sent out
nonzero ReasmFails %d packet reassemblies failed
nonzero ReasmOKs %d packets reassembled ok
nonzero ReasmReqds %d reassemblies required
nonzero ReasmTimeout %d fragments dropped after timeout
""",
    "Ip6": """
nonzero Ip6FragCreates %d fragments created
nonzero Ip6FragFails %d outgoing packets failed fragmentation
nonzero Ip6FragOKs %d outgoing packets fragmented ok
nonzero Ip6InAddrErrors %d with invalid addresses
always Ip6InDelivers %d incoming packets delivered
always Ip6InDiscards %d incoming packets discarded
nonzero Ip6InHdrErrors %d with invalid headers
nonzero Ip6InMcastPkts %d incoming multicast packets
nonzero Ip6InNoRoutes %d incoming packets with no route
always Ip6InReceives %d total packets received
nonzero Ip6InTooBigErrors %d with packets too big
nonzero Ip6InTruncatedPkts %d with truncated packets
nonzero Ip6InUnknownProtos %d with unknown protocol
nonzero Ip6OutDiscards %d outgoing packets dropped
always Ip6OutForwDatagrams %d forwarded
nonzero Ip6OutMcastPkts %d outgoing multicast packets
nonzero Ip6OutNoRoutes %d dropped because of missing route
always Ip6OutRequests %d requests sent out
nonzero Ip6ReasmFails %d packet reassemblies failed
nonzero Ip6ReasmOKs %d packets reassembled ok
nonzero Ip6ReasmReqds %d reassemblies required
nonzero Ip6ReasmTimeout %d fragments dropped after timeout
""",
    "Icmp": """
input InAddrMaskReps address mask replies: %d
input InAddrMasks address mask request: %d
input InDestUnreachs destination unreachable: %d
input InEchoReps echo replies: %d
input InEchos echo requests: %d
always InErrors %d input ICMP message failed
always InMsgs %d ICMP messages received
input InParmProbs wrong parameters: %d
input InRedirects redirects: %d
input InSrcQuenchs source quenches: %d
input InTimeExcds timeout in transit: %d
input InTimestampReps timestamp reply: %d
input InTimestamps timestamp request: %d
output OutAddrMaskReps address mask replies: %d
output OutAddrMasks address mask requests: %d
output OutDestUnreachs destination unreachable: %d
output OutEchoReps echo replies: %d
output OutEchos echo requests: %d
always OutErrors %d ICMP messages failed
always OutMsgs %d ICMP messages sent
output OutParmProbs wrong parameters: %d
output OutRedirects redirect: %d
output OutSrcQuenchs source quench: %d
output OutTimeExcds time exceeded: %d
output OutTimestampReps timestamp replies: %d
output OutTimestamps timestamp requests: %d
""",
    "Icmp6": """
input Icmp6InDestUnreachs destination unreachable: %d
input Icmp6InEchoReplies echo replies: %d
input Icmp6InEchos echo requests: %d
always Icmp6InErrors %d input ICMP message failed
input Icmp6InGroupMembQueries group member queries: %d
input Icmp6InGroupMembReductions group member reductions: %d
input Icmp6InGroupMembResponses group member responses: %d
always Icmp6InMsgs %d ICMP messages received
input Icmp6InNeighborAdvertisements neighbour advertisement: %d
input Icmp6InNeighborSolicits neighbour solicits: %d
input Icmp6InParmProblems parameter problem: %d
input Icmp6InPktTooBigs packets too big: %d
input Icmp6InRedirects redirects: %d
input Icmp6InRouterAdvertisements router advertisement: %d
input Icmp6InRouterSolicits router solicits: %d
input Icmp6InTimeExcds received ICMPv6 time exceeded: %d
output Icmp6OutDestUnreachs destination unreachable: %d
output Icmp6OutEchoReplies echo replies: %d
output Icmp6OutEchos echo requests: %d
output Icmp6OutGroupMembQueries group member queries: %d
output Icmp6OutGroupMembReductions group member reductions: %d
output Icmp6OutGroupMembResponses group member responses: %d
always Icmp6OutMsgs %d ICMP messages sent
output Icmp6OutNeighborAdvertisements neighbor advertisements: %d
output Icmp6OutNeighborSolicits neighbor solicits: %d
output Icmp6OutParmProblems parameter problem: %d
output Icmp6OutPktTooBigs packets too big: %d
output Icmp6OutRedirects redirects: %d
missed Icmp6OutRouterAdvertisements router advertisement: %d
output Icmp6OutRouterSolicits router solicits: %d
output Icmp6OutTimeExcds sent ICMPv6 time exceeded: %d
""",
    "Tcp": """
always ActiveOpens %d active connection openings
always AttemptFails %d failed connection attempts
always CurrEstab %d connections established
always EstabResets %d connection resets received
always InErrs %d bad segments received
always InSegs %d segments received
never MaxConn
always OutRsts %d resets sent
always OutSegs %d segments sent out
always PassiveOpens %d passive connection openings
always RetransSegs %d segments retransmitted
never RtoAlgorithm RTO algorithm is %s
never RtoMax
never RtoMin
""",
    "Udp": """
always InDatagrams %d packets received
always InErrors %d packet receive errors
always NoPorts %d packets to unknown port received
always OutDatagrams %d packets sent
always RcvbufErrors %d receive buffer errors
always SndbufErrors %d send buffer errors
""",
    "Udp6": """
always Udp6InDatagrams %d packets received
always Udp6InErrors %d packet receive errors
always Udp6NoPorts %d packets to unknown port received
always Udp6OutDatagrams %d packets sent
""",
    "TcpExt": """
nonzero DelayedACKLocked %d delayed acks further delayed because of locked socket
nonzero DelayedACKLost Quick ack mode was activated %d times
nonzero DelayedACKs %d delayed acks sent
nonzero EmbryonicRsts %d resets received for embryonic SYN_RECV sockets
nonzero ListenDrops %d SYNs to LISTEN sockets dropped
nonzero ListenOverflows %d times the listen queue of a socket overflowed
nonzero LockDroppedIcmps %d ICMP packets dropped because socket was locked
nonzero OfoPruned %d packets dropped from out-of-order queue because of socket buffer overrun
nonzero OutOfWindowIcmps %d ICMP packets dropped because they were out-of-window
nonzero PAWSActive %d active connections rejected because of time stamp
nonzero PAWSEstab %d packets rejected in established connections because of timestamp
nonzero PAWSPassive %d passive connections rejected because of time stamp
nonzero PruneCalled %d packets pruned from receive queue because of socket buffer overrun
nonzero RcvPruned %d packets pruned from receive queue
nonzero SockMallocOOM Ran %d times out of system memory during packet sending
nonzero SyncookiesFailed %d invalid SYN cookies received
nonzero SyncookiesRecv %d SYN cookies received
nonzero SyncookiesSent %d SYN cookies sent
nonzero TCPAbortFailed %d times unable to send RST due to no memory
nonzero TCPAbortOnClose %d connections reset due to early user close
nonzero TCPAbortOnData %d connections reset due to unexpected data
nonzero TCPAbortOnLinger %d connections aborted after user close in linger timeout
nonzero TCPAbortOnMemory %d connections aborted due to memory pressure
nonzero TCPAbortOnSyn %d connections reset due to unexpected SYN
nonzero TCPAbortOnTimeout %d connections aborted due to timeout
nonzero TCPDirectCopyFromBacklog %d bytes directly in process context from backlog
missed TCPDirectCopyFromPrequeue %d bytes directly received in process context from prequeue
missed TCPDSACKOfoRecv %d DSACKs for out of order packets received
missed TCPDSACKOfoSent %d DSACKs sent for out of order packets
missed TCPDSACKOldSent %d DSACKs sent for old packets
missed TCPDSACKRecv %d DSACKs received
missed TCPDSackUndo %d congestion window recovered without slow start using DSACK
missed TCPDSACKUndo %d congestion windows recovered without slow start by DSACK
nonzero TCPFACKReorder Detected reordering %d times using FACK
nonzero TCPFastRetrans %d fast retransmits
nonzero TCPForwardRetrans %d forward retransmits
nonzero TCPFullUndo %d congestion windows fully recovered without slow start
nonzero TCPHPAcks %d predicted acknowledgments
always TCPHPHits %d packet headers predicted
nonzero TCPHPHitsToUser %d packet headers predicted and directly queued to user
nonzero TCPLossFailures %d timeouts in loss state
missed TCPLoss %d TCP data loss events
nonzero TCPLossUndo %d congestion windows recovered without slow start after partial ack
nonzero TCPLostRetransmits %d retransmits lost
nonzero TCPMemoryPressures TCP ran low on memory %d times
nonzero TCPPartialUndo %d congestion windows partially recovered using Hoe heuristic
nonzero TCPPrequeued %d packets directly queued to recvmsg prequeue
missed TCPPrequeueDropped %d packets dropped from prequeue
nonzero TCPPureAcks %d acknowledgments not containing data payload received
nonzero TCPRcvCollapsed %d packets collapsed in receive queue due to low socket buffer
nonzero TCPRenoFailures %d timeouts after reno fast retransmit
missed TCPRenoRecoveryFailed %d reno fast retransmits failed
missed TCPRenoRecoveryFail %d classic Reno fast retransmits failed
nonzero TCPRenoRecovery %d times recovered from packet loss due to fast retransmit
nonzero TCPRenoReorder Detected reordering %d times using reno fast retransmit
missed TCPSackFailures %d timeouts after SACK recovery
missed TCPSackRecoveryFail %d SACK retransmits failed
missed TCPSackRecovery %d times recovered from packet loss by selective acknowledgements
missed TCPSACKReneging %d bad SACK blocks received
nonzero TCPSACKReorder Detected reordering %d times using SACK
nonzero TCPSchedulerFailed %d times receiver scheduled too late for direct processing
nonzero TCPSlowStartRetrans %d retransmits in slow start
missed TCPTimeouts %d other TCP timeouts
nonzero TCPTSReorder Detected reordering %d times using time stamp
missed TWKilled %d TCP sockets finished time wait in slow timer
nonzero TW %d TCP sockets finished time wait in fast timer
nonzero TWRecycled %d time wait sockets recycled by time stamp
""",
    "Sctp": """
always SctpAborteds %d Number of Aborteds\x20
always SctpActiveEstabs %d Active Associations
always SctpChecksumErrors %d Number of Packets with invalid Checksum
always SctpCurrEstab %d Current Associations
always SctpFragUsrMsgs %d Number of messages fragmented
always SctpInCtrlChunks %d Number of control chunks received
always SctpInOrderChunks %d Number of ordered chunks received
always SctpInSCTPPacks %d Number of SCTP packets received
always SctpInUnorderChunks %d Number of Unordered chunks received
always SctpOutCtrlChunks %d Number of control chunks sent
always SctpOutOfBlues %d Number of Out of Blue packets
always SctpOutOrderChunks %d Number of ordered chunks sent
always SctpOutSCTPPacks %d Number of SCTP packets sent
always SctpOutUnorderChunks %d Number of Unordered chunks sent
always SctpPassiveEstabs %d Passive Associations
always SctpReasmUsrMsgs %d Number of messages reassembled\x20
always SctpShutdowns %d Number of Graceful Terminations
""",
}


def sentences_of(section: str) -> dict[str, tuple[str, str]] | None:
    """Counter -> (kind, sentence) for a section; None where net-tools does not know the section."""
    if section not in SENTENCES:
        return None
    rows = (line.split(" ", 2) for line in SENTENCES[section].split("\n") if line)
    return {row[1]: (row[0], row[2] if len(row) > 2 else "") for row in rows}
