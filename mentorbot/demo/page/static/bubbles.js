// Messages as rows of the log: a day where a new one begins, a bubble, the buttons under it.

import { openMenu } from "./menu.js";
import { make, words } from "./words.js";

const REACTIONS = ["👍", "❤", "🔥", "🙏", "😢"];
const ARRIVED = "🕊";
// Plain signs, which every system has a letter for.
const SIGNS = { voice: "♪", audio: "♪", contact: "☺", location: "◎" };

// The bot's own zone: what it says about times and what stands beside its words must agree.
const timeZone = document.body.dataset.timezone;
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone });

/** What each row shows: `tail` where the other side, or another day, follows. */
export function rowsOf(messages) {
  const today = DAY.format(new Date());
  const days = messages.map((message) => DAY.format(new Date(message.at * 1000)));
  return messages.map((message, index) => ({
    message,
    day: days[index] === days[index - 1] ? null : days[index] === today ? "Today" : days[index],
    tail: messages[index + 1]?.mine !== message.mine || days[index + 1] !== days[index],
  }));
}

export function makeRow({ message, day, tail }, chat) {
  const row = make("div", { className: `row ${message.mine ? "mine" : "theirs"}${tail ? " tail" : ""}` });
  if (day) row.append(make("div", { className: "day" }, make("span", {}, day)));
  row.append(makeBubble(message, chat));
  if (message.keyboard.length) row.append(makeKeyboard(message, chat));
  if (message.reactions.length) row.append(makeReactions(message, chat));
  return row;
}

function makeBubble(message, chat) {
  const bubble = make("div", { className: "bubble", tabIndex: -1 });
  bubble.append(make("span", { className: "hidden-text" }, message.mine ? `${chat.name}: ` : "Bot: "));
  if (message.topic) bubble.append(make("span", { className: "topic-name" }, hidden("In the topic "), message.topic.name));
  if (message.forwarded) bubble.append(make("span", { className: "forwarded" }, `Forwarded from ${message.forwarded}`));
  if (message.reply) bubble.append(makeReply(message.reply, chat));
  if (message.media) bubble.append(makeMedia(message.media));
  const text = words(message.text, message.entities, (command) => chat.send(command));
  bubble.append(make("div", { className: "words", dir: "auto" }, ...text), makeFoot(message));
  bubble.append(makeMore(message, chat, bubble));
  return bubble;
}

function makeMedia(media) {
  const called = [media.label, media.detail].filter(Boolean).join(": ");
  if (!media.picture) {
    const tile = make("div", { className: "tile" });
    tile.append(make("span", { className: "sign", ariaHidden: "true" }, SIGNS[media.kind] ?? "▤"));
    tile.append(make("b", {}, media.label), make("span", {}, media.detail));
    return tile;
  }
  const size = media.kind === "sticker" ? { width: 192, height: 192 } : { width: 480, height: 320 };
  return make("img", { className: `picture ${media.kind}`, src: media.picture, alt: called, ...size });
}

function makeReactions(message, chat) {
  const reactions = make("div", { className: "reactions" });
  message.reactions.forEach((emoji, index) => {
    const mine = index === 0 && message.reaction !== null;
    const from = mine ? chat.name : "the bot";
    reactions.append(make("span", { className: mine ? "own" : "" }, drawn(emoji), hidden(` from ${from}`)));
  });
  return reactions;
}

/** The sign that a message arrived stands under most of them: it shows also where the system has no picture for it. */
function drawn(emoji) {
  return emoji === ARRIVED ? make("img", { src: "/static/dove.svg", alt: emoji }) : emoji;
}

function hidden(text) {
  return make("span", { className: "hidden-text" }, text);
}

function makeReply(reply, chat) {
  const quoted = make("div", { className: "quoted" });
  quoted.append(make("b", {}, reply.mine ? chat.name : "Bot"), make("span", {}, reply.text));
  return quoted;
}

function makeFoot(message) {
  const foot = make("span", { className: "foot" });
  if (message.protected) {
    foot.append(make("span", { title: "Cannot be forwarded or saved" }, "protected "));
  }
  if (message.edited) foot.append(make("span", {}, "edited "));
  const at = new Date(message.at * 1000);
  foot.append(make("time", { dateTime: at.toISOString() }, TIME.format(at)));
  if (message.mine) {
    const tick = make("span", { className: "tick", title: message.waits ? "At Telegram" : "The bot has it" });
    tick.append(message.waits ? "✓" : "✓✓");
    tick.setAttribute("role", "img");
    tick.setAttribute("aria-label", tick.title);
    foot.append(tick);
  }
  return foot;
}

/** The button that opens a message's menu. Only the message that has the focus puts it into the tab order. */
function makeMore(message, chat, bubble) {
  const more = make("button", { type: "button", className: "more", tabIndex: -1 }, "⋯");
  more.setAttribute("aria-haspopup", "menu");
  more.setAttribute("aria-label", "Message menu");
  more.addEventListener("mousedown", (event) => event.preventDefault()); // what is selected will be the quote
  more.onclick = () => openMenu(more, itemsOf(message, chat, bubble), "Message");
  bubble.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== bubble) return;
    event.preventDefault(); // or it would take the menu's first item at once
    more.click();
  });
  bubble.addEventListener("focusin", () => (more.tabIndex = 0));
  bubble.addEventListener("focusout", (event) => {
    if (!bubble.contains(event.relatedTarget)) more.tabIndex = -1;
  });
  return more;
}

function itemsOf(message, chat, bubble) {
  const quote = selectedIn(bubble.querySelector(".words"));
  const items = REACTIONS.map((emoji) => ({
    emoji: true,
    label: emoji,
    pressed: message.reaction === emoji,
    run: () => chat.do("react", { message: message.id, emoji: message.reaction === emoji ? null : emoji }),
  }));
  items.push({ label: quote ? "Reply to what is marked" : "Reply", run: () => chat.answer(message, "reply", quote) });
  if (message.mine && (message.text || message.media?.picture)) {
    items.push({ label: "Edit", run: () => chat.answer(message, "edit") });
  }
  if (!message.protected) items.push({ label: "Forward to the bot", run: () => chat.forward(message) });
  items.push({ label: "Delete", run: () => chat.remove(message) });
  return items;
}

/** What the person has marked, if all of it lies in this node. */
function selectedIn(node) {
  const selection = getSelection();
  const inside = selection.rangeCount > 0 && node.contains(selection.getRangeAt(0).commonAncestorContainer);
  return inside ? selection.toString().trim() : "";
}

function makeKeyboard(message, chat) {
  const keyboard = make("div", { className: "keyboard" });
  keyboard.setAttribute("role", "group");
  keyboard.setAttribute("aria-label", "Buttons");
  message.keyboard.forEach((labels, row) => {
    const line = make("div", { className: "keys" });
    labels.forEach((label, column) => {
      const key = make("button", { type: "button" }, label);
      key.onclick = () => chat.press(key, message.id, row, column);
      line.append(key);
    });
    keyboard.append(line);
  });
  return keyboard;
}
