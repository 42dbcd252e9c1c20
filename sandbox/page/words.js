// The interface's language: words, digits, times and days. What people and the bot wrote stays as is.
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

/** The sentence of this key with its facts; numbers come in the interface's digits. */
export function say(key, facts = {}) {
  return LANGUAGES[language][key].replace(/\{(\w+)\}/g, (_, name) => {
    const fact = facts[name];
    return typeof fact === "number" ? number(fact) : isolate(String(fact));
  });
}

/** Keeps a foreign name from turning round the sentence it stands in. */
function isolate(text) {
  return `\u2068${text}\u2069`;
}

function format(options) {
  const locale = language === "fa" ? "fa-IR" : "en-GB";
  return new Intl.DateTimeFormat(locale, options);
}

/** Names one after another, with the comma of the language. */
export function listed(names) {
  return names.join(language === "fa" ? "، " : ", ");
}

export function number(value) {
  const locale = language === "fa" ? "fa-IR" : "en";
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value);
}

/** 14:05 or ۱۴:۰۵ */
export function timeOf(message) {
  return format({ hour: "2-digit", minute: "2-digit", hour12: false }).format(dateOf(message));
}

/** "Today", "Yesterday", or the date: solar hijri in Persian, Gregorian in English. */
export function dayOf(message) {
  const date = dateOf(message);
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return say("today");
  if (date.toDateString() === yesterday.toDateString()) return say("yesterday");
  const sameYear = date.getFullYear() === now.getFullYear();
  const year = sameYear ? {} : { year: "numeric" };
  return format({ day: "numeric", month: "long", ...year }).format(date);
}

/** For a list: the time of today's messages, the day of older ones. */
export function whenShort(message) {
  const date = dateOf(message);
  if (date.toDateString() === new Date().toDateString()) return timeOf(message);
  return format({ day: "numeric", month: "short" }).format(date);
}

export function dateOf(message) {
  return new Date(message.date * 1000);
}

export function sizeOf(bytes) {
  if (bytes < KILO) return say("bytes", { count: bytes });
  if (bytes < KILO * KILO) return say("kilobytes", { count: bytes / KILO });
  return say("megabytes", { count: bytes / KILO / KILO });
}
