// What stands in a chat without messages, so that a newcomer knows what it is for.
import { avatar, icon, make } from "./dom.js";
import { nameOf } from "./service.js";
import { isPrivate } from "./town.js";
import { say } from "./words.js";

/** Fills the hint of an empty chat: what the bot says of itself, or what the staff do here. */
export function emptyHint(hint, pane) {
  const facts = isPrivate(pane.chat) ? aboutBot(pane) : aboutGroup(pane);
  const told = JSON.stringify([facts, document.documentElement.lang]);
  if (hint.dataset.told === told) return;
  hint.dataset.told = told;
  const { title, lines, drawing } = facts;
  const face = drawing ? make("span", { class: "empty-icon" }, icon(drawing)) : avatar(pane.town.bot.id, title, "bot large");
  const words = lines.map((line) => make("p", { dir: "auto" }, line));
  hint.replaceChildren(make("div", { class: "empty-card" }, face, make("b", { dir: "auto" }, title), words));
}

function aboutBot({ town, person }) {
  const told = town.bot.descriptions ?? {};
  const description = told[person.language_code] || told[""];
  return { title: nameOf(town.bot), lines: [description || say("start_line")] };
}

function aboutGroup({ town, chat }) {
  if (chat.id !== town.staffChat) return { title: nameOf(chat), lines: [say("empty")], drawing: "chat" };
  return { title: say("staff_empty"), lines: [say("staff_empty_line")], drawing: "chat" };
}
