"""Ways through the chat that many tests walk."""

from club.money import Money
from club.parts import Language
from services.purchases import PurchaseRecorded
from templates.labels import label
from tests.handlers.people import OWNER, Club, Person


def words(key: str, who: Person, **facts: object) -> str:
    """The label of a button in the person's language, without isolates."""
    return label(key, language_of(who), **facts).replace("\u2068", "").replace("\u2069", "")


def language_of(who: Person) -> Language:
    """The language that the person's app speaks, and the person chooses."""
    return "fa" if who.language_code == "fa" else "en"


async def come_to_terms(club: Club, who: Person) -> None:
    """Up to the question for the terms."""
    await club.say(who, "/start")
    await club.press(who, words(f"language_{language_of(who)}", who))


async def come_to_phone(club: Club, who: Person) -> None:
    """Up to the question for the phone: a member already."""
    await come_to_terms(club, who)
    await club.press(who, words("agree", who))
    await club.press(who, words("no", who))


async def join(club: Club, who: Person) -> str:
    """All the way, without phone and genres; the member number."""
    await come_to_phone(club, who)
    await club.say(who, words("skip", who))
    await club.press(who, words("done", who))
    return (await club.services.points.card(who.id)).member.number


async def buy(club: Club, number: str, amount: int, receipt: str) -> PurchaseRecorded:
    """A purchase, recorded by the owner."""
    recorded = await club.services.purchases.record(
        number, Money(amount, "IRT"), [], receipt, by=OWNER, update_id=0
    )
    assert isinstance(recorded, PurchaseRecorded)
    return recorded
