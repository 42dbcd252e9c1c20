// One message as it stands in the log.
import { avatar, icon, iconButton, make } from "./dom.js";
import { textNodes } from "./entities.js";
import { inlineKeyboard } from "./keyboards.js";
import { nameOf, senderOf, serviceText, snippet } from "./service.js";
import { say, sizeOf, timeOf } from "./words.js";

/**
 * The node of a message, seen by `viewer` = {person, group}. `actions` are the log's: copy, command,
 * link, opens, press, reply, edit, show, jump, tell.
 */
export function bubble(message, viewer, actions) {
  const service = serviceText(message);
  if (service) return make("li", { class: "service" }, make("span", { dir: "auto" }, service));
  const mine = message.from?.id === viewer.person && !message.sender_chat;
  const body = make("div", { class: message.photo ? "body pictured" : "body" }, content(message, viewer, mine, actions));
  const column = make("div", { class: "column" }, body);
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (rows.length > 0) {
    const press = (button, key) => actions.press(message, button, key);
    column.append(inlineKeyboard(rows, { ...actions, press }));
  }
  // A tap gives the line the focus, and that shows its tools where there is no hovering.
  const line = make("li", { class: "line", tabindex: -1 });
  line.classList.toggle("mine", mine);
  line.classList.toggle("keyed", rows.length > 0);
  if (viewer.group && !mine) {
    const sender = senderOf(message);
    line.append(avatar(sender.id, nameOf(sender), sender.is_bot ? "small bot" : "small"));
  }
  line.append(column, tools(message, mine, actions));
  return line;
}

function content(message, viewer, mine, actions) {
  const words = message.text ?? message.caption;
  const entities = message.entities ?? message.caption_entities;
  const parts = [];
  if (viewer.group && !mine) parts.push(senderLine(message));
  const origin = message.forward_origin;
  if (origin) parts.push(make("div", { class: "forwarded" }, say("forwarded", { name: originOf(origin) })));
  if (message.reply_to_message) parts.push(quote(message.reply_to_message, actions));
  if (message.photo) parts.push(photo(message, actions));
  if (message.document) parts.push(file(message));
  if (message.contact) parts.push(card(message.contact));
  const foot = [];
  if (words !== undefined) {
    foot.push(make("div", { class: "text", dir: "auto" }, textNodes(words, entities, actions)));
  }
  foot.push(stamp(message));
  parts.push(make("div", { class: words === undefined ? "foot bare" : "foot" }, foot));
  return parts;
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

function stamp(message) {
  const edited = message.edited ?? message.edit_date !== undefined;
  const mark = edited ? make("span", { class: "edited" }, say("edited")) : null;
  const at = new Date(message.date * 1000).toISOString();
  return make("span", { class: "stamp" }, mark, make("time", { datetime: at }, timeOf(message)));
}

function quote(original, actions) {
  const attributes = { type: "button", class: "quote", onclick: () => actions.jump(original.message_id) };
  const name = make("b", { dir: "auto" }, nameOf(senderOf(original)));
  return make("button", attributes, name, make("span", { dir: "auto" }, snippet(original)));
}

function photo(message, actions) {
  const largest = message.photo.at(-1);
  const url = message.file_url ?? `/api/files/${encodeURIComponent(largest.file_id)}`;
  const size = { width: largest.width, height: largest.height };
  const alt = message.caption ?? say("photo");
  const picture = make("img", { src: url, alt, loading: "lazy", ...size });
  const onclick = () => actions.show(url, alt);
  const attributes = { type: "button", class: "photo", "aria-label": say("open_photo"), onclick };
  return make("button", attributes, picture);
}

function file(message) {
  const facts = message.document;
  const url = message.file_url ?? `/api/files/${encodeURIComponent(facts.file_id)}`;
  const name = facts.file_name ?? say("document");
  const about = facts.file_size ? sizeOf(facts.file_size) : say("download");
  const label = make("span", { class: "card-words" }, make("b", { dir: "auto" }, name), make("span", {}, about));
  return make("a", { class: "card", href: url, download: name }, icon("file"), label);
}

function card(contact) {
  const name = nameOf(contact);
  const number = make("span", { class: "number", dir: "ltr" }, contact.phone_number);
  const label = make("span", { class: "card-words" }, make("b", { dir: "auto" }, name), number);
  return make("div", { class: "card contact" }, avatar(contact.user_id ?? 0, name), label);
}

function tools(message, mine, actions) {
  const reply = iconButton("reply", say("reply"), () => actions.reply(message), { mirrored: true });
  const own = mine && message.text !== undefined;
  const edit = own ? iconButton("pencil", say("edit"), () => actions.edit(message)) : null;
  return make("div", { class: "tools" }, reply, edit);
}
