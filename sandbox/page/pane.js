// One phone: a chosen person in one of their chats.
import { Composer } from "./composer.js";
import { alert, confirm, toast } from "./dialogue.js";
import { make } from "./dom.js";
import * as door from "./door.js";
import { emptyHint } from "./empty.js";
import { Head } from "./head.js";
import { Log } from "./log.js";
import { composerActions, menuItems, messageActions } from "./deeds.js";
import { Pins } from "./pins.js";
import { Presses } from "./presses.js";
import { chatName } from "./rail.js";
import { nameOf } from "./service.js";
import { Ticks } from "./ticks.js";
import { GENERAL, threadOf, Topics } from "./topics.js";
import { isPrivate } from "./town.js";
import { say } from "./words.js";

const GATHER_MS = 60;
const PLACE_MS = 250;

export class Pane {
  #tail = null;
  #forced = 0;
  #readUpTo = 0;
  #loaded = false;
  #older = null;
  #placing = null;

  /** `desk` opens links and keeps drafts and places. */
  constructor(slot, town, desk) {
    Object.assign(this, { slot, town, desk });
    this.node = make("section", { class: `pane ${slot}` });
    this.toasts = make("div", { class: "toasts", role: "status" });
    this.strip = make("div", { class: "strip" });
    this.presses = new Presses((text, loud) => (loud ? alert(text) : this.tell(text)));
    this.ticks = new Ticks(
      () => this.log?.lastId ?? 0,
      () => this.log?.tick((id) => this.ticks.fetched(id)),
    );
  }

  /** Shows this chat as this person sees it, in a forum one of its topics. */
  open(personId, chatId, thread = GENERAL) {
    this.#leave();
    const entry = this.town.chat(personId, chatId);
    this.person = this.town.person(personId);
    this.chat = entry.chat;
    this.thread = this.chat.is_forum ? thread : undefined;
    this.#forced = 0;
    this.#readUpTo = 0;
    this.#loaded = false;
    const viewer = { person: personId, group: !isPrivate(this.chat) };
    const eyes = { older: () => this.older(), onseen: () => this.markRead(), onmove: () => this.#moved() };
    this.log = new Log(viewer, messageActions(this), eyes);
    this.ticks.follow(chatId);
    this.head = new Head();
    this.topics = new Topics((wanted) => this.desk.open(this.slot, personId, chatId, wanted));
    this.pins = new Pins({ fetch: (id) => this.#fetch(id), jump: (id) => this.log.jump(id) });
    this.foot = make("div", { class: "pane-foot" });
    this.composer = new Composer(composerActions(this), this.desk.draft(this.key));
    const parts = [this.head.node, this.topics.node, this.pins.node, this.log.node, this.toasts, this.strip, this.foot];
    this.node.replaceChildren(...parts);
    this.redraw();
    return this.load();
  }

  /** What this place is called in the desk's notes. */
  get key() {
    return [this.person.id, this.chat.id, this.thread].filter(Boolean).join(":");
  }

  #leave() {
    if (!this.log) return;
    this.#keepPlace();
    this.log.close();
    this.ticks.close();
    this.#older = null;
  }

  /** Everything anew from the sandbox; whoever reads further up stays there. */
  async load() {
    const { log, person, chat, thread } = this;
    await this.attempt(async () => {
      const answer = await door.messages(person.id, chat.id, { thread });
      if (log !== this.log) return;
      const place = log.place ?? this.desk.scrolls.get(this.key);
      log.fill(answer.messages, answer.whole);
      this.#loaded = true;
      this.#take(answer);
      this.ticks.look();
      if (place) await log.restore(place);
    });
  }

  /** The page of messages over the first one; true when some came. */
  older() {
    this.#older ??= this.#fetchOlder().finally(() => (this.#older = null));
    return this.#older;
  }

  async #fetchOlder() {
    const { log, person, chat, thread } = this;
    const answer = await this.attempt(() => door.messages(person.id, chat.id, { thread, before: log.firstId }));
    if (!answer || log !== this.log) return false;
    log.prepend(answer.messages, answer.whole);
    return answer.messages.length > 0;
  }

  #fetch(id) {
    return this.log.find(id) ?? this.attempt(() => door.message(this.person.id, this.chat.id, id));
  }

  /** The parts that depend on the town: names, members, topics, blocked or not. */
  redraw() {
    const entry = this.town.chat(this.person.id, this.chat.id);
    this.person = this.town.person(this.person.id);
    this.chat = entry?.chat ?? this.chat;
    const name = chatName(this.chat, this.town);
    this.node.setAttribute("aria-label", say("chat_of", { chat: name, name: nameOf(this.person) }));
    const group = isPrivate(this.chat) ? null : this.chat;
    const { person, town } = this;
    const items = menuItems(this);
    this.head.draw({ name, bot: town.bot, chat: group, members: entry?.members ?? [], person, items });
    this.topics.draw(this.chat.is_forum ? (entry?.topics ?? []) : null, this.thread);
    emptyHint(this.log.hint, this);
    this.#drawFoot();
  }

