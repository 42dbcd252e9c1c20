// What happens in the town, as it happens, and whether the sandbox and the bot are there.
import * as door from "./door.js";

const LOOK_EVERY_MS = 3000;
const AGAIN_AFTER_MS = 1500;
const LOOKS_MISSED = 2; // A bot that is just starting is not down yet.

/**
 * One stream for everybody: a browser allows six connections to one address, so a stream for each
 * person would soon starve the page. `onopen` is called at every connection, also after a break.
 */
export function listen({ onevent, onopen, onstatus }) {
  let missed = 0;
  const status = { sandbox: true, polling: true, waiting: 0, outage: 0 };
  const tell = (changes) => {
    const before = JSON.stringify(status);
    Object.assign(status, changes);
    if (JSON.stringify(status) !== before) onstatus(status);
  };
  const look = async () => {
    if (document.hidden) return;
    try {
      const counts = await door.counts();
      const waiting = counts.pending_updates ?? 0;
      const listens = counts.polling || (counts.webhook && waiting === 0);
      missed = listens ? 0 : missed + 1;
      const polling = missed < LOOKS_MISSED && (listens || status.polling);
      const outage = listens ? 0 : await outageLeft();
      tell({ sandbox: true, polling, waiting, outage });
    } catch {
      tell({ sandbox: false });
    }
  };
  const connect = () => {
    const source = new EventSource("/api/events");
    source.addEventListener("message", (event) => onevent(JSON.parse(event.data)));
    source.addEventListener("open", () => {
      onopen();
      look();
    });
    source.addEventListener("error", () => {
      look();
      // The browser tries again by itself, except after an answer that is no stream.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN_AFTER_MS);
    });
  };
  connect();
  setInterval(look, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", look);
}

/** For how long the sandbox itself keeps the bot out, because somebody asked it to. */
async function outageLeft() {
  const faults = await door.faults().catch(() => null);
  return Math.ceil(faults?.outage_left_s ?? 0);
}
