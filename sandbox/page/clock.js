// The club's clock: its date, and a menu that moves it ahead where the club allows it.
import { clubNow, fullDate } from "./dates.js";
import { icon, make } from "./dom.js";
import { menuButton } from "./menu.js";
import { say } from "./words.js";

const LEAPS = [
  ["+1d", "leap_day"],
  ["+7d", "leap_week"],
  ["+30d", "leap_month"],
  ["+365d", "leap_year"],
];
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 30_000;

export class Clock {
  #timer = null;
  #offset = 0;

  /** `travel(leap)` asks the club to move its time. */
  constructor(travel) {
    this.travel = travel;
    this.date = make("span", { class: "club-date" });
    const naming = { class: "foot-button clock", title: say("clock") };
    this.button = menuButton(naming, [icon("clock"), this.date], () => this.#items());
    this.plain = make("span", { class: "foot-button clock", title: say("club_date") });
    this.node = make("span", { class: "clock-holder" });
    setInterval(() => this.#tell(), LOOK_EVERY_MS);
  }

  /** `mayTravel` when the club listens to the menu. */
  draw(mayTravel, offset) {
    if (offset !== this.#offset) this.#wait(false);
    this.#offset = offset;
    if (!mayTravel) this.plain.replaceChildren(icon("clock"), this.date);
    else if (!this.button.contains(this.date)) this.button.firstChild.append(this.date);
    const wanted = mayTravel ? this.button : this.plain;
    if (this.node.firstChild !== wanted) this.node.replaceChildren(wanted);
    this.#tell();
  }

  #tell() {
    const date = fullDate(clubNow());
    this.date.textContent = date;
    this.button.firstChild.setAttribute("aria-label", `${say("clock")}: ${date}`);
  }

  #items() {
    return LEAPS.map(([leap, key]) => ({ label: say(key), act: () => this.#leap(leap) }));
  }

  async #leap(leap) {
    this.#wait(true);
    if ((await this.travel(leap)) === undefined) this.#wait(false);
  }

  /** Turns until the clock has moved; a club that says no does so in the chat. */
  #wait(waiting) {
    clearTimeout(this.#timer);
    this.node.classList.toggle("waiting", waiting);
    if (waiting) this.#timer = setTimeout(() => this.#wait(false), PATIENCE_MS);
  }
}
