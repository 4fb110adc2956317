// The amount on the pay button follows what is typed or chosen.
(function () {
  "use strict";
  const field = document.querySelector("#id_amount");
  const sum = document.querySelector("#give-sum");
  const plain = function (text) { return text.normalize("NFKC").replace(/[,\s¥元]/g, ""); };
  if (field && sum) {
    const show = function () {
      const text = plain(field.value);
      sum.textContent = /^\d{1,9}(\.\d{1,2})?$/.test(text) && Number(text) > 0 ? "¥" + text : "";
    };
    field.addEventListener("input", show);
    show();
  }
  const name = document.querySelector("#id_display_name");
  const named = document.querySelector("#id_named");
  if (name && named) {
    // Consent without a name would only be refused later: say so at once by asking for the name.
    named.addEventListener("change", function () { if (named.checked && !name.value.trim()) { name.focus(); } });
  }
})();
