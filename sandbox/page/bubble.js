// One message, or the messages of one album, as they stand in the log.
import { timeOf } from "./dates.js";
import { avatar, icon, iconButton, make } from "./dom.js";
import { textNodes } from "./entities.js";
import { inlineKeyboard } from "./keyboards.js";
import { album, photo, urlOf } from "./pictures.js";
import { nameOf, senderOf, serviceText, snippet } from "./service.js";
import { tickMark } from "./ticks.js";
import { say, sizeOf } from "./words.js";

/**
 * The node of these messages, seen by `viewer` = {person, group}. `actions` are the log's: copy,
 * command, link, opens, press, reply, edit, show, jump, tell.
 */
export function bubble(messages, viewer, actions) {
  const [message] = messages;
  if (serviceText(message)) return serviceLine(message, actions);
  const mine = message.from?.id === viewer.person && !message.sender_chat;
  const pictured = messages.some((one) => one.photo);
  const parts = content(messages, viewer, mine, actions);
  const body = make("div", { class: pictured ? "body pictured" : "body" }, parts);
  const column = make("div", { class: "column" }, body);
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (rows.length > 0) {
    const press = (button, key) => actions.press(message, button, key);
    column.append(inlineKeyboard(rows, { ...actions, press }));
  }
  // A tap gives the line the focus, and that shows its tools where there is no hovering.
  const line = make("li", { class: "line", tabindex: -1, "data-id": message.message_id });
  line.classList.toggle("mine", mine);
  line.classList.toggle("keyed", rows.length > 0);
  if (viewer.group && !mine) {
    const sender = senderOf(message);
    line.append(avatar(sender.id, nameOf(sender), sender.is_bot ? "small bot" : "small"));
  }
  line.append(column, tools(message, mine, actions));
  return line;
}

function serviceLine(message, actions) {
  const text = serviceText(message);
  const target = message.pinned_message?.message_id;
  const words = target
    ? make("button", { type: "button", dir: "auto", onclick: () => actions.jump(target) }, text)
    : make("span", { dir: "auto" }, text);
  return make("li", { class: "service", tabindex: -1, "data-id": message.message_id }, words);
}

function content(messages, viewer, mine, actions) {
  const [message] = messages;
  const parts = [];
  if (viewer.group && !mine) parts.push(senderLine(message));
  const origin = message.forward_origin;
  if (origin) parts.push(make("div", { class: "forwarded", dir: "auto" }, say("forwarded", { name: originOf(origin) })));
  const answered = message.reply_to_message;
  if (answered && !answered.forum_topic_created) parts.push(quote(answered, actions));
  const photos = messages.filter((one) => one.photo);
  if (photos.length > 1) parts.push(album(photos, actions));
  else if (photos.length === 1) parts.push(photo(photos[0], actions));
  for (const one of messages) if (one.document) parts.push(file(one));
  if (message.contact) parts.push(card(message.contact));
  return [...parts, foot(messages, mine, actions)];
}

/** The words, and the time after them. */
function foot(messages, mine, actions) {
  const spoken = messages.find((one) => one.text ?? one.caption) ?? messages[0];
  const words = spoken.text ?? spoken.caption;
  const parts = [];
  if (words !== undefined) {
    const nodes = textNodes(words, spoken.entities ?? spoken.caption_entities, actions);
    parts.push(make("div", { class: "text" }, nodes));
  }
  parts.push(stamp(messages, mine));
  // The time stands where the last line ends, so it follows the direction of the words.
  return make("div", { class: "foot", dir: words === undefined ? null : "auto" }, parts);
}

function senderLine(message) {
  const sender = senderOf(message);
  const tone = `tone-${Math.abs(Number(sender.id)) % 6}`;
  const label = make("span", { class: `sender ${tone}`, dir: "auto" }, nameOf(sender));
  const badge = sender.is_bot ? make("span", { class: "badge" }, say("bot")) : null;
  return make("div", { class: "sender-line" }, label, badge);
}

function originOf(origin) {
  const party = origin.sender_user ?? origin.sender_chat ?? origin.chat;
  return party ? nameOf(party) : (origin.sender_user_name ?? "");
}

function stamp(messages, mine) {
  const edited = messages.some((one) => one.edited ?? one.edit_date !== undefined);
  const mark = edited ? make("span", { class: "edited" }, say("edited")) : null;
  const last = messages.at(-1);
  const at = new Date(last.date * 1000).toISOString();
  const time = make("time", { datetime: at }, timeOf(last));
  return make("span", { class: "stamp" }, mark, time, mine ? tickMark(last.message_id) : null);
}

function quote(original, actions) {
  const attributes = { type: "button", class: "quote", onclick: () => actions.jump(original.message_id) };
  const name = make("b", { dir: "auto" }, nameOf(senderOf(original)));
  return make("button", attributes, name, make("span", { dir: "auto" }, snippet(original)));
}

function file(message) {
  const facts = message.document;
  const name = facts.file_name ?? say("document");
  const about = facts.file_size ? sizeOf(facts.file_size) : say("download");
  const label = make("span", { class: "card-words" }, make("b", { dir: "auto" }, name), make("span", {}, about));
  return make("a", { class: "card", href: urlOf(message), download: name }, icon("file"), label);
}

function card(contact) {
  const name = nameOf(contact);
  const number = make("span", { class: "number", dir: "ltr" }, contact.phone_number);
  const label = make("span", { class: "card-words" }, make("b", { dir: "auto" }, name), number);
  return make("div", { class: "card contact" }, avatar(contact.user_id ?? 0, name), label);
}

function tools(message, mine, actions) {
  const reply = iconButton("reply", say("reply"), () => actions.reply(message), { mirrored: true });
  const own = mine && (message.text ?? message.caption) !== undefined;
  const edit = own ? iconButton("pencil", say("edit"), () => actions.edit(message)) : null;
  return make("div", { class: "tools" }, reply, edit);
}
