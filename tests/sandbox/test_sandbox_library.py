"""The library that the club uses reads every answer of the sandbox."""

import asyncio
import io
from collections.abc import AsyncIterator

import pytest
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken

from tests.sandbox.running import ROUNDS, Town, button, inline


@pytest.fixture
async def bot(town: Town) -> AsyncIterator[Bot]:
    async with town.bot() as bot:
        yield bot


@pytest.fixture
def ann(town: Town) -> int:
    return town.person()


def picture(width: int = 40, height: int = 30, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, kind)
    return file.getvalue()


async def test_who_the_bot_is(town: Town, bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.username, me.first_name) == (town.bot_id, "bashgah_demo_bot", "باشگاه")
    assert me.can_read_all_group_messages is False


async def test_a_wrong_token_is_refused(town: Town) -> None:
    wrong = Bot(f"{town.bot_id}:{'x' * 35}", base_url=f"{town.address}/bot")
    with pytest.raises(InvalidToken):
        await wrong.initialize()


async def test_every_keyboard_comes_back(bot: Bot, ann: int) -> None:
    rows = [
        [InlineKeyboardButton("خرید", callback_data="خرید:ادامه")],
        [
            InlineKeyboardButton("site", url="https://example.com/"),
            InlineKeyboardButton("copy", copy_text=CopyTextButton("K-100")),
        ],
    ]
    sent = await bot.send_message(ann, "inline", reply_markup=InlineKeyboardMarkup(rows))
    assert sent.reply_markup == InlineKeyboardMarkup(rows)
    ask = ReplyKeyboardMarkup([["A", KeyboardButton("Phone", request_contact=True)]])
    for markup in (ask, ReplyKeyboardRemove(), ForceReply(selective=True)):
        sent = await bot.send_message(ann, "reply", reply_markup=markup)
        assert isinstance(sent, Message)
        assert sent.reply_markup is None


async def test_html_becomes_entities_and_back(bot: Bot, ann: int) -> None:
    html = (
        '<b>سلام 👋</b> <i>a <u>b</u></i> <a href="https://example.com/x">link</a> <s>old</s>'
        "\n<code>K-1</code> <tg-spoiler>hid</tg-spoiler> &lt;3 &amp; <pre>a\nb</pre>"
        "<blockquote>quote</blockquote>"
    )
    sent = await bot.send_message(ann, html, parse_mode=ParseMode.HTML)
    assert sent.text_html == html.replace("<tg-spoiler>", '<span class="tg-spoiler">').replace(
        "</tg-spoiler>", "</span>"
    )


async def test_answers_quote_what_they_answer(bot: Bot, town: Town, ann: int) -> None:
    asked = town.says(ann, "how many points?")
    wanted = ReplyParameters(asked["message_id"])
    sent = await bot.send_message(ann, "30", reply_parameters=wanted)
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "how many points?"
    gone = ReplyParameters(999_999, allow_sending_without_reply=True)
    assert (await bot.send_message(ann, "30", reply_parameters=gone)).reply_to_message is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_a_picture_goes_out_and_is_fetched(bot: Bot, town: Town, ann: int, kind: str) -> None:
    content = picture(kind=kind)
    sent = await bot.send_photo(ann, content, caption="<b>QR</b>", parse_mode="HTML")
    assert sent.caption_html == "<b>QR</b>"
    assert (sent.photo[-1].width, sent.photo[-1].height) == (40, 30)
    file = await bot.get_file(sent.photo[-1])
    assert await file.download_as_bytearray() == content
    again = await bot.send_photo(ann, sent.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
    shown = town.web.get(town.sees(ann)["messages"][-1]["file_url"])
    assert shown.content == content
    assert shown.headers["content-type"] == f"image/{kind.lower()}"


async def test_a_document_goes_out_and_is_fetched(bot: Bot, town: Town, ann: int) -> None:
    content = b"<script>alert(1)</script>"
    sent = await bot.send_document(ann, content, filename="داده‌ها.html")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.mime_type) == ("داده‌ها.html", "text/html")
    file = await bot.get_file(sent.document)
    assert await file.download_as_bytearray() == content
    shown = town.web.get(town.sees(ann)["messages"][-1]["file_url"])
    assert shown.content == content
    assert shown.headers["content-type"] == "application/octet-stream"
    assert shown.headers["content-disposition"].startswith("attachment")
    assert shown.headers["x-content-type-options"] == "nosniff"


async def test_edits(bot: Bot, ann: int) -> None:
    keyboard = InlineKeyboardMarkup.from_button(InlineKeyboardButton("a", callback_data="a"))
    text = await bot.send_message(ann, "one", reply_markup=keyboard)
    edited = await text.edit_text("two", reply_markup=keyboard)
    assert isinstance(edited, Message)
    assert (edited.text, edited.reply_markup) == ("two", keyboard)
    assert edited.edit_date is not None
    bare = await text.edit_reply_markup(None)
    assert isinstance(bare, Message)
    assert bare.reply_markup is None
    photo = await bot.send_photo(ann, picture(), caption="old")
    captioned = await photo.edit_caption("new")
    assert isinstance(captioned, Message)
    assert captioned.caption == "new"
    swapped = await photo.edit_media(InputMediaPhoto(picture(80, 60), caption="big"))
    assert isinstance(swapped, Message)
    assert (swapped.photo[-1].width, swapped.caption) == (80, "big")
    filed = await photo.edit_media(InputMediaDocument(b"x", filename="x.txt"))
    assert isinstance(filed, Message)
    assert filed.document is not None
    assert not filed.photo
    assert await filed.delete()


