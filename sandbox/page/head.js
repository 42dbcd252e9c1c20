// The head of a phone: whose chat it is, who is in it, who holds the phone, and what can be done.
import { avatar, icon, make } from "./dom.js";
import { menuButton } from "./menu.js";
import { nameOf } from "./service.js";
import { say } from "./words.js";

const TYPING_MS = 5000;
const DOING = { upload_photo: "sending_photo", upload_document: "sending_file" };

export class Head {
  #timer = null;
  #drawn = "";

  constructor() {
    this.node = make("header", { class: "pane-head" });
    this.about = make("p", {});
    this.typing = make("p", { class: "typing", role: "status", hidden: true });
  }

  /** `chat` is null for the private one; `items` = [{label, act, kind, drawing}] of the menu. */
  draw({ name, bot, chat, members, person, items }) {
    const names = members.map(nameOf);
    this.about.textContent = chat ? say("members", { count: members.length, names }) : say("bot");
    const facts = JSON.stringify([name, chat?.id, person, items, document.documentElement.lang]);
    if (facts === this.#drawn) return; // An open menu stays open while messages come.
    this.#drawn = facts;
    const face = chat ? avatar(chat.id, name, "group") : avatar(bot.id, name, "bot");
    const whose = say("you_are", { name: nameOf(person) });
    const you = make("span", { class: "you", title: whose }, avatar(person.id, nameOf(person), "small"), make("span", {}, whose));
    const words = make("div", { class: "pane-words" }, make("h2", { dir: "auto" }, name), this.about, this.typing);
    const naming = { class: "icon-button quiet", title: say("more_actions"), "aria-label": say("more_actions") };
    const menu = items.length > 0 ? menuButton(naming, icon("dots"), () => items) : null;
    this.node.replaceChildren(...[face, words, you, menu].filter(Boolean));
  }

  /** The bot is writing, or sending something: for as long as the messenger says so. */
  act(action) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.rest(), TYPING_MS);
    this.typing.textContent = say(DOING[action] ?? "typing");
    this.#show(true);
  }

  rest() {
    clearTimeout(this.#timer);
    this.#show(false);
  }

  #show(typing) {
    this.typing.hidden = !typing;
    this.about.hidden = typing;
  }
}
