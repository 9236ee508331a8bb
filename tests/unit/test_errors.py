"""One family of exceptions, listed in netlite.errors and named by netlite itself."""

from __future__ import annotations

import copy
import importlib
import pkgutil
import re

import pytest

import netlite
from netlite import api, errors, feature_errors
from netlite.command_line.getopt import OptionError


def family() -> list[type]:
    """NetliteError and all below it, after every module that needs no library has been loaded."""
    for module in pkgutil.walk_packages(netlite.__path__, "netlite."):
        try:
            importlib.import_module(module.name)
        except ImportError:  # scapy or pyroute2 is not here
            pass
    found = [errors.NetliteError]
    for kind in found:
        found += kind.__subclasses__()
    return [kind for kind in found if kind.__module__.startswith("netlite")]


def test_the_docstring_lists_the_whole_family_as_it_is():
    def tree(kind: type, indent: str) -> str:
        below = [each for each in (vars(errors) | vars(feature_errors)).values() if isinstance(each, type) and kind in each.__bases__]
        return f"{indent}{kind.__name__}\n" + "".join(tree(each, indent + "  ") for each in below)

    listed = re.findall(r"^ {4}( *\w+)(?:  .*)?$", errors.__doc__, re.MULTILINE)
    assert listed == tree(errors.NetliteError, "").splitlines()
    assert {name.strip() for name in listed} == {kind.__name__ for kind in family()}


def test_netlite_names_the_family_and_the_functions():
    assert set(netlite.__all__) == {kind.__name__ for kind in family()} | set(api.__all__) | {"aio"}
    assert all(getattr(netlite, kind.__name__) is kind for kind in family())
    assert all(getattr(netlite, name) is getattr(api, name) for name in api.__all__)


def test_completion_shows_what_there_is():
    assert {name for name in dir(netlite) if not name.startswith("_")} == set(netlite.__all__)
    assert "__version__" in dir(netlite)
    for name in ("nonsense", "_resolve", "SECOND_NS", "UsageError"):
        with pytest.raises(AttributeError, match=f"module 'netlite' has no attribute '{name}'"):
            getattr(netlite, name)


def test_everything_that_a_library_call_raises_on_purpose_has_one_root():
    with pytest.raises(netlite.NetliteError) as unknown:
        netlite.ping("no..such..name", count=1)
    assert type(unknown.value) is netlite.NameUnknown and unknown.value.code < 0
    assert str(unknown.value) == unknown.value.text != ""


@pytest.mark.parametrize("h_errno, words", [(1, "Unknown host"), (2, "Host name lookup failure"), (3, "Unknown server error"), (0, "Resolver Error 0 (no error)"),
                                            (4, "No address associated with name"), (-1, "Resolver internal error"), (9, "Unknown resolver error")])
def test_an_unknown_host_is_told_as_net_tools_tells_it(h_errno, words):
    unknown = feature_errors.HostUnknown("gone", -5, h_errno)
    assert str(unknown) == unknown.text == f"gone: {words}" and (unknown.code, unknown.h_errno) == (-5, h_errno)
    assert isinstance(unknown, errors.NameUnknown)


def test_the_end_of_a_program_is_no_error_of_the_library():
    assert not issubclass(errors.UsageError, errors.NetliteError)
    assert not issubclass(OptionError, errors.NetliteError)


@pytest.mark.parametrize("error", [errors.NameUnknown(-2, "Name or service not known"), errors.KernelRefused(1, "socket")])
def test_an_error_survives_being_copied(error):
    twin = copy.copy(error)
    assert type(twin) is type(error) and str(twin) == str(error) and vars(twin) == vars(error)
