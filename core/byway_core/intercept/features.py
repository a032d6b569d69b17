"""Which parts of nftables this kernel lacks, for a sentence when a rule set was refused.

libnftables says only that something in a rule was not found. Here the kernel is asked, for one
part after the other, whether it would take a table that uses just this part; nothing is changed.
"""

from __future__ import annotations

from byway_helper.netfilter import Netfilter, NetfilterError

_CHAIN = "chain c {{ type filter hook prerouting priority 0; {rule} }}"

# Modules as modprobe(8) knows them, and a rule that needs them. All within Linux 5.10.
_PARTS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("nf_tables",), ""),
    (("nft_fib_inet",), "fib daddr type local accept;"),
    (("nft_socket",), "socket wildcard 0 accept;"),
    (("nft_tproxy", "nf_tproxy_ipv4"), "meta l4proto tcp tproxy ip to 127.0.0.1:1 accept;"),
    (("nft_tproxy", "nf_tproxy_ipv6"), "meta l4proto tcp tproxy ip6 to [::1]:1 accept;"),
    (("nft_reject_inet",), "meta l4proto tcp reject with tcp reset;"),
)


def missing_modules(netfilter: Netfilter) -> tuple[str, ...]:
    """Kernel modules that are neither loaded nor loadable, each once; empty where the refusal
    had another reason. Without nf_tables itself, nothing else is asked."""
    missing: dict[str, None] = {}
    for modules, rule in _PARTS:
        chain = _CHAIN.format(rule=rule) if rule else ""
        try:
            netfilter.run(f"table inet byway_probe {{ {chain}\n}}\n", only_ask=True)
        except NetfilterError:
            missing.update(dict.fromkeys(modules))
            if not rule:
                break
    return tuple(missing)
