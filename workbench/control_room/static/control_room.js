// The control room: follows /events, keeps what it has heard in memory, and shows it.
const byId = (id) => document.getElementById(id);
const KEPT_REQUESTS = 500;
const SHOWN_ROWS = 200;
const CHART_SECONDS = 60;

const KINDS = [
  ["pass", "let in", ["session", "token", "direct pass", "direct pass failed"]],
  ["queue", "sent to the queue", ["queue"]],
  ["cancel", "cancelled", ["cancel"]],
  ["untouched", "untouched", ["no match", "preflight", "ignored method", "ignore", "nothing to cancel", "switched off"]],
  ["refused", "refused or failed", []],
];
const kindOf = (decision) => (KINDS.find(([, , decisions]) => decisions.includes(decision)) || KINDS.at(-1))[0];

const requests = [];
const workers = new Map();
const publications = new Map();
const perSecond = new Map(); // second → kind → number
let counts = { requests: 0, cold: 0, polls: 0 };
let clockAhead = 0; // of the server's clock, in seconds
let isPaused = false;
let isDue = false;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const clock = (at) => new Date(at * 1000).toLocaleTimeString([], { hour12: false });
const ago = (seconds) => (seconds < 90 ? `${Math.max(0, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`);
const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
const hue = (visitor) => Math.round((visitor * 137.508) % 360);

function paint() {
  if (!isDue) {
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      paintFigures();
      paintWorkers();
      if (!isPaused) paintRows();
    });
  }
}

// Requests

function isShown(request) {
  const visitor = byId("visitor").value;
  const path = byId("path").value.toLowerCase();
  const decision = byId("decision").value;
  return (!visitor || String(request.visitor) === visitor)
    && (!path || (request.path || "").toLowerCase().includes(path))
    && (!decision || (request.decision || "no function") === decision);
}

const rowOf = new WeakMap();

function row(request) {
  const decision = request.decision || "no function";
  const made = element("tr", { tabindex: "-1", class: "new" },
    element("td", {}, clock(request.at)),
    element("td", {}, request.visitor === null ? "–" : visitorMark(request.visitor)),
    element("td", { class: "target" }, `${request.method || "–"} ${request.path || "not understood"}`),
    element("td", { class: request.decision ? kindOf(decision) : "untouched" }, request.why ? `${decision}: ${request.why}` : decision),
    element("td", {}, request.integration || "–"),
    element("td", {}, `${request.status}${request.cache === "Hit" ? " from the cache" : ""}`),
    element("td", { class: "number" }, request.ms === null ? "–" : request.ms.toFixed(1)),
    element("td", {}, request.worker === null ? "–" : String(request.worker)),
  );
  if (request.cold) made.lastChild.append(element("span", { class: "tag" }, "cold"));
  made.addEventListener("click", () => explain(request));
  rowOf.set(request, made);
  return made;
}

function visitorMark(number) {
  const mark = element("span", { class: "visitor" }, String(number));
  mark.style.setProperty("--hue", hue(number));
  return mark;
}

function paintRows() {
  const shown = [];
  for (let i = requests.length - 1; i >= 0 && shown.length < SHOWN_ROWS; i -= 1) {
    if (isShown(requests[i])) shown.push(rowOf.get(requests[i]) || row(requests[i]));
  }
  const rows = byId("rows");
  const wanted = new Set(shown);
  for (const present of [...rows.children]) if (!wanted.has(present)) present.remove();
  shown.forEach((one, place) => {
    if (rows.children[place] !== one) rows.insertBefore(one, rows.children[place] || null);
  });
  if (shown.length && !rows.querySelector('tr[tabindex="0"]')) shown[0].tabIndex = 0;
  byId("empty").hidden = shown.length > 0;
  byId("empty").textContent = requests.length ? "No request fits the filter." : "No request yet. Open the protected page above.";
}

function offer(select, value, label = value) {
  if (value !== null && ![...select.options].some((one) => one.value === String(value))) {
    select.append(element("option", { value: String(value) }, label));
  }
}

function heardRequest(request) {
  requests.push(request);
  if (requests.length > KEPT_REQUESTS) requests.shift();
  counts.requests += 1;
  if (request.cold) counts.cold += 1;
  offer(byId("visitor"), request.visitor);
  offer(byId("decision"), request.decision || "no function");
  if (request.decision) {
    const second = Math.floor(request.at);
    const there = perSecond.get(second) || {};
    const kind = kindOf(request.decision);
    there[kind] = (there[kind] || 0) + 1;
    perSecond.set(second, there);
  }
  paint();
}

// Workers and figures

