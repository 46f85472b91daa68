"""What the launcher is told survives its command line."""

from __future__ import annotations

import pytest

from mendline.checks.sandbox.launcher.order import LANDLOCK, Order


def test_an_order_is_read_as_it_was_written() -> None:
    order = Order()
    order.way = LANDLOCK
    order.writable = ["/tmp/a=b", "/tmp/--"]
    order.readable = ["/usr"]
    order.tasks = 7
    order.argv = ["tool", "--", "way=plain", ""]
    assert vars(Order.read(order.write())) == vars(order)


@pytest.mark.parametrize("arguments", [["no=1", "--", "x"], ["write=1", "--", "x"], ["tasks=many", "--", "x"], ["x"]])
def test_what_is_no_order_is_refused(arguments: list[str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - three kinds of them
        Order.read(arguments)
