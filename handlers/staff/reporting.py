"""How a campaign went, in the staff group: a picture with its words, and a table of its letters."""

import asyncio
import csv
import io
import zipfile
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from telegram import InlineKeyboardMarkup, InputMediaPhoto, Update
from telegram.constants import ParseMode
from telegram.ext import CallbackQueryHandler, ExtBot

from club.campaigns import ends
from club.staff import Role, require
from handlers.context import ClubContext, House, edited
from handlers.keyboards import Button, inline
from handlers.staff.campaign_cards import report_facts
from services.campaign_reports import COLUMNS
from services.campaigns import CampaignReport, CampaignShown, Recipient
from templates.labels import label
from templates.render import Reader, render

FILE_NAME = "campaign-{}.csv"
BATCH_ROWS = 2_000
ZIP_FROM = 50_000  # Rows: more of them go packed, so that the messenger carries a million.


async def post_report(context: ClubContext, campaign_id: int) -> None:
    """Put the report below what is said."""
    report = await context.services.campaigns.report(campaign_id)
    await context.bot.send_photo(
        context.visit.chat_id,
        await _picture(report, context.house),
        caption=_caption(report.shown, context.house),
        reply_markup=_keyboard(report.shown, context.house),
    )


async def put_report(bot: ExtBot[None], house: House, campaign_id: int, message_id: int) -> bool:
    """Turn a message of the group's into the report; False where it is gone."""
    report = await house.services.campaigns.report(campaign_id)
    shown = report.shown
    media = InputMediaPhoto(
        await _picture(report, house), caption=_caption(shown, house), parse_mode=ParseMode.HTML
    )
    edit = bot.edit_message_media(
        media,
        shown.chat_id,
        message_id,
        reply_markup=_keyboard(shown, house),
        # The library would add it to the call as well, where the Bot API does not know it.
        api_kwargs={"parse_mode": None},
    )
    return await edited(edit)


async def show_report(update: Update, context: ClubContext) -> None:
    """The report, from a card or a letter."""
    require(context.role, Role.MANAGER)
    await post_report(context, context.press.number)


async def redraw(update: Update, context: ClubContext) -> None:
    """The same report as it is now: members press and opt out later, too."""
    require(context.role, Role.MANAGER)
    message_id = context.visit.message_id
    assert message_id is not None, "a button stands under a message"
    await put_report(context.bot, context.house, context.press.number, message_id)


async def send_file(update: Update, context: ClubContext) -> None:
    """What became of each letter, as a table; members by number, without names."""
    require(context.role, Role.MANAGER)
    campaign_id = context.press.number
    table = RecipientTable(context.programme.zone)
    rows: list[Recipient] = []
    async for one in context.services.campaigns.recipients(campaign_id, by=context.user_id):
        rows.append(one)
        if len(rows) == BATCH_ROWS:
            await asyncio.to_thread(table.add, rows)
            rows = []
    await asyncio.to_thread(table.add, rows)
    name, content = await asyncio.to_thread(table.file, FILE_NAME.format(campaign_id))
    await context.say_file(content, name, "staff/promo_file_caption", campaign_id=campaign_id)


class RecipientTable:
    """A table of recipients that grows by batches, small enough to be sent."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._rows = 0
        self._bytes = io.BytesIO("".encode("utf-8-sig"))  # The mark tells table programs so.
        self._bytes.seek(0, io.SEEK_END)
        self._add([COLUMNS])

    def add(self, recipients: Sequence[Recipient]) -> None:
        """Write them below the others."""
        self._rows += len(recipients)
        self._add([one.cells(self._zone) for one in recipients])

    def file(self, name: str) -> tuple[str, bytes]:
        """The name and the bytes of the file; a large one is packed."""
        if self._rows < ZIP_FROM:
            return name, self._bytes.getvalue()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(name, self._bytes.getbuffer())
        return f"{name}.zip", packed.getvalue()

    def _add(self, rows: Sequence[Sequence[str]]) -> None:
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows(rows)
        self._bytes.write(lines.getvalue().encode())


def _caption(shown: CampaignShown, house: House) -> str:
    times = {"starts_at": shown.started_at, "ends_at": shown.ended_at}
    return render("staff/promo_report_caption", reader(house), **report_facts(shown), **times)


def _keyboard(shown: CampaignShown, house: House) -> InlineKeyboardMarkup:
    refresh = Button("refresh", "promo", "redraw", shown.campaign_id)
    file = Button("promo_file", "promo", "file", shown.campaign_id)
    return inline([[refresh, file]], house.programme.club.language, house.signer, shown.chat_id)


async def _picture(report: CampaignReport, house: House) -> bytes:
    return await asyncio.to_thread(_drawn, report, reader(house))


def _drawn(report: CampaignReport, reader: Reader) -> bytes:
    # Importing what draws takes a second: only a club that sends promotions pays it.
    from templates.pictures.bars import Bar
    from templates.pictures.delivery import Delivery, delivery_picture

    shown, language = report.shown, reader.language
    assert shown.started_at is not None, "only what was sent off has a report"
    counts = {end: count for end, count in ends(shown.counts).items() if count or end == "sent"}
    if shown.press_label is not None:
        counts["presses"] = shown.presses
    counts["opt_outs"] = shown.opt_outs
    title = label("report_of", language, campaign_id=shown.campaign_id)
    picture = Delivery(
        title=f"{title} · {label('report_delivered', language)}",
        started_at=shown.started_at,
        delivered=report.delivered,
        letters=shown.letters,
        bars=[Bar(label(f"report_{name}", language), count) for name, count in counts.items()],
    )
    return delivery_picture(picture, reader)


def reader(house: House) -> Reader:
    """The group reads in the club's language and calendar."""
    club = house.programme.club
    return Reader(club.language, club.calendar, house.programme.zone)


HANDLERS = (
    CallbackQueryHandler(show_report, "^promo:report:"),
    CallbackQueryHandler(redraw, "^promo:redraw:"),
    CallbackQueryHandler(send_file, "^promo:file:"),
)