function paintWorkers() {
  const now = Date.now() / 1000 + clockAhead;
  const list = byId("workers");
  if (!workers.size) {
    list.replaceChildren(element("li", { class: "empty" }, "None yet: the first request starts one."));
    return;
  }
  list.replaceChildren(...[...workers.values()].sort((a, b) => a.number - b.number).map((one) => element("li", {},
    element("strong", {}, `Worker ${one.number}`),
    one.snapshot
      ? `version ${one.version}, snapshot ${one.snapshot.slice(0, 8)}, confirmed ${ago(now - one.confirmed_at)} ago`
      : "no snapshot",
    element("br"),
    `${count(one.polls, "read")} of the table${one.failed_polls ? `, ${one.failed_polls} failed` : ""}`,
  )));
}

function paintFigures() {
  counts.polls = [...workers.values()].reduce((sum, one) => sum + one.polls, 0);
  byId("requests").textContent = counts.requests;
  byId("cold").textContent = counts.cold;
  byId("polls").textContent = counts.polls;
}

function heardState(state) {
  if (state.version === undefined) return;
  byId("version").textContent = `version ${state.version}`;
  figure("enabled", state.killed ? `OFF, by ${state.killed.actor}` : "on", state.killed);
  const held = state.held ? `held after a rollback by ${state.held.actor}` : "taken";
  figure("frozen", state.frozen ? `FROZEN by ${state.frozen.actor}` : held, state.frozen || state.held);
  mark("kill", Boolean(state.killed));
  mark("freeze", Boolean(state.frozen));
}

function figure(id, text, isAlarm) {
  byId(id).textContent = text;
  byId(id).classList.toggle("alarm", Boolean(isAlarm));
}

// What was put in force

function note(at, ...children) {
  const list = byId("events");
  list.querySelector(".empty")?.remove();
  const item = element("li", {}, element("time", {}, clock(at)), ...children);
  list.prepend(item);
  while (list.children.length > 100) list.lastChild.remove();
  return item;
}

function heardPublication(publication) {
  const by = publication.actor || publication.source;
  const why = publication.reason ? `: ${publication.reason}` : "";
  const item = note(publication.at, element("strong", {}, `${publication.action} by ${by}${why}, version ${publication.version}`));
  if (publication.difference.length) {
    item.append(element("ul", {}, ...publication.difference.map((sentence) => element("li", {}, sentence))));
    const reached = element("span", { class: "reached" });
    item.append(reached);
    publications.set(publication.number, reached);
    heardReached({ publication: publication.number, reached: {}, waiting: publication.waiting });
  }
}

function heardReached(event) {
  const place = publications.get(event.publication);
  if (!place) return;
  const reached = Object.entries(event.reached).map(([worker, seconds]) => `worker ${worker} after ${seconds.toFixed(1)} s`);
  const waiting = event.waiting.length ? `waiting for ${event.waiting.map((worker) => `worker ${worker}`).join(", ")}: a worker polls with its next request` : "";
  place.textContent = [...reached, waiting].filter(Boolean).join("; ") || "no worker was running";
}

// The chart

function paintChart() {
  const last = Math.floor(Date.now() / 1000 + clockAhead);
  const bars = [];
  let most = 1;
  let total = 0;
  for (let second = last - CHART_SECONDS + 1; second <= last; second += 1) {
    const there = perSecond.get(second) || {};
    const sum = Object.values(there).reduce((a, b) => a + b, 0);
    most = Math.max(most, sum);
    total += sum;
    bars.push(there);
  }
  for (const second of perSecond.keys()) if (second < last - 2 * CHART_SECONDS) perSecond.delete(second);
  const width = 600 / CHART_SECONDS;
  const drawn = [];
  bars.forEach((there, place) => {
    let top = 120;
    for (const [kind] of KINDS) {
      if (!there[kind]) continue;
      const height = (there[kind] / most) * 112;
      top -= height;
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of [["x", place * width + 1], ["y", top], ["width", width - 2], ["height", height], ["class", kind]]) bar.setAttribute(name, value);
      drawn.push(bar);
    }
  });
  byId("chart").replaceChildren(...drawn);
  byId("chart-text").textContent = `the last ${CHART_SECONDS} seconds: ${count(total, "decision")}, ${total ? most : 0} in the busiest second`;
}

// Why

async function explain(request) {
  const dialog = byId("explanation");
  byId("explanation-title").textContent = `${request.method || "–"} ${request.path || "not understood"}`;
  const body = byId("explanation-body");
  body.replaceChildren(element("p", {}, "…"));
  if (!dialog.open) dialog.showModal();
  try {
    const answer = await fetch(`/requests/${encodeURIComponent(request.id)}/explanation`);
    const found = await answer.json();
    body.replaceChildren(...(answer.ok ? explanation(found) : [element("p", {}, found.problem)]));
  } catch {
    body.replaceChildren(element("p", {}, "The control room does not answer; is the demo still running?"));
  }
}

const verdict = (matches) => element("span", { class: matches ? "yes" : "no" }, matches ? "yes " : "no ");

