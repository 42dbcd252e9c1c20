// What stands over the page for a moment: questions, alerts and toasts.
import { avatar, make } from "./dom.js";
import { nameOf } from "./service.js";
import { say } from "./words.js";

const TOAST_MS = 3500;

/** A toast at the foot of a pane; a new one takes the place of the old. */
export function toast(region, text) {
  const note = make("div", { class: "toast", dir: "auto" }, text);
  region.replaceChildren(note);
  setTimeout(() => note.remove(), TOAST_MS);
}

/**
 * A modal question. `build(finish)` gives its content; the promise brings what `finish` was given,
 * or undefined when it was left by Escape or a press beside it.
 */
export function modal(kind, label, build) {
  return new Promise((resolve) => {
    const dialogue = make("dialog", { class: `dialogue ${kind}`, "aria-label": label });
    let answer;
    const finish = (value) => {
      answer = value;
      dialogue.close();
    };
    dialogue.append(...build(finish).filter(Boolean));
    dialogue.addEventListener("click", (event) => event.target === dialogue && finish());
    dialogue.addEventListener("close", () => {
      dialogue.remove();
      resolve(answer);
    });
    document.body.append(dialogue);
    dialogue.showModal();
  });
}

function choices(finish, yes, kind = "primary") {
  const no = make("button", { type: "button", class: "plain", onclick: () => finish() }, say("cancel"));
  const accept = { type: "submit", class: kind, onclick: () => finish(true), autofocus: true };
  return make("div", { class: "choices" }, no, make("button", accept, yes));
}

/** True when the person agreed. */
export function confirm(title, content, yes, kind) {
  const body = content ? make("div", { class: "question" }, content) : null;
  return modal("small", title, (finish) => [make("h2", {}, title), body, choices(finish, yes, kind)]);
}

/** The bot's alert, which waits until it is acknowledged. */
export function alert(text) {
  return modal("small", text, (finish) => {
    const fine = { type: "button", class: "primary", onclick: () => finish(), autofocus: true };
    return [
      make("p", { class: "alert-text", dir: "auto" }, text),
      make("div", { class: "choices" }, make("button", fine, say("ok"))),
    ];
  });
}

/** Own number, shown before it is given away. */
export function confirmContact(person, bot) {
  const number = make("span", { class: "number", dir: "ltr" }, person.phone);
  const card = make(
    "div",
    { class: "card contact" },
    avatar(person.id, nameOf(person)),
    make("span", { class: "card-words" }, make("b", { dir: "auto" }, nameOf(person)), number),
  );
  const line = make("p", {}, say("share_line", { bot: nameOf(bot) }));
  return confirm(say("share_title"), [line, card], say("share"));
}

/** The person who opens a link, chosen among `people`. */
export function choosePerson(people) {
  return modal("small", say("link_title"), (finish) => {
    const rows = people.map((person) => {
      const attributes = { type: "button", class: "choice", onclick: () => finish(person) };
      const words = [make("b", { dir: "auto" }, nameOf(person)), make("span", {}, say(person.role))];
      return make("button", attributes, avatar(person.id, nameOf(person)), make("span", { class: "card-words" }, words));
    });
    const no = { type: "button", class: "plain", onclick: () => finish() };
    return [
      make("h2", {}, say("link_title")),
      make("p", {}, say("link_line")),
      make("div", { class: "list" }, rows),
      make("div", { class: "choices" }, make("button", no, say("cancel"))),
    ];
  });
}

/** A short text, or undefined when it was left. */
export function askText(title, label, yes) {
  return modal("small", title, (finish) => {
    const text = make("input", { required: true, maxlength: 128, dir: "auto", autofocus: true, autocomplete: "off" });
    const onsubmit = (event) => {
      event.preventDefault();
      if (text.value.trim()) finish(text.value.trim());
    };
    const no = { type: "button", class: "plain", onclick: () => finish() };
    return [
      make("form", { onsubmit },
        make("h2", {}, title),
        make("label", { class: "field" }, label, text),
        make("div", { class: "choices" }, make("button", no, say("cancel")), make("button", { type: "submit", class: "primary" }, yes)),
      ),
    ];
  });
}

/** {first_name, language_code} of somebody who did not exist before. */
export function askNewPerson() {
  return modal("small", say("new_person"), (finish) => {
    const name = make("input", { name: "name", required: true, maxlength: 64, dir: "auto", autofocus: true, autocomplete: "off" });
    const option = (value, label) =>
      make("label", { class: "radio" }, make("input", { type: "radio", name: "language", value, checked: value === document.documentElement.lang }), label);
    const onsubmit = (event) => {
      event.preventDefault();
      const chosen = new FormData(form);
      finish({ first_name: chosen.get("name").trim(), language_code: chosen.get("language") });
    };
    const no = { type: "button", class: "plain", onclick: () => finish() };
    const form = make("form", { onsubmit },
      make("h2", {}, say("new_person")),
      make("p", {}, say("new_person_line")),
      make("label", { class: "field" }, say("name"), name),
      make("fieldset", {}, make("legend", {}, say("language")), option("fa", say("persian")), option("en", say("english"))),
      make("div", { class: "choices" }, make("button", no, say("cancel")), make("button", { type: "submit", class: "primary" }, say("create"))),
    );
    return [form];
  });
}