  handle(event) {
    if (event.type === "callback") return this.presses.answered(event);
    // The bot may have told its commands after this chat was opened, and no event says so.
    if (this.commands?.length === 0 && event.message?.from?.is_bot) this.#gather();
    if (event.chat !== this.chat?.id) return undefined;
    if (event.type === "typing") return this.#typing(event);
    if (event.type === "deleted") this.log.drop(event.message_id ?? event.message?.message_id);
    else if (event.message && this.#here(event.message)) this.#hear(event);
    else if (event.message && event.type === "message") this.topics.mark(threadOf(event.message));
    this.#drawFoot();
    this.#gather();
    return undefined;
  }

  #gather() {
    this.#tail ??= setTimeout(() => this.#followUp(), GATHER_MS);
  }

  #hear({ type, message }) {
    this.log.put(message);
    if (message.from?.is_bot) this.head.rest();
    else if (type === "message") this.ticks.look();
  }

  #here(message) {
    return this.thread === undefined || threadOf(message) === this.thread;
  }

  #typing({ action, message_thread_id: thread }) {
    if (this.thread === undefined || (thread ?? GENERAL) === this.thread) this.head.act(action);
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

  /** What only the chat's state tells: this person's keyboard, commands and pins. */
  async #followUp() {
    this.#tail = null;
    const { log, person, chat, thread } = this;
    await this.attempt(async () => {
      const answer = await door.messages(person.id, chat.id, { thread, after: log.lastId });
      if (log !== this.log) return;
      for (const message of answer.messages) log.put(message);
      this.#take(answer);
    });
  }

  #take({ reply_keyboard: markup, commands, pinned }) {
    this.commands = commands ?? [];
    this.composer.setCommands(this.commands);
    this.composer.setKeyboard(markup ?? null);
    this.pins.set(pinned ?? []);
    if (markup?.force_reply) this.#force(markup);
    this.#drawFoot();
    this.markRead();
    this.desk.progressed();
  }

  /** The bot asks for a reply: once for each of its questions. */
  #force(markup) {
    const asked = this.log.find(markup.reply_to_message_id);
    if (!asked || asked.message_id === this.#forced) return;
    this.#forced = asked.message_id;
    this.composer.reply(asked);
  }

  #drawFoot() {
    if (!this.#loaded) return;
    const direct = isPrivate(this.chat);
    let wanted = this.composer.node;
    if (this.person.deactivated) wanted = bar("closed", say("deactivated"));
    else if (direct && this.person.blocked) {
      wanted = bar("blocked", say("blocked"), say("unblock"), () => this.setBlocked(false));
    } else if (direct && this.log.empty) {
      wanted = bar("start", null, say("start"), () => this.say("/start"));
    }
    const shown = this.foot.firstChild;
    if (shown === wanted || (shown && shown.dataset.kind && shown.dataset.kind === wanted.dataset.kind)) return;
    const held = this.foot.contains(document.activeElement);
    this.foot.replaceChildren(wanted);
    if (held) this.composer.focus();
  }

  /** Writes in this chat; undefined when the sandbox refused. */
  say(text, replyTo) {
    const facts = { text, ...this.topicFacts() };
    if (replyTo) facts.reply_to_message_id = replyTo;
    return this.attempt(() => door.say(this.person.id, this.chat.id, facts));
  }

  topicFacts() {
    return this.thread > GENERAL ? { message_thread_id: this.thread } : {};
  }

  async block() {
    const question = say("block_sure", { name: nameOf(this.person) });
    if (await confirm(question, null, say("block"), "danger")) await this.setBlocked(true);
  }

  setBlocked(blocked) {
    return this.attempt(async () => {
      await door.changePerson(this.person.id, { blocked });
      await this.town.load();
    });
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

  #moved() {
    this.#placing ??= setTimeout(() => this.#keepPlace(), PLACE_MS);
  }

  #keepPlace() {
    clearTimeout(this.#placing);
    this.#placing = null;
    if (this.#loaded) this.desk.scrolls.set(this.key, this.log.place);
  }
}

/** What stands in place of the composer: a sentence and the one thing to do, once. */
function bar(kind, text, label, act) {
  const onclick = async (event) => {
    const button = event.currentTarget;
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    await act();
    button.removeAttribute("aria-busy");
  };
  const button = label ? make("button", { type: "button", class: "primary wide", onclick }, label) : null;
  return make("div", { class: "bar", "data-kind": kind }, text ? make("p", {}, text) : null, button);
}
