"use strict";
// Checks the configuration while it is edited, and keeps the tables and the fetch time current.
(() => {
  const text = document.getElementById("text");
  const problems = document.getElementById("problems");
  let timer;

  function showProblems(found) {
    problems.replaceChildren();
    const notice = document.createElement("p");
    notice.className = `notice ${found.length ? "bad" : "good"}`;
    notice.textContent = found.length
      ? `${found.length} ${found.length === 1 ? "problem" : "problems"} to solve before this can be published.`
      : "No problems found. Not published yet.";
    problems.append(notice);
    if (!found.length) return;
    const list = document.createElement("ul");
    for (const problem of found) {
      const item = document.createElement("li");
      item.textContent = problem;
      list.append(item);
    }
    problems.append(list);
  }

  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const answer = await fetch(text.dataset.check, { method: "POST", body: new URLSearchParams({ configuration: text.value }) });
      if (answer.ok) showProblems((await answer.json()).problems);
    }, 400);
  });

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
