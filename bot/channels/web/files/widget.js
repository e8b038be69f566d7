// The widget of faqbot: one custom element, no library, no cookie, no request but to the service that it came from.
(() => {
  "use strict";
  const GIVEN = null /* what the service fills in */;
  const script = document.currentScript;
  const base = new URL(".", script.src).href;
  const store = `faqbot ${base}`;
  const PATIENCE = 20000, PAUSE = 150, KEPT = 60; // ms for a reply, ms between a key and suggestions, turns kept
  const ALLOWED = new Set("A BLOCKQUOTE BR CODE EM HR LI OL P PRE STRONG TABLE TBODY TD TH THEAD TR UL".split(" "));
  const LINK = /^(https?|mailto|tel|sms):/i, AWAY = { target: "_blank", rel: "noopener noreferrer" };

  const STYLE = `
:host { all: initial; --accent: var(--faqbot-accent, #0b57a4); --on-accent: var(--faqbot-on-accent, #fff);
  --paper: var(--faqbot-paper, #fff); --ink: var(--faqbot-ink, #1c2127); --soft: var(--faqbot-soft, #eef1f5);
  --line: var(--faqbot-line, #6f7985); --link: var(--faqbot-link, #0b57a4); --alarm: #a3190f;
  font: 16px/1.5 var(--faqbot-font, system-ui, sans-serif); color: var(--ink); color-scheme: light; }
@media (prefers-color-scheme: dark) { :host(:not([theme=light])) { DARK } }
:host([theme=dark]) { DARK }
* { box-sizing: border-box; font: inherit; }
[hidden] { display: none !important; }
button { cursor: pointer; border: 1px solid var(--line); border-radius: 8px; padding: 6px 12px; background: var(--paper);
  color: var(--ink); min-height: 36px; }
button:hover { background: var(--soft); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.main, .main:hover { background: var(--accent); color: var(--on-accent); border-color: var(--accent); }
.bubble { position: fixed; inset: auto 16px 16px auto; z-index: 2147483000; border-radius: 28px; padding: 12px 20px;
  min-height: 48px; box-shadow: 0 4px 16px #0006; font-weight: 600; }
.panel { display: flex; flex-direction: column; background: var(--paper); color: var(--ink); overflow: hidden;
  border: 1px solid var(--line); border-radius: var(--faqbot-radius, 12px); height: 36rem; max-height: 90vh; }
.float { position: fixed; inset: auto 16px 16px auto; z-index: 2147483000; width: 25rem; max-height: calc(100vh - 32px);
  box-shadow: 0 8px 32px #0006; }
.bar { display: flex; gap: 8px; align-items: center; padding: 8px 12px; background: var(--accent); color: var(--on-accent); }
.bar h2 { flex: 1; margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.bar button { background: transparent; color: inherit; border-color: currentColor; }
.bar :focus-visible { outline-color: var(--on-accent); }
.log { flex: 1; overflow-y: auto; padding: 12px; min-height: 6rem; overflow-wrap: anywhere; position: relative; }
.log:focus-visible { outline-offset: -3px; }
.said { margin: 0 0 12px; padding: 8px 12px; border-radius: 10px; background: var(--soft); }
.you { margin-left: 15%; background: var(--accent); color: var(--on-accent); white-space: pre-wrap; }
.safety, .error { border: 2px solid var(--alarm); }
.said p, .said ul, .said ol { margin: 0 0 8px; } .said ul, .said ol { padding-left: 1.3em; }
.said strong, th { font-weight: 600; } .said em { font-style: italic; } code, pre { font-family: monospace; white-space: pre-wrap; }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 0 0 8px; }
td, th { border: 1px solid var(--line); padding: 3px 6px; text-align: left; vertical-align: top; }
a { color: var(--link); } .you a { color: inherit; }
.row { display: flex; flex-wrap: wrap; gap: 6px; margin: 8px 0; list-style: none; align-items: center; }
.row button { text-align: left; } .stack { flex-direction: column; align-items: stretch; }
.said .row { padding: 0; }
.who { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: baseline; } .who > :first-child { flex: 1 1 auto; max-width: 100%; }
.ways { display: flex; flex-wrap: wrap; gap: 0 16px; } .ways a { padding: 5px 0; font-weight: 600; }
summary { cursor: pointer; padding: 4px 0; } details { margin-top: 6px; font-size: 14px; }
.note { margin: 0; font-size: 14px; } .lines { white-space: pre-line; }
form { display: flex; flex-wrap: wrap; gap: 8px; padding: 8px 12px; border-top: 1px solid var(--line); position: relative; }
input { flex: 1 1 8rem; min-width: 0; padding: 8px; border: 1px solid var(--line); border-radius: 8px; background: var(--paper); color: var(--ink); }
input::placeholder { color: inherit; opacity: .75; }
.list { position: absolute; inset: auto 12px 100% 12px; margin: 0 0 4px; padding: 4px; list-style: none; background: var(--paper);
  border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 4px 16px #0004; max-height: 14rem; overflow-y: auto; }
.list li { padding: 6px 8px; border-radius: 6px; cursor: pointer; }
.list [aria-selected=true], .list li:hover { background: var(--accent); color: var(--on-accent); }
.foot { display: flex; flex-wrap: wrap; gap: 8px; padding: 0 12px 10px; } .foot button { font-size: 14px; padding: 4px 6px; }
.person { flex-direction: column; overflow-y: auto; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 480px) { .float { inset: 0; width: auto; height: auto; max-height: none; border-radius: 0; border: 0; } }
@media (max-height: 420px) { .float { inset: 0 0 0 auto; height: auto; max-height: none; } .log { min-height: 3rem; } }
@media (prefers-reduced-motion: no-preference) { .wait { animation: wait 1.2s infinite alternate; } @keyframes wait { to { opacity: .45; } } }
`.replaceAll("DARK", `--accent: var(--faqbot-accent, #8ec1ff); --on-accent: var(--faqbot-on-accent, #0c1c2e);
  --paper: var(--faqbot-paper, #15181c); --ink: var(--faqbot-ink, #e6e9ee); --soft: var(--faqbot-soft, #262c33);
  --line: var(--faqbot-line, #8b95a1); --link: var(--faqbot-link, #8ec1ff); --alarm: #ff9c93; color-scheme: dark;`);

  /** An element with properties (names with a dash, `role` and `for` are attributes) and children. */
  function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, value);
      else element[name] = value;
    }
    element.append(...children.filter(Boolean));
    return element;
  }

  /** Markup of the service as nodes: allowed elements are made anew, of all others only the text is taken. */
  function adopted(markup) {
    const copy = (from, to) => {
      for (const node of from.childNodes) {
        if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
        else if (node.nodeType === Node.ELEMENT_NODE && ALLOWED.has(node.tagName)) {
          const element = make(node.tagName);
          const href = node.getAttribute("href") || "";
          if (node.tagName === "A" && LINK.test(href)) Object.assign(element, { href, ...AWAY });
          to.append(copy(node, element));
        } else if (node.nodeType === Node.ELEMENT_NODE) to.append(node.textContent);
      }
      return to;
    };
    return copy(new DOMParser().parseFromString(markup, "text/html").body, document.createDocumentFragment());
  }

  class Widget extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      try {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
        root.adoptedStyleSheets = [sheet];
      } catch { root.append(make("style", { textContent: STYLE })); } // browsers before 2023
      for (const name of ["accent", "onAccent"]) {
        const value = this.dataset[name];
        if (value) this.style.setProperty(name === "accent" ? "--faqbot-accent" : "--faqbot-on-accent", value);
      }
      if (this.dataset.theme) this.setAttribute("theme", this.dataset.theme);
      this.inline = "inline" in this.dataset;
      this.build(root);
      this.recall();
      this.show(this.inline || this.state.open, false);
    }

    /** A text: of a data attribute of the script, else of the service, with {names} filled in. */
    say(key, values = {}) {
      const own = this.dataset[key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())];
      return Object.entries(values).reduce((line, [name, value]) => line.replaceAll(`{${name}}`, value), own || GIVEN.say[key] || "");
    }

    button(key, click, className = "") {
      return make("button", { type: "button", className, textContent: this.say(key), onclick: click });
    }

    build(root) {
      this.log = make("div", { className: "log", tabIndex: 0, role: "log", "aria-label": this.say("log"), "aria-live": "polite" });
      this.input = make("input", {
        type: "text", autocomplete: "off", placeholder: this.say("placeholder"), enterKeyHint: "send", role: "combobox",
        "aria-label": this.say("placeholder"), "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "list",
      });
      this.list = make("ul", { className: "list", id: "list", role: "listbox", hidden: true, "aria-label": this.say("suggestions") });
      this.form = make("form", {}, this.list, this.input, make("button", { className: "main", textContent: this.say("send") }));
      this.status = make("div", { className: "sr", role: "status" });
      this.opener = this.button("open", () => this.show(true), "bubble main");
      this.opener.setAttribute("aria-expanded", "false");
      this.foot = make("div", { className: "foot" }, this.button("person", () => this.person()), this.button("clear", () => this.clear()));
      this.panel = make(
        "section", { className: this.inline ? "panel" : "panel float", "aria-label": this.say("title") },
        make("div", { className: "bar" }, make("h2", { textContent: this.say("title") }), !this.inline && this.button("close", () => this.show(false))),
        this.log, this.form, this.foot, this.status,
      );
      root.append(this.panel, this.opener);
      this.form.onsubmit = (event) => { event.preventDefault(); this.submit(); };
      this.input.oninput = () => this.suggest();
      this.input.onkeydown = (event) => this.typed(event);
      this.input.onblur = () => setTimeout(() => this.offer([]), 200);
      this.panel.onkeydown = (event) => { if (event.key === "Escape" && !this.inline && !event.defaultPrevented) this.show(false); };
    }

    show(open, focus = true) {
      this.panel.hidden = !open;
      this.opener.hidden = open || this.inline;
      this.opener.setAttribute("aria-expanded", String(open));
      this.keep({ open });
      if (focus) (open ? this.input : this.opener).focus();
      if (open) this.down();
    }

    // What was said, in this tab alone.
    recall() {
      this.state = { turns: [], context: "", open: false };
      try { Object.assign(this.state, JSON.parse(sessionStorage.getItem(store) || "{}")); } catch { /* none, or no storage */ }
      this.greet();
      for (const turn of this.state.turns) {
        this.you(turn.you);
        this.answer(turn.reply, turn);
      }
    }

    keep(change) {
      Object.assign(this.state, change);
      this.state.turns = this.state.turns.slice(-KEPT);
      try { sessionStorage.setItem(store, JSON.stringify(this.state)); } catch { /* the conversation lasts as long as the page */ }
    }

    clear() {
      this.state = { turns: [], context: "", open: true };
      try { sessionStorage.removeItem(store); } catch { /* nothing was kept */ }
      this.asking?.abort();
      this.log.replaceChildren();
      this.greet();
      this.input.value = "";
      this.offer([]);
      this.status.textContent = this.say("cleared");
      this.input.focus();
    }

    // What is shown.
    put(element) {
      this.log.append(element);
      return element;
    }

    down(element) {
      const to = element ? element.offsetTop - 8 : this.log.scrollHeight;
      const still = !element || matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.log.scrollTo({ top: to, behavior: still ? "auto" : "smooth" });
    }

    greet() {
      this.put(make("div", { className: "said" }, make("p", { className: "lines", textContent: this.say("greeting") }), make("p", { className: "note", textContent: this.say("notice") })));
    }

    you(text) {
      return this.put(make("div", { className: "said you" }, make("span", { className: "sr", textContent: `${this.say("you")}: ` }), text));
    }

    answer(reply, turn) {
      const said = make("div", { className: `said ${reply.kind}` }, make("span", { className: "sr", textContent: `${this.say("bot")}: ` }));
      const [nearest, others] = [reply.resources.slice(0, 2), reply.resources.slice(2)];
      if (reply.urgent) said.append(this.numbers(nearest));
      for (const part of reply.parts) said.append(adopted(part.html));
      if (reply.choices.length) {
        const picks = reply.choices.map((choice) => make("button", { type: "button", textContent: choice.title, onclick: () => this.ask({ intent: choice.intent }, choice.title) }));
        said.append(make("div", { className: "row stack", role: "group", "aria-label": this.say("choices") }, ...picks));
      }
      if (reply.closing) said.append(adopted(reply.closing.html));
      if (!reply.urgent && nearest.length) said.append(this.numbers(nearest));
      if (reply.kind === "safety" && others.length) said.append(this.numbers(others));
      const sources = reply.parts.flatMap((part) => part.sources || []);
      if (sources.length) {
        const lines = [...new Set(sources.map((source) => `${source.document}: ${source.section}`))];
        said.append(make("details", {}, make("summary", { textContent: this.say("sources") }), make("ul", {}, ...lines.map((line) => make("li", { textContent: line })))));
      }
      if (GIVEN.feedback && reply.kind !== "safety" && !nearest.length) said.append(this.thumbs(reply, turn));
      return this.put(said);
    }

    numbers(resources) {
      const link = (key, href, number) => make("a", { href, textContent: this.say(key, { number }) });
      const rows = resources.map(({ label, number, kind }) => {
        const digits = number.replace(/[^\d+]/g, "");
        const ways = make("span", { className: "ways" },
          kind.includes("call") && link("call", `tel:${digits}`, number), kind.includes("text") && link("text", `sms:${digits}`, number),
          kind === "web" && Object.assign(link("visit", `https://${number}`, number), AWAY));
        return make("li", { className: "who" }, make("span", { textContent: label }), ways.firstChild && ways);
      });
      return make("ul", { className: "row stack", "aria-label": this.say("numbers") }, ...rows);
    }

    thumbs(reply, turn) {
      const note = make("span", { className: "note", role: "status" });
      const vote = (key, sign, helpful) => {
        const button = this.button(key, async () => {
          const kept = await this.post("v1/feedback", { turn: reply.turn, helpful }).then((answer) => answer.ok, () => false);
          note.textContent = this.say(kept ? "thanks" : "feedback_failed");
          if (!kept) return;
          turn.helpful = helpful;
          this.keep({});
          for (const one of [yes, no]) one.setAttribute("aria-pressed", String(one === button));
        });
        button.prepend(make("span", { "aria-hidden": "true", textContent: `${sign} ` }));
        button.setAttribute("aria-pressed", String(turn.helpful === helpful));
        return button;
      };
      const yes = vote("yes", "👍", true), no = vote("no", "👎", false);
      return make("div", { className: "row", role: "group", "aria-label": this.say("helpful") }, make("span", { className: "note", "aria-hidden": "true", textContent: this.say("helpful") }), yes, no, note);
    }

    // Asking.
    post(path, body) {
      this.asking = new AbortController();
      const late = setTimeout((asking) => asking.abort(), PATIENCE, this.asking);
      const sent = { method: "POST", headers: { "Content-Type": "application/json" }, credentials: "omit" };
      return fetch(base + path, { ...sent, body: JSON.stringify(body), signal: this.asking.signal }).finally(() => clearTimeout(late));
    }

    submit() {
      const text = this.input.value.trim();
      if (text) this.ask({ text }, text);
      else this.input.focus();
    }

    async ask(wanted, shown) {
      if (this.busy) return;
      this.busy = true;
      this.failure?.remove();
      this.offer([]);
      const state = this.state, { context } = state;
      const you = this.you(shown);
      const wait = this.put(make("div", { className: "said wait", textContent: this.say("waiting") }));
      if (wanted.text === this.input.value.trim()) this.input.value = "";
      this.down();
      try {
        const region = new URL(script.src).searchParams.get("region");
        const answer = await this.post("v1/ask", { ...wanted, ...(context && { context }), ...(region && { region }) });
        const reply = await answer.json();
        if (state !== this.state) return; // cleared meanwhile
        if (!answer.ok) throw Object.assign(new Error(answer.statusText), { answer, reply });
        const turn = { you: shown, reply };
        wait.remove();
        this.answer(reply, turn);
        this.keep({ turns: [...state.turns, turn], context: reply.context });
        this.down(you);
      } catch (error) {
        wait.remove();
        if (state === this.state) this.fail(error, wanted, shown, you);
      } finally {
        this.busy = false;
      }
    }

    /** No answer: what was typed goes back to where it was typed, and the numbers are shown. */
    fail(error, wanted, shown, you) {
      you.remove();
      if (wanted.text && !this.input.value) this.input.value = shown;
      const status = error.answer?.status;
      const key = { 413: "too_long", 429: "busy" }[status] || (!status && !navigator.onLine ? "offline" : "failed");
      const line = this.say(key, { seconds: error.answer?.headers.get("Retry-After") || "60" });
      const again = this.button("retry", () => {
        const text = this.input.value.trim();
        if (wanted.text && text) this.ask({ text }, text);
        else this.ask(wanted, shown);
        this.input.focus();
      }, "main");
      const resources = error.reply?.resources?.length ? error.reply.resources : GIVEN.resources;
      this.failure = this.put(make("div", { className: "said error" }, make("p", { textContent: line }), make("div", { className: "row" }, again), this.numbers(resources)));
      this.down(this.failure);
    }

    // Suggestions while typing.
    suggest() {
      clearTimeout(this.soon);
      const q = this.input.value.trim();
      if (q.length < 2 || q.length > 200) { this.offer([]); return; }
      this.soon = setTimeout(async () => {
        try {
          const answer = await fetch(`${base}v1/suggest?q=${encodeURIComponent(q)}`, { credentials: "omit" });
          const { suggestions = [] } = answer.ok ? await answer.json() : {};
          if (q === this.input.value.trim() && !this.busy) this.offer(suggestions);
        } catch { this.offer([]); }
      }, PAUSE);
    }

    offer(suggestions) {
      this.offered = suggestions;
      this.at = -1;
      this.list.replaceChildren(...suggestions.map((one, at) => make("li", { id: `option${at}`, role: "option", "aria-selected": "false", textContent: one.title, onclick: () => this.take(one) })));
      this.list.hidden = !suggestions.length;
      this.input.setAttribute("aria-expanded", String(!this.list.hidden));
      this.input.removeAttribute("aria-activedescendant");
      this.status.textContent = suggestions.length ? this.say("suggested", { number: suggestions.length }) : "";
    }

    take({ title, intent }) {
      this.input.value = "";
      this.input.focus();
      this.ask({ intent }, title);
    }

    typed(event) {
      const number = this.offered?.length;
      if (!number) return;
      if (event.key === "Escape") this.offer([]);
      else if (event.key === "Enter" && this.at >= 0) this.take(this.offered[this.at]);
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const step = event.key === "ArrowDown" ? 1 : -1;
        this.at = this.at < 0 && step < 0 ? number - 1 : (this.at + step + number) % number;
        [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === this.at)));
        this.list.children[this.at].scrollIntoView({ block: "nearest" });
        this.input.setAttribute("aria-activedescendant", `option${this.at}`);
      } else return;
      event.preventDefault();
    }

    /** A way to a person: a form where the service passes conversations on, else the bot's own answer. */
    person() {
      if (!GIVEN.handover) { this.ask({ text: this.say("person_ask") }, this.say("person_ask")); return; }
      const contact = make("input", { type: "text", id: "contact" });
      const note = make("p", { className: "note", role: "status" });
      const send = make("button", { className: "main", textContent: this.say("person_send") });
      const fallback = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
      const back = () => { form.remove(); this.log.hidden = this.form.hidden = this.foot.hidden = false; this.input.focus(); };
      const form = make("form", { className: "person" },
        make("p", { className: "note", textContent: this.say("person_line", { contact: this.say("contact") }) }), this.numbers(GIVEN.resources),
        make("label", { for: "contact", textContent: this.say("person_contact") }), contact,
        make("p", { className: "note", textContent: this.say("person_consent") }), send,
        this.button("back", back), note);
      form.onsubmit = async (event) => {
        event.preventDefault();
        const intents = ({ parts }) => parts.filter((part) => part.kind === "answer").map((part) => part.intent);
        const turns = this.state.turns.map(({ you, reply }) => ({ text: you, reply: reply.text, intents: intents(reply) }));
        const sent = { turns, turn: this.state.turns.at(-1)?.reply.turn || fallback, contact: contact.value.trim() };
        send.disabled = true;
        note.textContent = this.say("waiting");
        const answer = await this.post("v1/handover", sent).then((found) => found.ok && found.json(), () => null);
        send.disabled = Boolean(answer);
        note.textContent = answer ? this.say("person_sent", answer) : this.say("person_failed", { contact: this.say("contact") });
      };
      this.log.hidden = this.form.hidden = this.foot.hidden = true;
      this.panel.insertBefore(form, this.log);
      contact.focus();
    }
  }

  if (customElements.get("faqbot-widget")) return;
  customElements.define("faqbot-widget", Widget);
  const place = () => {
    const widget = document.createElement("faqbot-widget");
    Object.assign(widget.dataset, script.dataset);
    const inline = script.dataset.inline;
    if (inline) document.querySelector(inline)?.append(widget);
    else if (inline === "") script.after(widget);
    else document.body.append(widget);
  };
  if (document.readyState !== "loading") place();
  else document.addEventListener("DOMContentLoaded", place);
})();
