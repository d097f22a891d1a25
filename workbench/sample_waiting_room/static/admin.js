"use strict";
// Reviews the configuration while it is edited, keeps unpublished edits, and keeps the tables current.
(() => {
  const form = document.querySelector("form.editor");
  const text = document.getElementById("text");
  const url = document.getElementById("url");
  const review = document.getElementById("review");
  const draft = document.getElementById("draft");
  const DRAFT = "configuration-draft";
  const published = text.dataset.published;
  let timer;
  let asked = 0;

  // ---- unpublished edits, kept in this browser
  function kept() {
    try { return JSON.parse(localStorage.getItem(DRAFT)); } catch (_) { return null; }
  }
  function keep(value) {
    try {
      if (value) localStorage.setItem(DRAFT, JSON.stringify(value)); else localStorage.removeItem(DRAFT);
    } catch (_) { /* the browser keeps nothing: the page works all the same */ }
  }
  function isEdited() {
    return text.value.trim() !== published.trim();
  }
  function noteEdit(basedOn) {
    const edited = isEdited();
    keep(edited ? { text: text.value, basedOn } : null);
    draft.hidden = !edited;
    draft.dataset.basedOn = basedOn;
    draft.querySelector("span").textContent = basedOn === text.dataset.version
      ? "Not published yet. This browser keeps your edit."
      : `Not published yet. You began with version ${basedOn}, and version ${text.dataset.version} is live now: read what changes before you publish.`;
  }
  draft.querySelector("button").addEventListener("click", () => {
    text.value = published;
    noteEdit(text.dataset.version);
    look();
    text.focus();
  });

  // ---- the review
  function show(html) {
    review.innerHTML = html;
  }
  function fail(sentence) {
    const notice = document.createElement("p");
    notice.className = "notice bad";
    notice.tabIndex = -1;
    notice.textContent = sentence;
    review.replaceChildren(notice);
    notice.focus();
  }
  async function look() {
    clearTimeout(timer);
    const mine = ++asked;
    try {
      const answer = await fetch(form.dataset.review, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (answer.ok && mine === asked) show(await answer.text());
    } catch (_) { /* the next change asks again */ }
  }
  function lookSoon() {
    clearTimeout(timer);
    timer = setTimeout(look, 400);
  }
  text.addEventListener("input", () => { noteEdit(draft.hidden ? text.dataset.version : draft.dataset.basedOn); lookSoon(); });
  url.addEventListener("input", lookSoon);

  review.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    const lines = text.value.split("\n");
    const line = Number(link.dataset.line);
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] || "").length);
    text.scrollTop = (text.scrollHeight / lines.length) * Math.max(0, line - 5);
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!event.submitter || event.submitter.value !== "publish") { look(); return; }
    clearTimeout(timer);
    asked += 1;
    const body = new URLSearchParams(new FormData(form));
    body.set("action", "publish");
    event.submitter.disabled = true;
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
      if (answer.redirected) {
        keep(null);
        location.assign(answer.url);
        return;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById("review");
      if (!found) throw new Error(String(answer.status));
      show(found.innerHTML);
      document.getElementById("refusal")?.focus();
    } catch (_) {
      fail("Not published: the waiting room does not answer. Your edit is kept here; publish again in a moment.");
    } finally {
      event.submitter.disabled = false;
    }
  });

  const before = kept();
  if (before && text.value.trim() === published.trim() && before.text !== text.value) {
    text.value = before.text;
    noteEdit(String(before.basedOn));
    look();
  }
  if (document.getElementById("notice")) history.replaceState(null, "", location.pathname);

  // ---- what goes on
  const facts = document.querySelector("[data-overview]");
  const rows = document.getElementById("visitor-rows");

  function cell(content, options = {}) {
    const made = document.createElement("td");
    if (options.className) made.className = options.className;
    if (options.span) made.colSpan = options.span;
    if (options.code) {
      const code = document.createElement("code");
      code.textContent = content;
      made.append(code);
    } else {
      made.textContent = content;
    }
    return made;
  }

  async function refresh() {
    try {
      const answer = await fetch(facts.dataset.overview, { cache: "no-store" });
      if (!answer.ok) return;
      const seen = await answer.json();
      document.getElementById("version").textContent = seen.version;
      document.getElementById("next").textContent = seen.version + 1;
      document.getElementById("fetch").textContent =
        seen.fetch ? `version ${seen.fetch.version}, ${seen.fetch.secondsAgo} s ago` : "not yet";
      rows.replaceChildren(...seen.visitors.map((visitor) => {
        const row = document.createElement("tr");
        row.append(
          cell(visitor.position), cell(visitor.eventId), cell(visitor.queueId, { code: true }),
          cell(`${visitor.waitingSeconds} s`), cell(visitor.target, { className: "url" }));
        return row;
      }));
      if (!seen.visitors.length) {
        const row = document.createElement("tr");
        row.append(cell("Nobody is waiting.", { className: "fine", span: 5 }));
        rows.append(row);
      }
    } catch (_) { /* the next look tries again */ }
  }

  setInterval(refresh, 2000);
})();
