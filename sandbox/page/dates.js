// When things happened, on the club's calendar, which may be ahead of this machine's clock.
import { currentLanguage, say } from "./words.js";

const MINUTE_MS = 60_000;
const SECONDS_LENGTH = "2026-01-01T00:00:00".length;

let aheadMs = 0;
let zone;

/** How far the club's time is ahead of the machine's, and the zone whose days it lives by. */
export function setClubClock(offsetMs, clubZone) {
  aheadMs = offsetMs ?? 0;
  zone = clubZone ?? undefined;
}

/** A date whose UTC fields are what a clock on the wall shows: no zone can shift it any more. */
function wall(date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS);
}

/** The club's wall clock. */
export function clubNow() {
  return clubWall(new Date(Date.now() + aheadMs));
}

/** As `wall`, for the club's zone; Swedes write dates as programs read them. */
function clubWall(date) {
  if (!zone) return wall(date);
  const style = { timeZone: zone, dateStyle: "short", timeStyle: "medium" };
  return new Date(`${new Intl.DateTimeFormat("sv-SE", style).format(date).replace(" ", "T")}Z`);
}

/** When a message came, as the club's wall clock had it. */
function dateOf(message) {
  const told = message.local_date?.slice(0, SECONDS_LENGTH);
  const date = told ? new Date(`${told}Z`) : null;
  return date && !Number.isNaN(date.getTime()) ? date : clubWall(new Date(message.date * 1000));
}

const formats = new Map();

/** Solar hijri in Persian, Gregorian in English. */
function format(options, date) {
  const locale = currentLanguage() === "fa" ? "fa-IR" : "en-GB";
  const key = locale + JSON.stringify(options);
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }));
  }
  return formats.get(key).format(date);
}

/** Which day it was, for telling days apart. */
export function dayKey(message) {
  return dateOf(message).toISOString().slice(0, 10);
}

/** 14:05 or ۱۴:۰۵ */
export function timeOf(message) {
  return format({ hour: "2-digit", minute: "2-digit", hour12: false }, dateOf(message));
}

/** 14:05:09 on this machine, for what has no place in the club's time. */
export function preciseTime(milliseconds) {
  const options = { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };
  return format(options, wall(new Date(milliseconds)));
}

/** "Today", "Yesterday", or the date. */
export function dayOf(message) {
  const date = dateOf(message);
  const now = clubNow();
  const daysAgo = Math.floor(now / 86_400_000) - Math.floor(date / 86_400_000);
  if (daysAgo === 0) return say("today");
  if (daysAgo === 1) return say("yesterday");
  const sameYear = date.getUTCFullYear() === now.getUTCFullYear();
  return format({ day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) }, date);
}

/** For a list: the time of today's messages, the day of older ones. */
export function whenShort(message) {
  const date = dateOf(message);
  const today = clubNow().toISOString().slice(0, 10);
  if (dayKey(message) === today) return timeOf(message);
  return format({ day: "numeric", month: "short" }, date);
}

/** The day of the club's calendar in full. */
export function fullDate(date) {
  if (currentLanguage() !== "fa") {
    return format({ weekday: "short", day: "numeric", month: "long", year: "numeric" }, date);
  }
  // Put together by hand: browsers write a whole Persian date from the year backwards.
  const day = format({ day: "numeric" }, date);
  const month = format({ month: "long" }, date);
  const year = format({ year: "numeric" }, date).replace(/[^۰-۹]/g, "");
  return `${format({ weekday: "long" }, date)} ${day} ${month} ${year}`;
}
