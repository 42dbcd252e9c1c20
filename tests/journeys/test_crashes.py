"""kill -9 at named moments: the same final book, and named doubt only where there is doubt."""

import asyncio
from typing import Any

from tests.people import Person
from tests.town import Town

MAY_BE_KNOWN = "ممکن است این پیام را پیش‌تر گرفته باشید"


def silence(words: str, *, arrived: bool, reader: Person | None = None) -> dict[str, Any]:
    """No answer to one message with these words; `arrived`: though it stands in the chat."""
    fault: dict[str, Any] = {"kind": "hang", "when": "after" if arrived else "before", "times": 1}
    return fault | {"words": words} | ({"chats": [reader.chat_id]} if reader is not None else {})


async def crash(town: Town) -> None:
    """kill -9, and a new start."""
    await town.bot.killed()
    await town.bot.started()


async def test_an_update_that_was_stored_but_not_handled_is_handled(town: Town) -> None:
    sara = await town.member("سارا", genres=("تاریخ",))
    await town.faults(silence("R-1", arrived=False))
    await town.staff.says(f"/purchase {sara.number()} 100000 #R-1")
    await town.fault_strikes()
    await town.staff.says(f"/purchase {sara.number()} 200000 #R-2")  # It waits behind the first.
    await sara.says("/help")
    await sara.reads("چه می‌شود کرد")  # Updates are stored in order: the second purchase is, too.
    await crash(town)
    await town.staff.reads("R-1")
    await town.staff.reads("R-2")
    assert (await town.book()).transfers == 3


async def test_an_action_that_was_committed_but_not_answered_is_answered(town: Town) -> None:
    sara = await town.member("سارا", genres=("تاریخ",))
    await town.faults(silence("R-1", arrived=False))
    await town.staff.says(f"/purchase {sara.number()} 250000 #R-1")
    await town.fault_strikes()
    await crash(town)
    assert "R-1" in await town.staff.reads()
    await sara.reads("موجودی شما: ۳۰ امتیاز")
    assert (await town.book()).transfers == 2


async def test_of_letters_in_doubt_receipts_are_sent_again_and_promotions_counted(
    town: Town,
) -> None:
    sara, nima, mina = await asyncio.gather(
        town.member("سارا", genres=("شعر",)),
        town.member("نیما", genres=("شعر",)),
        town.member("مینا", genres=("فانتزی",)),
    )
    await town.faults(
        silence("موجودی شما", arrived=False, reader=sara),
        silence("موجودی شما", arrived=True, reader=nima),
        silence("کتاب تازه رسید", arrived=True, reader=mina),
    )
    await town.staff.says(f"/purchase {sara.number()} 250000 #R-1")
    await town.staff.says(f"/purchase {nima.number()} 250000 #R-2")
    await town.staff.says("/promo فانتزی")
    question = await town.staff.reads("علاقه‌مندان فانتزی")
    await town.staff.says("کتاب تازه رسید", to=question)
    await town.staff.presses("پیش‌نمایش")
    await town.staff.presses("ارسال به ۱ نفر")
    for fault in range(3):
        await town.fault_strikes(fault)
    await crash(town)
    await sara.reads(MAY_BE_KNOWN)
    assert len(sara.heard("موجودی شما")) == 1
    await nima.reads(MAY_BE_KNOWN)
    assert len(nima.heard("موجودی شما")) == 2
    await town.staff.reads("نامعلوم (شاید رسیده باشد): ۱ پیام")
    assert len(mina.heard("کتاب تازه رسید")) == 1
    assert (await town.book()).transfers == 5
