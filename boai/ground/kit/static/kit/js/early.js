// Before the first paint: the reader's own choice of type size and contrast.
(function () {
  "use strict";
  try {
    ["large", "contrast"].forEach(function (name) {
      if (localStorage.getItem("boai-" + name) === "1") {
        document.documentElement.setAttribute("data-" + name, "");
      }
    });
  } catch (error) { /* storage is switched off: the plain view stays */ }
})();
