"""The examples in the guide for staff, typed as they stand there."""

import re
from pathlib import Path

from tests.town import ROOT, Town

GUIDE = (ROOT / "docs/staff.md").read_text()
EXAMPLES = re.findall(r"^\| `(/[^`]+)`", GUIDE, re.MULTILINE)


async def test_every_example_of_the_guide_works(town: Town, tmp_path: Path) -> None:
    assert len(EXAMPLES) >= 8
    owner = await town.known("maryam", in_group=True)
    sara = await town.joined("سارا", genres=("فانتزی",))
    assert await sara.number() == "100016", "the guide's member is the first one"
    file = tmp_path / "old.csv"
    file.write_text("receipt,customer,at,amount\nr-1,cd-00003,2018-01-02,1000\n")
    done = town.program.command("import", "purchases", str(file))
    assert done.returncode == 0, done
    answers = {
        "/purchase": "خرید ثبت شد",
        "/member": "انقضای بعدی",
        "/adjust": "۲۰ امتیاز",
        "/code": "پیوند عضویت",
        "/promo": "متن پیام را",
        "/staff": "مریم",
        "/cancel": "",
        "/help": "/purchase",
    }
    for example in EXAMPLES:
        typed = await owner.says(example)
        await owner.reads(answers[example.split()[0]], since=typed)
