// One phone: a chosen person in one of their chats.
import { Composer } from "./composer.js";
import { alert, confirm, confirmContact, toast, viewPhoto } from "./dialogue.js";
import { avatar, iconButton, make } from "./dom.js";
import * as door from "./door.js";
import { startCode } from "./entities.js";
import { Log } from "./log.js";
import { Presses } from "./presses.js";
import { chatName } from "./rail.js";
import { nameOf } from "./service.js";
import { isPrivate } from "./town.js";
import { listed, say } from "./words.js";

const GATHER_MS = 60;

export class Pane {
  #tail = null;
  #forced = 0;
  #readUpTo = 0;
  #loaded = false;

  /** `desk` opens links and keeps drafts. */
  constructor(slot, town, desk) {
    Object.assign(this, { slot, town, desk });
    this.node = make("section", { class: `pane ${slot}` });
    this.toasts = make("div", { class: "toasts", role: "status" });
    this.presses = new Presses((text, loud) => (loud ? alert(text) : this.tell(text)));
  }

  /** Shows this chat as this person sees it. */
  open(personId, chatId) {
    this.person = this.town.person(personId);
    this.chat = this.town.chat(personId, chatId).chat;
    this.#forced = 0;
    this.#readUpTo = 0;
    this.#loaded = false;
    this.log?.close();
    const viewer = { person: personId, group: !isPrivate(this.chat) };
    this.log = new Log(viewer, this.#messageActions(), () => this.markRead());
    this.header = make("header", { class: "pane-head" });
    this.foot = make("div", { class: "pane-foot" });
    this.composer = new Composer(this.#composerActions(), this.desk.draft(personId, chatId));
    this.node.replaceChildren(this.header, this.log.node, this.toasts, this.foot);
    this.redraw();
    return this.load();
  }

  /** Everything anew from the sandbox, without leaving the chat. */
  async load() {
    const { log, person, chat } = this;
    await this.attempt(async () => {
      const answer = await door.messages(person.id, chat.id);
      if (log !== this.log) return;
      log.fill(answer.messages);
      this.#loaded = true;
      this.#take(answer);
    });
  }

  /** The parts that depend on the town: names, members, blocked or not. */
  redraw() {
    this.person = this.town.person(this.person.id);
    const entry = this.town.chat(this.person.id, this.chat.id);
    this.chat = entry?.chat ?? this.chat;
    const name = chatName(this.chat, this.town);
    this.node.setAttribute("aria-label", say("chat_of", { chat: name, name: nameOf(this.person) }));
    this.header.replaceChildren(...this.#headline(name, entry?.members ?? []));
    this.#drawFoot();
  }

  handle(event) {
    if (event.type === "callback") return this.presses.answered(event);
    if (event.chat !== this.chat?.id) return undefined;
    if (event.type === "deleted") this.log.drop(event.message_id ?? event.message?.message_id);
    else if (event.message) this.log.put(event.message);
    this.#drawFoot();
    this.#tail ??= setTimeout(() => this.#followUp(), GATHER_MS);
    return undefined;
  }

  tell(text) {
    toast(this.toasts, text);
  }

  /** Does something at the sandbox; a refusal becomes a toast. */
  async attempt(act) {
    try {
      return await act();
    } catch (error) {
      const gone = error instanceof door.Gone;
      if (!gone && !(error instanceof door.Refused)) throw error;
      this.tell(gone ? say("sandbox_away") : say("not_sent", { reason: error.message }));
      return undefined;
    }
  }

  /** What only the chat's state tells: this person's keyboard and commands. */
  async #followUp() {
    this.#tail = null;
    const { log, person, chat } = this;
    await this.attempt(async () => {
      const answer = await door.messages(person.id, chat.id, log.lastId);
      if (log !== this.log) return;
      for (const message of answer.messages) log.put(message);
      this.#take(answer);
    });
  }

  #take({ reply_keyboard: markup, commands }) {
    this.composer.setCommands(commands ?? []);
    this.composer.setKeyboard(markup ?? null);
    if (markup?.force_reply) this.#force(markup);
    this.#drawFoot();
    this.markRead();
  }

  /** The bot asks for a reply: once for each of its questions. */
  #force(markup) {
    const asked = this.log.find(markup.reply_to_message_id);
    if (!asked || asked.message_id === this.#forced) return;
    this.#forced = asked.message_id;
    this.composer.reply(asked);
  }

  #headline(name, members) {
    const group = !isPrivate(this.chat);
    const names = listed(members.map(nameOf));
    const about = group ? say("members", { count: members.length, names }) : say("bot");
    const face = group ? avatar(this.chat.id, name, "group") : avatar(this.town.bot.id, name, "bot");
    const title = make("h2", { dir: "auto" }, name);
    const you = make(
      "span",
      { class: "you", title: say("you_are", { name: nameOf(this.person) }) },
      avatar(this.person.id, nameOf(this.person), "small"),
      make("span", {}, say("you_are", { name: nameOf(this.person) })),
    );
    const blockable = !group && !this.person.blocked && !this.person.deactivated;
    const block = iconButton("block", say("block"), () => this.#block(), { kind: "quiet" });
    const words = make("div", { class: "pane-words" }, title, make("p", {}, about));
    return [face, words, you, ...(blockable ? [block] : [])];
  }

  #drawFoot() {
    if (!this.#loaded) return;
    const direct = isPrivate(this.chat);
    let wanted = this.composer.node;
    if (this.person.deactivated) wanted = bar("closed", say("deactivated"));
    else if (direct && this.person.blocked) {
      wanted = bar("blocked", say("blocked"), say("unblock"), () => this.#setBlocked(false));
    } else if (direct && this.log.empty) {
      wanted = bar("start", say("start_line"), say("start"), () => this.say("/start"));
    }
    const shown = this.foot.firstChild;
    if (shown === wanted || (shown && shown.dataset.kind && shown.dataset.kind === wanted.dataset.kind)) return;
    this.foot.replaceChildren(wanted);
  }

  say(text, replyTo) {
    const facts = replyTo ? { text, reply_to_message_id: replyTo } : { text };
    return this.attempt(() => door.say(this.person.id, this.chat.id, facts));
  }

  #composerActions() {
    const here = () => [this.person.id, this.chat.id];
    return {
      send: (text, replyTo) => this.say(text, replyTo),
      edit: (id, text) => this.attempt(() => door.edit(...here(), { message_id: id, text })),
      file: (file, caption, replyTo) =>
        this.attempt(() => door.sendFile(...here(), file, caption, replyTo)),
      command: (name, replyTo) => this.say(this.#addressed(name), replyTo),
      contact: () => this.#shareContact(),
    };
  }

  #messageActions() {
    return {
      copy: (text) => this.#copy(text),
      command: (text) => this.say(text),
      opens: (url) => startCode(url, this.town.bot.username) !== null,
      link: (url) => this.desk.followLink(this, startCode(url, this.town.bot.username)),
      press: (message, button, key) => this.#press(message, button, key),
      reply: (message) => this.composer.reply(message),
      edit: (message) => this.composer.edit(message),
      show: (url, label) => viewPhoto(url, label),
      tell: (text) => this.tell(text),
    };
  }

  /** In a group a command from the list names its bot, as the messenger does. */
  #addressed(name) {
    return isPrivate(this.chat) ? `/${name}` : `/${name}@${this.town.bot.username}`;
  }

