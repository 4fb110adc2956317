// Amount buttons, and the amount in capital numerals (大写) as it is typed.
(function () {
  "use strict";
  const digits = "零壹贰叁肆伍陆柒捌玖";
  const places = ["", "拾", "佰", "仟"];
  const groups = ["", "万", "亿", "万亿"];

  const whole = function (text) {
    let out = "";
    let gap = false;
    const parts = [];
    for (let end = text.length; end > 0; end -= 4) { parts.unshift(text.slice(Math.max(0, end - 4), end)); }
    parts.forEach(function (part, index) {
      let some = false;
      gap = false; // a nought at the end of a group is not spoken, as on the receipt
      Array.from(part).forEach(function (digit, at) {
        if (digit === "0") { gap = true; return; }
        if (gap && out) { out += "零"; }
        gap = false; some = true;
        out += digits[Number(digit)] + places[part.length - 1 - at];
      });
      if (some) { out += groups[parts.length - 1 - index]; }
    });
    return out;
  };
  const words = function (text) {
    const plain = text.normalize("NFKC").replace(/[,\s¥元]/g, "");
    const match = /^(\d{1,13})(?:\.(\d{0,2}))?$/.exec(plain);
    if (!match) { return ""; }
    const yuan = whole(match[1].replace(/^0+/, ""));
    const cents = (match[2] || "").padEnd(2, "0");
    const jiao = Number(cents[0]);
    const fen = Number(cents[1]);
    if (!yuan && !jiao && !fen) { return ""; }
    let out = yuan ? yuan + "元" : "";
    if (!jiao && !fen) { return out + "整"; }
    if (jiao) { out += digits[jiao] + "角"; } else if (yuan) { out += "零"; }
    return out + (fen ? digits[fen] + "分" : "");
  };

  document.querySelectorAll("[data-amount-words]").forEach(function (field) {
    const place = document.querySelector(field.dataset.amountWords);
    if (!place) { return; }
    const show = function () { place.textContent = words(field.value); };
    field.addEventListener("input", show);
    show();
  });
  document.querySelectorAll("[data-choose]").forEach(function (button) {
    const field = document.querySelector(button.dataset.into);
    if (!field) { return; }
    const mark = function () { button.setAttribute("aria-pressed", String(field.value === button.dataset.choose)); };
    button.addEventListener("click", function () {
      field.value = button.dataset.choose;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    field.addEventListener("input", mark);
    mark();
  });
})();