async def test_copies(bot: Bot, town: Town, ann: int) -> None:
    photo = await bot.send_photo(ann, picture(), caption="old")
    copy = await bot.copy_message(ann, ann, photo.message_id)
    assert town.sees(ann)["messages"][-1]["message_id"] == copy.message_id
    assert town.sees(ann)["messages"][-1]["caption"] == "old"
    await bot.copy_message(ann, ann, photo.message_id, caption="new")
    assert town.sees(ann)["messages"][-1]["caption"] == "new"


async def test_updates_of_every_kind(bot: Bot, town: Town, ann: int) -> None:
    said = town.says(ann, "/card now")
    town.post(f"people/{ann}/chats/{ann}/edit", message_id=said["message_id"], text="/card")
    town.post(f"people/{ann}/chats/{ann}/contact")
    sent = await bot.send_message(
        ann,
        "x",
        reply_markup=InlineKeyboardMarkup.from_button(
            InlineKeyboardButton("a", callback_data="a:1")
        ),
    )
    town.press(ann, sent.to_dict(), "a:1")
    town.post(f"people/{ann}", blocked=True)
    kinds = ("message", "edited_message", "message", "callback_query", "my_chat_member")
    updates = [one for one in await bot.get_updates() if one.effective_user is not None]
    mine = [one for one in updates if one.effective_user and one.effective_user.id == ann][1:]
    assert [next(kind for kind in kinds if getattr(one, kind)) for one in mine] == list(kinds)
    contact = mine[2].message.contact if mine[2].message else None
    assert contact is not None
    assert contact.user_id == ann
    query = mine[3].callback_query
    assert query is not None
    assert query.message == sent
    assert await query.answer("ok", show_alert=True)
    change = mine[4].my_chat_member
    assert change is not None
    assert change.new_chat_member.status == "kicked"


async def test_chats_members_and_administrators(bot: Bot, town: Town, ann: int) -> None:
    bob = town.person("Bob")
    group = town.group(ann, bob)
    chat = await bot.get_chat(group)
    assert (chat.type, chat.title) == ("group", "Staff")
    assert (await bot.get_chat(ann)).first_name == "Ann"
    assert (await bot.get_chat_member(group, ann)).status == "creator"
    assert (await bot.get_chat_member(group, bob)).status == "member"
    assert (await bot.get_chat_member(group, town.person())).status == "left"
    assert [one.user.id for one in await bot.get_chat_administrators(group)] == [ann]
    town.post(f"groups/{group}", promote="bot")
    assert (await bot.get_chat_member(group, town.bot_id)).status == "administrator"


async def test_commands_and_descriptions(bot: Bot, town: Town, ann: int) -> None:
    card = BotCommand("card", "کارت باشگاه")
    groups = BotCommandScopeAllGroupChats()
    assert await bot.set_my_commands([card], language_code="fa")
    assert await bot.set_my_commands([BotCommand("purchase", "Record")], scope=groups)
    assert await bot.get_my_commands(language_code="fa") == (card,)
    assert await bot.get_my_commands() == ()
    only_ann = BotCommandScopeChat(ann)
    assert await bot.set_my_commands([card], scope=only_ann)
    assert await bot.delete_my_commands(scope=only_ann)
    assert await bot.get_my_commands(scope=only_ann) == ()
    assert await bot.set_my_description("Club", "en")
    assert await bot.set_my_short_description("Club")
    seen = town.get("town")["bot"]
    assert (seen["descriptions"], seen["short_descriptions"]) == ({"en": "Club"}, {"": "Club"})


async def test_small_calls(bot: Bot, ann: int) -> None:
    assert await bot.send_chat_action(ann, ChatAction.TYPING)
    assert await bot.delete_webhook()
    info = await bot.get_webhook_info()
    assert info.url == ""
    assert info.pending_update_count >= 0


async def test_errors_become_the_libraries_own(bot: Bot, town: Town, ann: int) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(999, "x")
    town.post(f"people/{ann}", blocked=True)
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(ann, "x")
    owner = town.person()
    group = town.group(owner)
    new = town.post(f"groups/{group}", migrate=True)["chat"]["id"]
    with pytest.raises(ChatMigrated) as migrated:
        await bot.send_message(group, "x")
    assert migrated.value.new_chat_id == new


async def test_the_older_of_two_polls_is_told(bot: Bot, town: Town) -> None:
    town.updates()
    older = asyncio.create_task(bot.get_updates(timeout=20))
    for _ in range(ROUNDS):  # The older poll is taken in while these are answered.
        await bot.get_me()
    async with town.bot() as second:
        newer = asyncio.create_task(second.get_updates(timeout=20))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await older
        town.person()
        assert len(await newer) == 1


async def test_get_and_forms_work_like_json(town: Town, ann: int) -> None:
    url = f"/bot{town.token}/SENDMESSAGE"
    by_query = town.web.get(url, params={"chat_id": ann, "text": "سلام + &"})
    by_form = town.web.post(url, data={"chat_id": str(ann), "text": "سلام + &"})
    markup = inline(button("a", "a"))
    by_json = town.web.post(url, json={"chat_id": ann, "text": "سلام + &", "reply_markup": markup})
    by_multipart = town.web.post(
        url, data={"chat_id": str(ann), "text": "سلام + &"}, files={"extra": b"x"}
    )
    answers = [by_query, by_form, by_json, by_multipart]
    assert {answer.json()["result"]["text"] for answer in answers} == {"سلام + &"}
