"use strict";
// Live availability. A background request says which page it serves, in x-queueit-ajaxpageurl; when the waiting
// room is to come first, the answer says where it is, in x-queueit-redirect, and the page goes there.
(() => {
  async function askForStock(url) {
    const answer = await fetch(url, {
      cache: "no-store",
      headers: { "x-queueit-ajaxpageurl": encodeURIComponent(location.href) },
    });
    const redirect = answer.headers.get("x-queueit-redirect");
    if (redirect) {
      location.href = decodeURIComponent(redirect);
      return null;
    }
    if (!answer.ok) throw new Error(`the shop answered ${answer.status}`);
    return (await answer.json()).stock;
  }

  function show(stock) {
    for (const place of document.querySelectorAll("[data-stock-of]")) {
      const seats = stock[place.dataset.stockOf];
      if (seats === undefined) continue;
      place.textContent = "bare" in place.dataset ? seats.toLocaleString() : `${seats.toLocaleString()} left`;
    }
  }

  const button = document.querySelector("[data-check-stock]");
  const status = document.querySelector("[data-stock-status]");
  button?.addEventListener("click", async () => {
    status.textContent = "Asking …";
    try {
      const stock = await askForStock(button.dataset.checkStock);
      if (!stock) return;
      show(stock);
      status.textContent = "Availability is up to date.";
    } catch (error) {
      status.textContent = `No answer (${error.message}). Try again in a moment.`;
    }
  });

  // A link to /#availability asks at once.
  if (location.hash === "#availability") button?.click();

  const live = document.querySelector("[data-live-stock]");
  if (live) {
    const look = async () => {
      try {
        const stock = await askForStock(live.dataset.liveStock);
        if (stock) show(stock);
      } catch (_) { /* the next look tries again */ }
    };
    look();
    setInterval(look, 15000);
  }
})();
