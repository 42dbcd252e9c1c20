"""What a refund and a merge must do to the model's world."""

from datetime import datetime

from tests.book.model import Lot, Purchase, Uses, World, drain, last_first, total


def part(points: int, purchase: Purchase, refunded: int) -> int:
    """What of these points goes with so much of the purchase."""
    return points if refunded == purchase.amount else points * refunded // purchase.amount


def refund(world: World, purchase: Purchase, amount: int, now: datetime) -> None:
    """Points both ways; the rest is debt, where the programme says so."""
    account = world.accounts[purchase.owner]
    before, after = purchase.refunded, purchase.refunded + amount
    purchase.refunded = after
    if not account.left:
        back = part(purchase.spent, purchase, after) - part(purchase.spent, purchase, before)
        _bring_back(world, purchase, back, now)
    goes = part(purchase.granted, purchase, after) - purchase.gone
    brought = [lot for lot in world.lots if lot.purchase is purchase]
    lapsed = sum(lot.lapsed + lot.left for lot in brought if lot.ends <= now)
    wanted = min(goes, max(0, purchase.granted - purchase.gone - lapsed))
    purchase.gone += goes
    account.earned -= goes
    taken = total(drain(_takeable(world, purchase, now), wanted))
    if world.choices.when_spent == "owe" and not account.left:
        account.debt += wanted - taken


def _bring_back(world: World, purchase: Purchase, points: int, now: datetime) -> None:
    """What went back into its lot is not there to go back again; a new lot remembers nothing."""
    left = points
    uses: Uses = []
    for lot, used in last_first(purchase.uses, world.ranks()):
        into_lot = min(used, left) if lot.ends > now and lot.owner == purchase.owner else 0
        left -= min(used, left)
        uses.append((lot, used - into_lot))
    world.bring_back(purchase.owner, purchase.uses, points, now)
    purchase.uses = uses


def _takeable(world: World, purchase: Purchase, now: datetime) -> list[Lot]:
    """Lots from which may be taken, in their order."""
    alive = [lot for lot in world.of(purchase.owner) if lot.lives(now)]
    alive.sort(key=lambda lot: (lot.purchase is not purchase, lot.begins > now, lot.ends))
    match world.choices.when_spent:
        case "pending_only":
            return [lot for lot in alive if lot.purchase is purchase and lot.begins > now]
        case "within_balance":
            return [lot for lot in alive if lot.purchase is purchase or lot.begins <= now]
        case _:
            return alive


def merge(world: World, source: int, target: int, now: datetime, bought: list[Purchase]) -> None:
    """All that lives goes into the other wallet; what has expired stays where it was."""
    for hold in sorted(world.holds, key=lambda hold: hold.ends):
        if hold.owner == source and hold.is_open:
            world.void(hold, now)
    for lot in world.of(source):
        if lot.lives(now):
            world.grant(
                target, lot.left, now, begins=lot.begins, ends=lot.ends, purchase=lot.purchase
            )
            lot.left = 0
    for purchase in bought:
        if purchase.owner == source:
            purchase.owner = target
    left, heir = world.accounts[source], world.accounts[target]
    heir.debt += left.debt
    heir.earned += left.earned
    left.debt = left.earned = 0
    left.left = True
