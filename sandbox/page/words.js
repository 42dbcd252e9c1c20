// The interface's language: words and digits. What people and the bot wrote stays as is.
import { EN } from "./en.js";
import { FA } from "./fa.js";
import { recall, remember } from "./memory.js";

const LANGUAGES = { fa: FA, en: EN };
const KILO = 1024;

function preferred() {
  const stored = recall("language");
  if (stored in LANGUAGES) return stored;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2));
  return wanted.find((tag) => tag in LANGUAGES) ?? "fa";
}

let language = preferred();

export function currentLanguage() {
  return language;
}

/** The other of the two languages from now on; what is already drawn must be drawn again. */
export function switchLanguage() {
  language = language === "fa" ? "en" : "fa";
  remember("language", language);
  applyLanguage();
}

/** Tells the document its language and direction. */
export function applyLanguage() {
  document.documentElement.lang = language;
  document.documentElement.dir = language === "fa" ? "rtl" : "ltr";
  document.title = say("brand");
}

/** The sentence of this key with its facts; numbers come in the interface's digits, lists as names. */
export function say(key, facts = {}) {
  return LANGUAGES[language][key].replace(/\{(\w+)\}/g, (_, name) => {
    const fact = facts[name];
    if (Array.isArray(fact)) return listed(fact);
    return typeof fact === "number" ? number(fact) : isolate(String(fact));
  });
}

/** Keeps a foreign name from turning round the sentence it stands in. */
function isolate(text) {
  return `\u2068${text}\u2069`;
}

/** Names one after another, in the order and with the comma of the language. */
function listed(names) {
  return names.map(isolate).join(language === "fa" ? "، " : ", ");
}

export function number(value) {
  const locale = language === "fa" ? "fa-IR" : "en";
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value);
}

export function sizeOf(bytes) {
  if (bytes < KILO) return say("bytes", { count: bytes });
  if (bytes < KILO * KILO) return say("kilobytes", { count: bytes / KILO });
  return say("megabytes", { count: bytes / KILO / KILO });
}
