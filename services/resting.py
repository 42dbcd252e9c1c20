"""What rests on a purchase that is given back: its points, friends' rewards and missions."""

from collections.abc import Collection, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from club.ledger import Reason
from club.missions import Bought, Completion, left_of, no_longer
from club.programme import Programme
from club.rules import Rule
from club.takebacks import share
from services.takebacks import Claim, Giveback
from storage import purchases as purchases_store
from storage import refunds as refunds_store
from storage.purchases import PurchaseRow
from storage.refunds import GrantRow


async def resting_on(
    tx: AsyncConnection, programme: Programme, purchase: PurchaseRow
) -> list[GrantRow]:
    """Grants that may fall with the purchase, to whomever, and of which anything is left.

    A first purchase is the first one that counts, and a mission counts several: so what rests on
    other purchases of the member is among them.
    """
    of_several = [
        rule.key for rule in programme.rules if rule.on in ("mission", "referral_first_purchase")
    ]
    found = await refunds_store.grants_of(tx, purchase.id)
    found += await refunds_store.grants_by(tx, purchase.member_id, of_several, but=purchase.id)
    return [grant for grant in found if grant.gone < grant.points]


async def claims_of(
    tx: AsyncConnection,
    programme: Programme,
    grants: Sequence[GrantRow],
    giveback: Giveback,
) -> list[Claim]:
    """What of these grants goes with so much of the purchase."""
    left = [
        _left(purchase, giveback)
        for purchase in await purchases_store.of_member(tx, giveback.purchase.member_id)
        if purchase.undone_at is None and not (giveback.whole and _same(purchase, giveback))
    ]
    rules = {rule.key: rule for rule in programme.rules}
    claims = []
    for grant in grants:
        rule = rules.get(grant.rule or "")
        if grant.reason is Reason.REFERRAL:
            points = _of_reward(grant, rule, giveback, alone=not left)
        elif grant.reason is Reason.MISSION:
            points = 0  # Worked out below, for all its completions together.
        else:
            points = _share(grant, giveback) if _is_on(grant, giveback) else 0
        claims.append(Claim(grant=grant, points=points))
    claims += _fallen(programme, [one for one in grants if one.reason is Reason.MISSION], left)
    return [claim for claim in claims if claim.points]


def _of_reward(grant: GrantRow, rule: Rule | None, giveback: Giveback, *, alone: bool) -> int:
    """What of a friend's reward goes: a rate's share, a fixed one with the whole purchase.

    That of a first purchase stays as long as any purchase counts.
    """
    if rule is not None and rule.effect == "rate":
        return _share(grant, giveback) if _is_on(grant, giveback) else 0
    of_each = rule is not None and rule.on == "referral_each_purchase"
    falls = _is_on(grant, giveback) if of_each else alone
    return grant.points - grant.gone if giveback.whole and falls else 0


def _fallen(
    programme: Programme, grants: Sequence[GrantRow], left: Collection[Bought]
) -> list[Claim]:
    """Missions that the purchases left do not complete any more."""
    claims = []
    for rule in programme.rules:
        given = {
            Completion(purchase_id=grant.purchase_id, at=grant.at): grant
            for grant in grants
            if grant.rule == rule.key and grant.purchase_id is not None
        }
        if rule.on == "mission" and given:
            claims += [
                Claim(grant=given[done], points=given[done].points - given[done].gone)
                for done in no_longer(rule, left, programme, tuple(given))
            ]
    return claims


def _left(purchase: PurchaseRow, giveback: Giveback) -> Bought:
    """What counts of a purchase when this much of it has gone back."""
    return left_of(
        purchase.id,
        purchase.at,
        purchase.amount.minor,
        purchase.genres,
        purchase.discount_minor,
        giveback.refunded if _same(purchase, giveback) else purchase.refunded_minor,
    )


def _share(grant: GrantRow, giveback: Giveback) -> int:
    amount = giveback.purchase.amount.minor
    return share(grant.points, amount, giveback.refunded, grant.gone)


def _is_on(grant: GrantRow, giveback: Giveback) -> bool:
    return grant.purchase_id == giveback.purchase.id


def _same(purchase: PurchaseRow, giveback: Giveback) -> bool:
    return purchase.id == giveback.purchase.id
