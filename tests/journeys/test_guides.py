"""The examples in the guide for staff, typed as they stand there."""

import re
from pathlib import Path

from tests.town import ROOT, Town

GUIDE = (ROOT / "docs/staff.md").read_text()
EXAMPLES = re.findall(r"^\| `(/[^`]+)`", GUIDE, re.MULTILINE)
ANSWERS = {
    "/purchase": ("خرید ثبت شد",),
    "/refund": ("برگردانده شود؟",),
    "/event": ("شب مسابقه",),
    "/spend": ("خرج شد",),
    "/hold": ("کنار گذاشته شد",),
    "/member": ("انقضای بعدی",),
    "/adjust": ("۲۰ امتیاز",),
    "/code": ("پیوند عضویت",),
    "/promo": ("متن پیام را",),
    "/campaigns": ("پیشنهادهای تازه",),
    "/tag": ("برچسب",),
    "/floor": ("پایین‌تر نمی‌رود",),
    "/survey": ("فایل نظرسنجی را",),
    "/staff": ("مریم",),
    "/clock": ("جلو می‌رود", "کارهای میان راه انجام شد"),
    "/cancel": ("",),
    "/help": ("/purchase",),
}


async def test_every_example_of_the_guide_works(closed_town: Town, tmp_path: Path) -> None:
    assert len(EXAMPLES) >= 9
    town = closed_town
    town.bot.settings["TIME_TRAVEL"] = "1"
    await town.bot.started()
    sara = await town.member("سارا", genres=("فانتزی",))
    assert sara.number() == "100016", "the guide's member is the first one"
    file = tmp_path / "old.csv"
    file.write_text("receipt,customer,at,amount\nr-1,cd-00003,2018-01-02,1000\n")
    done = await town.bot.command("import", "purchases", str(file))
    assert done.exit_code == 0, done
    await town.staff.says("/adjust 100016 +1000 something to spend")
    await town.staff.reads("۱٬۰۰۰ امتیاز")
    for example in EXAMPLES:
        await town.staff.says(example)
        for words in ANSWERS[example.split()[0]]:
            assert words in await town.staff.reads(), example
