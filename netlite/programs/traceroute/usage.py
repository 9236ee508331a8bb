"""The help texts of traceroute, laid out from its option tables."""

from __future__ import annotations

from ...command_line.getopt import Option
from ...command_line.traceroute_options import Operand, long_name

SCREEN_COLUMNS = 80
OPTION_COLUMN = 30  # where the words about an option begin
OPERAND_COLUMN = 20

VERSION = ("Modern traceroute for Linux, version 2.1.2\n"
           "Copyright (c) 2016  Dmitry Butskoy,   License: GPL v2 or any later\n")


def usage(program: str, options: tuple[Option, ...], operands: tuple[Operand, ...]) -> str:
    """What --help prints."""
    lines = ["Usage:", f"  {program}{usage_words(options, operands)}", "Options:"]
    lines += option_lines(options)
    lines += ["", "Arguments:"]
    for operand in operands:
        mark = "+     " if operand.required else "      "
        lines += boxed(mark + operand.name, OPERAND_COLUMN, operand.text)
    return "\n".join(lines) + "\n"


def usage_words(options: tuple[Option, ...], operands: tuple[Operand, ...]) -> str:
    """`` [ -flags ] [ -m max_ttl ] … host [ packetlen ]``"""
    flags = "".join(row.short for row in options if row.short and not row.value)
    text = f" [ -{flags} ]"
    for row in options:
        if not row.advanced and (row.value or not row.short):
            text += f" [ {short_usage(row) if row.short else long_usage(row)} ]"
    for operand in operands:
        text += f" {operand.name}" if operand.required else f" [ {operand.name} ]"
    return text


def keyword_help(keywords: tuple[Option, ...]) -> str:
    """What -O help prints for a method."""
    lines = option_lines(keywords, keywords=True)
    alone = [long_usage(row, True) for row in keywords if row.alone]
    if alone:
        lines += ["Only one of these may be specified:", "    " + " | ".join(alone)]
    return "\n".join(lines) + "\n"


def option_lines(options: tuple[Option, ...], keywords: bool = False) -> list[str]:
    """Names and words of each option."""
    lines = []
    for row in options:
        names = [short_usage(row)] if row.short else []
        names += [long_usage(row, keywords)] if row.long else []
        lines += boxed("  " + "  ".join(names), OPTION_COLUMN, row.text.replace("%s", row.value or "%s"))
    return lines


def short_usage(row: Option) -> str:
    """``-m max_ttl``"""
    return f"-{row.short}" + (f" {row.value}{',...' if row.several else ''}" if row.value else "")


def long_usage(row: Option, keywords: bool = False) -> str:
    """``--max-hops=max_ttl``"""
    return long_name(row, keywords) + (f"={row.value}{',...' if row.several else ''}" if row.value else "")


def boxed(head: str, column: int, text: str) -> list[str]:
    """`head`, and `text` beside it from `column` on, or below it where head is too long."""
    width = SCREEN_COLUMNS - column - 1
    rows, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            rows.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    rows.append(line)
    if len(head) < column:
        rows[0] = head.ljust(column) + rows[0]
        return rows[:1] + [" " * column + row for row in rows[1:]]
    return [head] + [" " * column + row for row in rows]
