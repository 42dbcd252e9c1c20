// The column of people: who one can be, and the chats of those who are chosen.
import { avatar, icon, iconButton, make } from "./dom.js";
import { nameOf, snippet } from "./service.js";
import { isCustomer, isPrivate } from "./town.js";
import { number, say, whenShort } from "./words.js";

/** `desk`: places, open(slot, person, chat), newPerson(), otherLanguage(), closeList(). */
export function drawRail(town, desk) {
  const customers = town.people.filter(isCustomer);
  const staff = town.people.filter((person) => !isCustomer(person));
  const plus = iconButton("plus", say("new_person"), desk.newPerson, { kind: "quiet" });
  return [
    make(
      "header",
      { class: "brand" },
      make("span", { class: "brand-mark" }, icon("book")),
      make("div", { class: "brand-words" }, make("h1", {}, say("brand")), make("p", {}, say("brand_line"))),
      iconButton("close", say("close"), desk.closeList, { kind: "quiet list-close" }),
    ),
    make(
      "div",
      { class: "rail-scroll" },
      section("customer", say("customers"), customers, town, desk, plus),
      section("staff", say("staff"), staff, town, desk),
    ),
    make(
      "footer",
      { class: "rail-foot" },
      make(
        "button",
        { type: "button", class: "language", onclick: desk.otherLanguage },
        icon("globe"),
        make("span", { lang: document.documentElement.lang === "fa" ? "en" : "fa" }, say("other_language")),
      ),
    ),
  ];
}

function section(slot, title, people, town, desk, extra) {
  const rows = people.map((person) => personRow(slot, person, town, desk));
  return make(
    "section",
    { class: "circle", "aria-label": title },
    make("div", { class: "circle-head" }, make("h2", {}, title), extra),
    make("ul", {}, rows),
  );
}

function personRow(slot, person, town, desk) {
  const chosen = desk.places[slot]?.person === person.id;
  const unread = town.unreadOf(person.id);
  const row = make(
    "button",
    {
      type: "button",
      class: chosen ? "person chosen" : "person",
      "aria-pressed": String(chosen),
      onclick: () => desk.open(slot, person.id),
    },
    avatar(person.id, nameOf(person)),
    make(
      "span",
      { class: "person-words" },
      make("b", { dir: "auto" }, nameOf(person)),
      make("span", {}, person.deactivated ? say("deactivated") : say(person.role)),
    ),
    chosen ? null : badge(unread),
  );
  const chats = chosen ? chatList(slot, person, town, desk) : null;
  return make("li", {}, row, chats);
}

function chatList(slot, person, town, desk) {
  const rows = town.chatsOf(person.id).map((entry) => {
    const open = desk.places[slot].chat === entry.chat.id;
    const last = entry.last_message;
    const name = chatName(entry.chat, town);
    const words = make(
      "span",
      { class: "person-words" },
      make("span", { class: "chat-top" }, make("b", { dir: "auto" }, name), last ? make("time", {}, whenShort(last)) : null),
      make(
        "span",
        { class: "chat-bottom" },
        make("span", { class: "snippet", dir: "auto" }, last ? snippet(last) : say("empty")),
        badge(open && desk.shows(slot) ? 0 : entry.unread),
      ),
    );
    const attributes = {
      type: "button",
      class: open ? "chat-row open" : "chat-row",
      "aria-current": open ? "true" : null,
      onclick: () => desk.open(slot, person.id, entry.chat.id),
    };
    return make("li", {}, make("button", attributes, words));
  });
  return make("ul", { class: "chats" }, rows);
}

/** What a person calls this chat: the private one bears the bot's name. */
export function chatName(chat, town) {
  return isPrivate(chat) ? nameOf(town.bot) : nameOf(chat);
}

export function badge(unread) {
  if (!unread) return null;
  const label = say("unread", { count: unread });
  return make("span", { class: "unread", role: "img", "aria-label": label }, number(unread));
}

/** The switcher of a narrow screen: the customer's phone or the staff's. */
export function drawSwitcher(town, desk) {
  const tabs = Object.entries(desk.places).map(([slot, place]) => {
    const person = town.person(place.person);
    const entry = town.chat(place.person, place.chat);
    const front = desk.front === slot;
    const unread = front ? 0 : town.unreadOf(place.person);
    return make(
      "button",
      { type: "button", class: "switch", "aria-pressed": String(front), onclick: () => desk.bringToFront(slot) },
      avatar(person.id, nameOf(person), "small"),
      make(
        "span",
        { class: "person-words" },
        make("b", { dir: "auto" }, nameOf(person)),
        make("span", { dir: "auto" }, entry ? chatName(entry.chat, town) : say(person.role)),
      ),
      badge(unread),
    );
  });
  const open = iconButton("menu", say("people"), desk.openList, { kind: "quiet" });
  return [open, make("div", { class: "switches", role: "group", "aria-label": say("people") }, tabs)];
}
