"""A short piece of `make fuzz`, the same at every run."""

from __future__ import annotations

import functools
import random

import originals
import players
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutation import mutate
from probing import Probing
from tables import Tables
from targets import Campaign, all_targets

from netlite.errors import NetliteError

PROBING_SEEDS = range(2)
PROGRAMS = ("netstat", "ifconfig", "route", "arp", "hostname")
SEEDS = {"displays": range(0, 6), "changes": range(0, 12)}
EXECUTIONS = 500


@pytest.fixture(scope="module")
def stage():
    """What plays examples."""
    try:
        with players.Stage() as one:
            if one.rootless:
                pytest.skip("changes need root: an ioctl on behalf of nobody cannot be tested in a user namespace")
            yield one
    except NetliteError as refusal:
        pytest.skip(f"no namespaces here: {refusal}")


@pytest.mark.parametrize("kind", SEEDS)
def test_random_nodes(kind, stage):
    originals.need(*PROGRAMS)
    fuzzer = Tables(kind, stage)
    for seed in SEEDS[kind]:
        fuzzer.run(seed)
    assert not fuzzer.tally.findings, "\n".join(fuzzer.tally.findings)
    assert fuzzer.tally.commands > 50


def test_one_is_the_original_and_the_other_is_not(stage):
    originals.need("hostname", "ping")
    differing, _ = stage.play("displays", [], [[b"hostname", b"--json"], [b"hostname"]])
    assert [number for number, *_ in differing] == [0] and '"hostname"' in differing[0][2][0]
    original, ours = stage.play("probing", ["1"], [[b"ping", b"--multi", b"-c1", b"-W", b"0.1", b"198.51.100.1"]])
    assert original[0][2] == 2 and ours[0][2] in (0, 1)


def test_random_answers(stage):
    originals.need("ping", "traceroute", "tracepath")
    fuzzer = Probing(stage)
    for seed in PROBING_SEEDS:
        fuzzer.run(seed)
    assert not fuzzer.tally.findings, "\n".join(fuzzer.tally.findings)


@functools.cache
def targets():
    """All targets by name."""
    return all_targets()


@pytest.mark.parametrize("name", list(targets()))
def test_changed_inputs(name):
    campaign = Campaign(targets()[name], seed=1)
    campaign.go(EXECUTIONS)
    assert not campaign.findings, "\n".join(campaign.told())


@pytest.mark.parametrize("name", list(targets()))
def test_any_bytes(name):
    target = targets()[name]
    changed = st.builds(lambda seed: mutate(random.Random(seed), target.corpus, target.tokens), st.integers(0, 1 << 64))

    @settings(derandomize=True, database=None)
    @given(st.one_of(st.binary(max_size=200), st.sampled_from(target.corpus), changed))
    def hold(data):
        assert target.holds(data) == ""

    hold()