function explanation(found) {
  const winner = found.winner === null ? "none" : `“${found.integrations[found.winner].name}”`;
  const lines = [
    element("p", {}, element("strong", {}, found.passes ? "The request passes" : "The edge answers itself"), `: ${found.reason}. The integration that counts: ${winner}.`),
    element("p", {}, `Decided by version ${found.version}, on ${found.url}`, found.normalized_url === found.url ? "" : `, normalized ${found.normalized_url}`),
  ];
  if (found.cookies.length) lines.push(element("p", {}, `Cookies in the answer: ${found.cookies.join(", ")}`));
  found.integrations.forEach((one, place) => {
    const counts = place === found.winner ? ", and counts" : "";
    lines.push(element("h3", {}, `${place + 1}. ${one.name} (${one.action}): ${one.matches ? `matches${counts}` : "does not match"}`));
    lines.push(element("ul", {}, ...one.triggers.flatMap((trigger) => trigger.parts.map((part) =>
      element("li", {}, verdict(part.matches), `${part.text}; it is ${part.value ? `“${part.value}”` : "empty"}`)))));
  });
  return lines;
}

// Switches

function mark(name, isOn) {
  const button = document.querySelector(`[data-switch="${name}"]`);
  if (button?.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(isOn));
}

function heardSwitches(on) {
  for (const button of document.querySelectorAll("[data-switch]")) mark(button.dataset.switch, on.includes(button.dataset.switch));
}

async function press(button) {
  const isOn = button.getAttribute("aria-pressed") !== "true";
  const said = byId("said");
  button.disabled = true;
  said.textContent = `${button.textContent} …`;
  try {
    const answer = await fetch(`/switches/${button.dataset.switch}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Control-Room": "1" },
      body: JSON.stringify({ on: isOn }),
    });
    const done = await answer.json();
    if (answer.ok) heardSwitches(done.on);
    said.textContent = `${button.textContent}: ${answer.ok ? done.said : done.problem}`;
  } catch {
    said.textContent = "The control room does not answer; is the demo still running?";
  }
  button.disabled = false;
  button.focus();
}

// The stream

function forget() {
  requests.length = 0;
  workers.clear();
  publications.clear();
  perSecond.clear();
  counts = { requests: 0, cold: 0, polls: 0 };
  byId("events").replaceChildren(element("li", { class: "empty" }, "Nothing yet: publish something in the waiting room's administration."));
}

const heard = {
  hello: (event) => { forget(); clockAhead = event.at - Date.now() / 1000; },
  request: heardRequest,
  worker: (event) => { workers.set(event.number, event); paint(); },
  workers: (event) => {
    for (const number of [...workers.keys()]) if (!event.numbers.includes(number)) workers.delete(number);
    paint();
  },
  state: heardState,
  publication: heardPublication,
  reached: heardReached,
  announcement: (event) => note(event.at, element("strong", { class: event.level }, event.title), event.text ? `: ${event.text}` : ""),
  switches: (event) => heardSwitches(event.on),
  lost: (event) => note(Date.now() / 1000 + clockAhead, element("strong", { class: "warning" }, `${event.events} events were too fast for this page`)),
};

function follow() {
  const stream = new EventSource("/events");
  const status = byId("connection");
  stream.onopen = () => { status.textContent = "live"; status.classList.add("live"); };
  stream.onerror = () => { status.textContent = "the demo does not answer; trying again"; status.classList.remove("live"); };
  stream.onmessage = (message) => {
    const event = JSON.parse(message.data);
    heard[event.type]?.(event);
  };
}

function move(step) {
  const rows = [...byId("rows").children];
  if (!rows.length) return;
  const place = rows.indexOf(document.activeElement);
  const next = rows[Math.min(rows.length - 1, Math.max(0, place < 0 ? 0 : place + step))];
  for (const one of rows) one.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function pause() {
  isPaused = !isPaused;
  byId("pause").setAttribute("aria-pressed", String(isPaused));
  if (!isPaused) paintRows();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("explanation").open) return;
  const isRow = document.activeElement?.closest("#rows");
  if (isRow && event.key === "Enter") document.activeElement.click();
  else if (isRow && (event.key === "ArrowDown" || event.key === "ArrowUp")) move(event.key === "ArrowDown" ? 1 : -1);
  else if (event.target.closest("input, select")) return;
  else if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
  else if (event.key === "p") pause();
  else if (event.key === "/") byId("path").focus();
  else return;
  event.preventDefault();
});
byId("pause").addEventListener("click", pause);
byId("filters").addEventListener("input", paintRows);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
for (const button of document.querySelectorAll("[data-switch]")) button.addEventListener("click", () => press(button));
byId("legend").append(...KINDS.map(([kind, text]) => element("li", { class: kind }, text)));
setInterval(() => { paintChart(); paintWorkers(); }, 1000);
paintChart();
follow();
