// Views, copying, refreshing, count-downs, printing, keys.
(function () {
  "use strict";
  const root = document.documentElement;
  const english = root.lang === "en";

  document.querySelectorAll("[data-view]").forEach(function (button) {
    const name = "data-" + button.dataset.view;
    button.setAttribute("aria-pressed", String(root.hasAttribute(name)));
    button.addEventListener("click", function () {
      const on = root.toggleAttribute(name);
      button.setAttribute("aria-pressed", String(on));
      try { localStorage.setItem("boai-" + button.dataset.view, on ? "1" : "0"); } catch (error) { /* not kept */ }
    });
  });

  document.addEventListener("click", function (event) {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const done = function () {
        copy.setAttribute("data-copied", "");
        setTimeout(function () { copy.removeAttribute("data-copied"); }, 1500);
      };
      if (navigator.clipboard) { navigator.clipboard.writeText(copy.dataset.copy).then(done, function () {}); }
    }
    if (event.target.closest("[data-print]")) { window.print(); }
    if (event.target.closest("[data-back]")) {
      if (history.length > 1) { history.back(); } else { location.href = "/"; }
    }
  });

  document.addEventListener("keydown", function (event) {
    const field = document.querySelector("[data-search-key]");
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && field && !typing) { event.preventDefault(); field.focus(); field.select(); }
  });

  // Parts that keep themselves fresh: the page is asked again, the part replaced.
  document.querySelectorAll("[data-refresh][id]").forEach(function (part) {
    const seconds = Math.max(2, Number(part.dataset.refresh) || 15);
    const turn = function () {
      const now = document.getElementById(part.id);
      if (!now || !now.dataset.refresh) { return; }
      if (document.hidden) { setTimeout(turn, seconds * 1000); return; }
      fetch(location.href, { credentials: "same-origin", headers: { "X-Refresh": part.id } })
        .then(function (answer) { return answer.ok ? answer.text() : ""; })
        .then(function (text) {
          const fresh = text && new DOMParser().parseFromString(text, "text/html").getElementById(part.id);
          if (fresh) { now.replaceWith(document.importNode(fresh, true)); }
        })
        .catch(function () { /* no network just now: the next turn tries again */ })
        .finally(function () { setTimeout(turn, seconds * 1000); });
    };
    setTimeout(turn, seconds * 1000);
  });

  const tick = function () {
    document.querySelectorAll("[data-deadline]").forEach(function (place) {
      const left = Math.round((new Date(place.dataset.deadline) - Date.now()) / 1000);
      const late = left < 0;
      const total = Math.abs(left);
      const pad = function (number) { return String(number).padStart(2, "0"); };
      const hours = Math.floor(total / 3600);
      const text = (hours ? hours + ":" : "") + pad(Math.floor(total / 60) % 60) + ":" + pad(total % 60);
      place.toggleAttribute("data-late", late);
      place.textContent = (late ? (english ? "late " : "已超时 ") : "") + text;
    });
  };
  if (document.querySelector("[data-deadline]")) { tick(); setInterval(tick, 1000); }

  document.querySelectorAll("[data-send-on-change]").forEach(function (field) {
    field.addEventListener("change", function () { field.form.requestSubmit(); });
  });
})();
