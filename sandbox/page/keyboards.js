// The bot's keyboards. Rows run from left to right in every language, as in the messenger itself.
import { icon, make } from "./dom.js";
import { link } from "./entities.js";
import { roving, setStop } from "./roving.js";
import { say } from "./words.js";

/** The buttons under a message. `actions.press(button, node)` asks the bot. */
export function inlineKeyboard(rows, actions) {
  const grid = make("div", { class: "inline-keys" });
  for (const row of rows) {
    grid.append(make("div", { class: "key-row" }, row.map((button) => inlineKey(button, actions))));
  }
  return grid;
}

function inlineKey(button, actions) {
  const label = make("span", { dir: "auto" }, button.text);
  const kind = `key ${styleOf(button)}`;
  if (button.url !== undefined) {
    const leaving = link(button.url, [label, icon("link")], actions);
    leaving.className = `${kind} corner`;
    return leaving;
  }
  if (button.copy_text !== undefined) {
    const copy = () => actions.copy(button.copy_text.text);
    const attributes = { type: "button", class: `${kind} corner`, onclick: copy };
    return make("button", attributes, label, icon("copy"));
  }
  const onclick = () => {
    if (button.callback_data === undefined) actions.tell(say("unknown_button"));
    else actions.press(button, node);
  };
  const node = make("button", { type: "button", class: kind, onclick }, label);
  return node;
}

function styleOf(button) {
  return ["danger", "success", "primary"].includes(button.style) ? button.style : "";
}

/** The keyboard under the composer. `actions.type(text)` writes, `actions.contact()` shares. */
export function replyKeyboard(markup, actions) {
  const kind = markup.resize_keyboard ? "reply-keys" : "reply-keys tall";
  const board = make("div", { class: kind, role: "group", "aria-label": say("keyboard") });
  for (const row of markup.keyboard) {
    const keys = row.map((button) => replyKey(button, markup, actions));
    board.append(make("div", { class: "key-row" }, keys));
  }
  roving(board, ".key");
  setStop(board, ".key", board.querySelector(".key"));
  return board;
}

function replyKey(button, markup, actions) {
  const facts = typeof button === "string" ? { text: button } : button;
  let busy = false;
  const onclick = async () => {
    if (busy) return; // The second of two quick taps.
    busy = true;
    await (facts.request_contact ? actions.contact() : actions.type(facts.text));
    busy = false;
    if (markup.one_time_keyboard) actions.fold();
  };
  const attributes = { type: "button", class: `key ${styleOf(facts)}`, onclick };
  const label = make("span", { dir: "auto" }, facts.text);
  return make("button", attributes, facts.request_contact ? icon("phone") : null, label);
}
