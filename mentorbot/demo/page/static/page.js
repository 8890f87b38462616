// The page around the phones: tabs on a narrow screen, the guide, the bot's plug.

import { Chat } from "./chat.js";
import { act, listen } from "./server.js";
import { make } from "./words.js";

const find = (id) => document.getElementById(id);
const wide = matchMedia("(min-width: 1000px)");
const chats = [...document.querySelectorAll(".phone")].map((section) => new Chat(section));
const tabs = [...document.querySelectorAll(".tab")];

// One phone at a time where there is room for one

let selected = chats[0].key;
let turn = null; // the key of the phone that the guide speaks of

function select(key, { focus = false } = {}) {
  selected = key;
  for (const tab of tabs) {
    const mine = tab.dataset.key === key;
    tab.setAttribute("aria-selected", String(mine));
    tab.tabIndex = mine ? 0 : -1;
    if (mine && focus) tab.focus();
  }
  arrange();
  const chat = chatOf(key);
  chat.toEnd();
  chat.read();
}

function chatOf(key) {
  return chats.find((chat) => chat.key === key);
}

function arrange() {
  for (const chat of chats) {
    chat.section.hidden = !wide.matches && chat.key !== selected;
    if (wide.matches) chat.section.removeAttribute("role");
    else chat.section.setAttribute("role", "tabpanel");
  }
  find("guide-show").hidden = wide.matches || turn === null;
  find("guide-show").classList.toggle("absent", turn === selected);
}

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => select(tab.dataset.key));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    select(tabs.at((index + step) % tabs.length).dataset.key, { focus: true });
  });
  chats[index].onUnread = (count) => {
    chats[index].showBadge(tab.querySelector(".badge"), count);
    if (count && !wide.matches && selected === tab.dataset.key && document.hasFocus()) chats[index].read();
  };
}
wide.addEventListener("change", arrange);

// The phones that nobody needs at first are folded away where all are in sight

for (const fold of document.querySelectorAll(".fold")) {
  const section = fold.closest(".phone");
  const unfold = (open) => {
    section.classList.toggle("folded", !open);
    fold.setAttribute("aria-expanded", String(open));
    fold.textContent = open ? "Hide" : "Show";
  };
  fold.addEventListener("click", () => unfold(section.classList.contains("folded")));
  unfold(false);
}

// The guide; after the last step, one idea at a time: what is below must not jump

const IDEAS = [
  "Send a photo, a voice message or your contact card with the clip.",
  "Press ⋯ on what came from the other: your ❤ shows on their phone.",
  "Mark some words of a message, then reply: they become the quote.",
  "Press ⋯ on your own message to change it: it changes there, too.",
  "Reply /delete to a message of yours: the other’s copy goes.",
  "Attach “Photo as a file” as Aino: she is asked first.",
  "Choose one line for all in Aino’s /safety, write as Mikael, press.",
  "Invite Maria as a mentor too, then write /mentor as Aino.",
  "Send /topics as Mikael: each participant gets a topic.",
  "Pull the plug, write as Aino, plug it in again: nothing is lost.",
  "Let Otto, who was not invited, write to the bot.",
  "Send /privacy: the honest limits.",
  "Write **bold**, __italic__ or ||hidden||.",
  "Try to fake a label: begin a line with ▌",
];
let idea = 0;

function showGuide({ steps }) {
  const next = steps.find((step) => !step.done);
  showText(next ? next.now : IDEAS[idea]);
  find("guide-other").hidden = Boolean(next);
  find("guide-steps").replaceChildren(
    ...steps.map((step) => {
      const state = step.done ? "done" : step === next ? "next" : "later";
      const item = make("li", { className: state }, step.title);
      if (step === next) item.setAttribute("aria-current", "step");
      return item;
    }),
  );
  turn = next?.at ?? null;
  for (const chat of chats) chat.section.classList.toggle("turn", chat.key === turn);
  for (const tab of tabs) tab.classList.toggle("turn", tab.dataset.key === turn);
  if (turn) find("guide-show").textContent = `Show ${chatOf(turn).name}’s phone`;
  arrange();
}

function showText(text) {
  if (find("guide-text").textContent !== text) find("guide-text").textContent = text;
}

find("guide-other").addEventListener("click", () => {
  idea = (idea + 1) % IDEAS.length;
  showText(IDEAS[idea]);
});

find("guide-show").addEventListener("click", () => select(turn, { focus: true }));

// The plug

let running = true;

function showBot(bot) {
  running = bot.running;
  find("lamp").textContent = running ? "The bot runs" : "The bot is off";
  find("lamp").className = `lamp ${running ? "on" : "off"}`;
  find("plug").textContent = running ? "Pull the plug" : "Plug it in again";
  find("plug").disabled = false;
  document.body.classList.toggle("unplugged", !running);
}

find("plug").addEventListener("click", async () => {
  find("plug").disabled = true;
  find("lamp").textContent = running ? "Stopping …" : "Starting …";
  try {
    await act(running ? "/bot/kill" : "/bot/start");
  } catch (error) {
    find("lamp").textContent = error.message;
    find("plug").disabled = false;
  }
});

select(selected);
listen(
  { ...Object.fromEntries(chats.map((chat) => [chat.key, (phone) => chat.show(phone)])), guide: showGuide, bot: showBot },
  {
    lost: () => {
      find("lamp").textContent = "Connecting …";
      find("lamp").className = "lamp";
      find("plug").disabled = true;
    },
  },
);
