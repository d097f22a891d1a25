"use strict";
// Asks once a second where the visitor stands, and leaves for the site when it is their turn.
(() => {
  const card = document.querySelector("[data-status]");
  const show = (id, text) => { document.getElementById(id).textContent = text; };
  const trouble = document.getElementById("trouble");
  let pause = 1000;

  const duration = (seconds) => {
    if (seconds === null) return "paused";
    if (seconds < 90) return `${seconds} s`;
    return `${Math.round(seconds / 60)} min`;
  };

  async function look() {
    try {
      const answer = await fetch(card.dataset.status, { cache: "no-store" });
      if (answer.status === 404) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const place = await answer.json();
      trouble.hidden = true;
      pause = 1000;
      document.getElementById("progress").value = place.progress;
      show("ahead", place.ahead.toLocaleString());
      show("wait", duration(place.expectedSeconds));
      show("updated", new Date().toLocaleTimeString());
      if (place.redirect) {
        show("heading", "It is your turn");
        show("position", "Go");
        document.title = "It is your turn · Northlight Tickets";
        location.replace(place.redirect);
        return;
      }
      show("position", place.position.toLocaleString());
      document.title = `${place.position} in line · Northlight Tickets`;
    } catch (_) {
      trouble.hidden = false;
      pause = Math.min(pause * 2, 15000);
    }
    setTimeout(look, pause);
  }

  // Whoever closes the page is off the line; a page that is only loaded again asks for its place within a second.
  addEventListener("pagehide", () => navigator.sendBeacon(card.dataset.away));
  setTimeout(look, pause);
})();
