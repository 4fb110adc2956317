// Drafts, questions before acts, no double sending.
(function () {
  "use strict";
  const english = document.documentElement.lang === "en";
  const say = function (chinese, other) { return english ? other : chinese; };

  const first = document.querySelector("[data-first-error], .field-wrong input, .field-wrong select, .field-wrong textarea");
  if (first) { first.focus({ preventScroll: false }); first.scrollIntoView({ block: "center" }); }

  // Draft: what was typed stays in this browser until the form is sent or a day has passed.
  document.querySelectorAll("form[data-draft]").forEach(function (form) {
    const key = "boai-draft:" + form.dataset.draft;
    const kept = function (field) {
      return field.name && !["hidden", "password", "file", "submit"].includes(field.type);
    };
    const fields = function () { return Array.from(form.elements).filter(kept); };
    try {
      const draft = JSON.parse(localStorage.getItem(key) || "null");
      const untouched = !form.querySelector(".field-wrong, [data-first-error]") && !document.querySelector(".callout-bad");
      if (draft && untouched && Date.now() - draft.at < 86400000) {
        fields().forEach(function (field) {
          const value = draft.values[field.name];
          if (value === undefined) { return; }
          if (field.type === "checkbox" || field.type === "radio") { field.checked = value.includes(field.value); }
          else if (value.length) { field.value = value[0]; }
        });
        form.dispatchEvent(new Event("draft-restored"));
      }
    } catch (error) { /* an unreadable draft is no draft */ }
    let wait = 0;
    form.addEventListener("input", function () {
      clearTimeout(wait);
      wait = setTimeout(function () {
        const values = {};
        fields().forEach(function (field) {
          values[field.name] = values[field.name] || [];
          if (!["checkbox", "radio"].includes(field.type) || field.checked) { values[field.name].push(field.value); }
        });
        try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: values })); } catch (error) { /* full */ }
      }, 400);
    });
    form.addEventListener("sending", function () { try { localStorage.removeItem(key); } catch (error) { /* off */ } });
  });

  const ask = function (question, word, agreed) {
    const box = document.createElement("dialog");
    box.className = "ask";
    const text = document.createElement("p");
    text.textContent = question;
    const buttons = document.createElement("div");
    buttons.className = "ask-buttons";
    const no = document.createElement("button");
    no.type = "button"; no.className = "btn btn-outline-secondary"; no.textContent = say("再看看", "Go back");
    const yes = document.createElement("button");
    yes.type = "button"; yes.className = "btn btn-primary"; yes.textContent = say("确认", "Confirm");
    box.append(text);
    if (word) {
      const label = document.createElement("label");
      label.className = "form-label"; label.textContent = say("请输入“" + word + "”确认", "Type “" + word + "” to confirm");
      const field = document.createElement("input");
      field.className = "form-control"; field.autocomplete = "off";
      yes.disabled = true;
      field.addEventListener("input", function () { yes.disabled = field.value.trim() !== word; });
      label.append(field); box.append(label);
    }
    buttons.append(no, yes); box.append(buttons); document.body.append(box);
    box.addEventListener("close", function () { box.remove(); });
    no.addEventListener("click", function () { box.close(); });
    yes.addEventListener("click", function () { box.close(); agreed(); });
    box.showModal();
  };

  document.addEventListener("submit", function (event) {
    const form = event.target;
    const button = event.submitter;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    const word = (button && button.dataset.confirmWord) || form.dataset.confirmWord || "";
    if (question && !form.dataset.agreed) {
      event.preventDefault();
      ask(question, word, function () { form.dataset.agreed = "1"; form.requestSubmit(button || undefined); });
      return;
    }
    if (form.method !== "post") { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.dispatchEvent(new Event("sending"));
    // After the browser has read which button was pressed.
    setTimeout(function () {
      form.querySelectorAll("button[type=submit]").forEach(function (b) { b.disabled = true; });
      if (form.id) { document.querySelectorAll('button[form="' + form.id + '"]').forEach(function (b) { b.disabled = true; }); }
    }, 0);
  });
  // The page came back from the history: it may be sent again (the server knows repeated keys).
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) { return; }
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent; delete form.dataset.agreed;
      document.querySelectorAll("button[disabled]").forEach(function (b) { b.disabled = false; });
    });
  });
})();
