// Where a person writes: text, replies, edits, files, commands, and the bot's keyboard below.
import { Commands } from "./commands.js";
import { icon, iconButton, make } from "./dom.js";
import { replyKeyboard } from "./keyboards.js";
import { nameOf, senderOf, snippet } from "./service.js";
import { say } from "./words.js";

const TALLEST_PX = 160;
const TOUCH = matchMedia("(pointer: coarse)");

export class Composer {
  #mode = null;
  #markup = null;

  /**
   * `actions`: send(text, replyTo), edit(id, text), file(file, caption, replyTo), command(name),
   * contact(). `draft` = {text, keep(text)}.
   */
  constructor(actions, draft) {
    this.actions = actions;
    this.draft = draft;
    const complete = (name) => this.#write(`/${name} `);
    const point = (id) => this.#point(id);
    this.commands = new Commands({ run: (name) => this.#run(name), complete, point });
    this.area = make("textarea", {
      rows: 1,
      dir: "auto",
      maxlength: 8192,
      placeholder: say("write"),
      "aria-label": say("write"),
      "aria-controls": this.commands.id,
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
    });
    this.area.value = draft.text;
    this.picker = make("input", { type: "file", hidden: true, onchange: () => this.#picked() });
    this.menu = iconButton("slash", say("commands"), () => this.#menu(), { kind: "quiet" });
    this.toggle = iconButton("keys", say("keyboard"), () => this.#fold(), { kind: "quiet" });
    this.attach = iconButton("clip", say("attach"), () => this.picker.click(), { kind: "quiet" });
    this.mode = make("div", { class: "mode", hidden: true });
    this.board = make("div", { class: "board" });
    const onsubmit = (event) => {
      event.preventDefault();
      this.#send();
    };
    const send = make("button", { type: "submit", class: "send", "aria-label": say("send"), title: say("send") });
    send.append(icon("send", true));
    send.addEventListener("pointerdown", (event) => event.preventDefault()); // The writing goes on.
    const box = make("div", { class: "box" }, this.area, this.toggle);
    const form = make("form", { class: "composer", onsubmit }, this.menu, this.attach, box, send, this.picker);
    const onfocusout = (event) => this.node.contains(event.relatedTarget) || this.commands.close();
    this.node = make("div", { class: "foot-bar", onfocusout }, this.commands.node, this.mode, form, this.board);
    this.setCommands([]);
    this.setKeyboard(null);
    requestAnimationFrame(() => this.#grow());
  }

  setCommands(list) {
    this.commands.set(list);
    this.menu.hidden = list.length === 0;
  }

  /** The bot's keyboard as this person has it now, or null. */
  setKeyboard(markup) {
    const same = JSON.stringify(markup) === JSON.stringify(this.#markup);
    if (same && this.#markup) return;
    this.#markup = markup;
    const keyboard = markup?.keyboard;
    this.toggle.hidden = !keyboard;
    const actions = {
      type: (text) => this.actions.send(text, this.#take()),
      contact: () => this.actions.contact(),
      fold: () => this.#fold(true),
    };
    this.board.replaceChildren(...(keyboard ? [replyKeyboard(markup, actions)] : []));
    this.#fold(!keyboard);
    this.area.placeholder = markup?.input_field_placeholder ?? say("write");
  }

  reply(message) {
    this.#enter({ kind: "reply", message }, say("replying", { name: nameOf(senderOf(message)) }));
  }

  edit(message) {
    this.#enter({ kind: "edit", message }, say("editing"));
    this.#write(message.text ?? message.caption);
  }

  /** Puts a text there to be sent as it is or changed first. */
  suggest(text) {
    this.#write(text);
  }

  focus() {
    // On a touch screen that would throw the keyboard over half of the chat.
    if (!TOUCH.matches) this.area.focus({ preventScroll: true });
  }

  #enter(mode, title) {
    this.#mode = mode;
    const words = make("div", { class: "mode-words" }, make("b", {}, title), make("span", { dir: "auto" }, snippet(mode.message)));
    this.mode.replaceChildren(words, iconButton("close", say("stop_reply"), () => this.#leave(), { kind: "quiet" }));
    this.mode.hidden = false;
    this.focus();
  }

  #leave() {
    if (this.#mode?.kind === "edit") this.#write("");
    this.#mode = null;
    this.mode.hidden = true;
    this.focus();
  }

  /** The message that is replied to; taking it ends the reply. */
  #take() {
    const replyTo = this.#mode?.kind === "reply" ? this.#mode.message.message_id : undefined;
    this.#mode = null;
    this.mode.hidden = true;
    return replyTo;
  }

  #write(text) {
    this.area.value = text;
    this.#typed();
    this.focus();
  }

  #typed() {
    this.draft.keep(this.area.value);
    this.#grow();
    const command = /^\/(\w*)$/.exec(this.area.value);
    if (command) this.commands.filter(command[1]);
    else this.commands.close();
  }

  #point(id) {
    if (id) this.area.setAttribute("aria-activedescendant", id);
    else this.area.removeAttribute("aria-activedescendant");
  }

  /** Where the browser does not grow a field with its text by itself. */
  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.area.style.height = "auto";
    this.area.style.height = `${Math.min(this.area.scrollHeight, TALLEST_PX)}px`;
  }

  #key(event) {
    if (event.isComposing || this.commands.key(event)) return;
    if (event.key === "Escape" && this.#mode) {
      this.#leave();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    }
  }

  async #send() {
    const text = this.area.value.trim();
    if (!text) return;
    const mode = this.#mode;
    this.#take();
    this.#write("");
    const done =
      mode?.kind === "edit"
        ? await this.actions.edit(mode.message.message_id, text)
        : await this.actions.send(text, mode?.message.message_id);
    // What was refused is given back, unless something else is being written already.
    if (done === undefined && this.area.value === "") this.#write(text);
  }

  #run(name) {
    this.commands.close();
    this.#write("");
    this.actions.command(name, this.#take());
  }

  #menu() {
    this.commands.toggle();
    this.focus();
  }

  #fold(folded = !this.board.hidden) {
    this.board.hidden = folded;
    this.toggle.setAttribute("aria-expanded", String(!folded));
  }

  #picked() {
    const [file] = this.picker.files;
    if (!file) return;
    this.actions.file(file, this.area.value.trim(), this.#take());
    this.picker.value = "";
    this.#write("");
  }
}
