// Text with its entities as nodes. Offsets count UTF-16 units, as JavaScript's strings do.
import { make } from "./dom.js";
import { say } from "./words.js";

const PLAIN_TAGS = {
  bold: "b",
  italic: "i",
  underline: "u",
  strikethrough: "s",
};
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const SAFE_LINK = /^(https?:|mailto:)/i;

/**
 * The nodes of a text. `actions` says what a tap does: `copy(text)`, `command(text)` and
 * `link(url)`, which returns true when the page itself has opened the link.
 */
export function textNodes(text, entities, actions) {
  const sorted = [...(entities ?? [])].sort(
    (one, other) => one.offset - other.offset || other.length - one.length,
  );
  return pieces(text, 0, text.length, sorted, actions);
}

function pieces(text, from, to, entities, actions) {
  const nodes = [];
  let at = from;
  let rest = entities;
  while (rest.length > 0) {
    const [entity, ...others] = rest;
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (start >= end) {
      rest = others;
      continue;
    }
    const inside = others.filter((other) => other.offset < end);
    const block = BLOCKS.has(entity.type);
    nodes.push(plain(text.slice(at, start), block));
    nodes.push(dress(entity, text.slice(start, end), pieces(text, start, end, inside, actions), actions));
    // A block ends its line by itself: the line break after it would show as an empty line.
    at = block && text[end] === "\n" ? end + 1 : end;
    rest = others.filter((other) => other.offset >= end);
  }
  nodes.push(plain(text.slice(at, to), false));
  return nodes.filter(Boolean);
}

function plain(text, beforeBlock) {
  return beforeBlock && text.endsWith("\n") ? text.slice(0, -1) : text;
}

function dress(entity, text, inner, actions) {
  const tag = PLAIN_TAGS[entity.type];
  if (tag) return make(tag, {}, inner);
  switch (entity.type) {
    case "code":
      return copyable("code", text, actions);
    case "pre":
      return copyable("pre", text, actions);
    case "spoiler":
      return spoiler(inner);
    case "blockquote":
      return make("blockquote", {}, inner);
    case "expandable_blockquote":
      return expandable(inner);
    case "text_link":
      return link(entity.url, inner, actions);
    case "url":
      return link(withScheme(text), inner, actions);
    case "email":
      return link(`mailto:${text}`, inner, actions);
    case "bot_command":
      return tappable("span", "command", inner, () => actions.command(text));
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
      return make("span", { class: "mention" }, inner);
    case "phone_number":
      return make("span", { class: "number", dir: "ltr" }, inner);
    default:
      return make("span", {}, inner);
  }
}

/** Something in the text that a tap or Enter sets off. */
function tappable(tag, kind, inner, act, attributes = {}) {
  const pressed = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  };
  const listeners = { onclick: pressed, onkeydown: pressed };
  return make(tag, { class: kind, role: "button", tabindex: 0, ...listeners, ...attributes }, inner);
}

function copyable(tag, text, actions) {
  const dir = tag === "pre" ? "auto" : null;
  return tappable(tag, "copyable", text, () => actions.copy(text), { title: say("copy"), dir });
}

function spoiler(inner) {
  const node = tappable("span", "spoiler", inner, () => {
    node.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  }, { "aria-label": say("spoiler") });
  return node;
}

function expandable(inner) {
  const quote = make("blockquote", { class: "folded" }, inner);
  const unfold = tappable("span", "unfold", say("more"), () => {
    quote.classList.remove("folded");
    unfold.remove();
  });
  return make("div", { class: "expandable" }, quote, unfold);
}

function withScheme(text) {
  return /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
}

/** A link that leaves the page; one that no browser should follow stays text. */
export function link(url, inner, actions) {
  if (!SAFE_LINK.test(url) && !actions.opens(url)) return make("span", {}, inner);
  const attributes = { href: url, target: "_blank", rel: "noopener noreferrer" };
  const onclick = (event) => {
    if (!actions.opens(url)) return;
    event.preventDefault();
    actions.link(url);
  };
  return make("a", { ...attributes, onclick }, inner);
}

/** The code of a `?start=` link to this bot, or null. A bare link to the bot has the code "". */
export function startCode(url, username) {
  let parsed;
  try {
    parsed = new URL(url);
  } catch {
    return null;
  }
  const name = username.toLowerCase();
  const code = parsed.searchParams.get("start") ?? "";
  if (parsed.protocol === "tg:") {
    const domain = parsed.searchParams.get("domain") ?? "";
    return domain.toLowerCase() === name ? code : null;
  }
  const ours = /^(t\.me|telegram\.me)$/i.test(parsed.hostname);
  return ours && parsed.pathname.slice(1).toLowerCase() === name ? code : null;
}
