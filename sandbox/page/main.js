// The page begins here.
import { Desk } from "./desk.js";
import { applyLanguage } from "./words.js";

applyLanguage();
new Desk(document.querySelector("#desk")).start();
