"""Giving purchases back: what staff type for it, and how much can be."""

import re
from dataclasses import dataclass

from club.errors import AlreadyRefunded, RefundTooLarge
from club.misreadings import BadReceipt, CommandIncomplete
from club.money import Money
from club.orders import plain_line, split_member, take_amount

RECEIPT_LENGTH = 40
_RECEIPT = re.compile(r"#\s*(\S*)\s*")
_NUMBER = re.compile(rf"[\w/.-]{{1,{RECEIPT_LENGTH}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A purchase by its receipt, or one of a member's; without an amount, all that is left."""

    receipt: str | None
    who: str | None
    amount: Money | None


def read_refund(text: str, currency: str) -> Wish:
    """`<#receipt or member> [amount]`; raises CommandIncomplete, BadReceipt, BadAmount."""
    line = plain_line(text)
    receipt, who = None, None
    if match := _RECEIPT.match(line):
        receipt, rest = match[1].rstrip(",،"), line[match.end() :]
        if not _NUMBER.fullmatch(receipt):
            raise BadReceipt(text=f"#{receipt}"[:64], limit=RECEIPT_LENGTH)
    else:
        who, rest = split_member(line)
        if not who:
            raise CommandIncomplete(command="refund")
    amount = None
    if rest:
        amount, more = take_amount(rest.split(" "), currency)
        if more:
            raise CommandIncomplete(command="refund")
    return Wish(receipt=receipt, who=who, amount=amount)


def amount_back(paid: Money, refunded: int, wanted: Money | None, *, over: bool) -> Money:
    """How much goes back now; all that is left where nothing is said.

    Raises AlreadyRefunded where nothing is left, RefundTooLarge where less is left.
    """
    left = Money(paid.minor - refunded, paid.currency)
    if over:
        raise AlreadyRefunded(amount=paid)
    if wanted is not None and wanted > left:
        raise RefundTooLarge(amount=wanted, left_amount=left)
    return left if wanted is None else wanted