  #press(message, button, key) {
    const facts = { message_id: message.message_id, data: button.callback_data };
    const ask = () => this.attempt(() => door.press(this.person.id, this.chat.id, facts));
    return this.presses.start(key, ask);
  }

  async #shareContact() {
    if (!(await confirmContact(this.person, this.town.bot))) return;
    const number = this.person.phone;
    const facts = number ? { phone_number: number } : {};
    await this.attempt(() => door.shareContact(this.person.id, this.chat.id, facts));
  }

  async #block() {
    const question = say("block_sure", { name: nameOf(this.person) });
    if (await confirm(question, null, say("block"), "danger")) await this.#setBlocked(true);
  }

  #setBlocked(blocked) {
    return this.attempt(async () => {
      await door.changePerson(this.person.id, { blocked });
      await this.town.load();
    });
  }

  async #copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.tell(say("copied"));
    } catch (error) {
      this.tell(say("not_sent", { reason: error.message }));
    }
  }

  /** What somebody looking at the screen sees of this chat is read. */
  markRead() {
    const last = this.log?.lastId ?? 0;
    if (document.hidden || !this.desk.shows(this.slot) || last <= this.#readUpTo) return;
    this.#readUpTo = last;
    this.attempt(async () => {
      await door.read(this.person.id, this.chat.id, last);
      this.town.touch(this.chat.id);
    });
  }
}

/** What stands in place of the composer: a sentence and the one thing to do. */
function bar(kind, text, label, onclick) {
  const button = label ? make("button", { type: "button", class: "primary wide", onclick }, label) : null;
  return make("div", { class: "bar", "data-kind": kind }, make("p", {}, text), button);
}
