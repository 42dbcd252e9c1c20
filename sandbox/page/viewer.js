// A picture over the whole page: the arrows go through those of the chat, Escape goes back.
import { modal } from "./dialogue.js";
import { iconButton, make } from "./dom.js";
import { number, say } from "./words.js";

/** Shows the photo with this id among `photos` = [{id, url, label}]. */
export function viewPhoto(photos, id) {
  let at = Math.max(0, photos.findIndex((photo) => photo.id === id));
  const picture = make("img", { alt: "" });
  const caption = make("p", { class: "viewer-caption", dir: "auto" });
  const count = make("span", { class: "viewer-count", role: "status" });
  const draw = () => {
    const { url, label } = photos[at];
    picture.src = url;
    picture.alt = label;
    caption.textContent = label === say("photo") ? "" : label;
    count.textContent = photos.length > 1 ? `${number(at + 1)} / ${number(photos.length)}` : "";
  };
  const step = (by) => {
    at = Math.max(0, Math.min(photos.length - 1, at + by));
    draw();
  };
  return modal("viewer", say("photo"), (finish) => {
    draw();
    const rtl = document.documentElement.dir === "rtl";
    const onkeydown = (event) => {
      if (event.key === "ArrowRight") step(rtl ? -1 : 1);
      if (event.key === "ArrowLeft") step(rtl ? 1 : -1);
    };
    const many = photos.length > 1;
    const steps = [
      iconButton("back", say("previous_photo"), () => step(-1), { kind: "over previous", mirrored: true }),
      iconButton("next", say("next_photo"), () => step(1), { kind: "over following", mirrored: true }),
    ];
    const close = iconButton("close", say("close"), () => finish(), { kind: "over leave" });
    const frame = make("figure", { onclick: (event) => event.target === event.currentTarget && finish() }, picture, caption);
    return [make("div", { class: "viewer-frame", onkeydown }, close, many ? steps : null, frame, count)];
  });
}
