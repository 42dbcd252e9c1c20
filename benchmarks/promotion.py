"""The promotion that every benchmark sends."""

import re
from typing import Any

TOKEN = "4242424242:AAE-only-for-benchmarks-on-this-machine"
TEXT = (
    "<b>کتاب تازه رسید</b>\n\nسارا جان، جلد سوم مجموعه‌ای که دوست دارید در قفسهٔ فانتزی است. "
    "تا پایان هفته <i>۱۰ درصد</i> تخفیف با کد <code>FANTASY-10</code> برای شما."
)
PLAIN = re.sub(r"<[^>]+>", "", TEXT)  # As a campaign has it: staff write no tags.
KEYBOARD: dict[str, Any] = {
    "inline_keyboard": [
        [{"text": "دیدن کتاب", "callback_data": "book:show:1042:Qm3x"}],
        [{"text": "پیشنهاد نمی‌خواهم", "callback_data": "offers:off:12:Zk1p"}],
    ]
}
