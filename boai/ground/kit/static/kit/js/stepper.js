// Minus and plus beside a number, a fill-in button, and a field into which a scanner types.
(() => {
  const change = (input, value) => {
    input.value = String(Math.max(Number(input.min || 0), value));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step], [data-fill]");
    const stepper = button && button.closest("[data-stepper]");
    if (!stepper) return;
    const input = stepper.querySelector("input");
    if (button.dataset.fill !== undefined) change(input, Number(button.dataset.fill));
    else change(input, Number(input.value || 0) + Number(button.dataset.step));
  });

  // A scan (USB scanners type the code and Enter) finds its line; a pack's code adds one.
  const bar = document.querySelector("[data-scan]");
  if (!bar) return;
  const field = bar.querySelector("input");
  const told = bar.querySelector(".scan-told");
  const lastPart = (code) => code.trim().replace(/\/+(card\/?)?$/, "").split("/").pop().toUpperCase();
  const found = (code) => {
    const wanted = lastPart(code);
    const line = [...document.querySelectorAll("[data-codes]")].find((one) =>
      one.dataset.codes.toUpperCase().split(" ").includes(wanted));
    if (!wanted) return;
    if (!line) { told.textContent = `${bar.dataset.unknown} ${wanted}`; return; }
    const tick = line.querySelector("input[type=checkbox]");
    const input = line.querySelector("[data-stepper] input");
    if (tick) tick.checked = true;
    else if (input) change(input, Number(input.value || 0) + 1);
    line.classList.add("tally-found");
    line.scrollIntoView({ block: "center", behavior: "smooth" });
    told.textContent = `${bar.dataset.known} ${line.dataset.name || wanted}`;
  };
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    found(field.value);
    field.value = "";
  });

  // The camera, where the browser reads codes by itself.
  const start = bar.querySelector("[data-camera]");
  if (!start || !("BarcodeDetector" in window) || !navigator.mediaDevices) { if (start) start.hidden = true; return; }
  start.addEventListener("click", async () => {
    const video = document.createElement("video");
    video.className = "scan-view";
    video.playsInline = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      bar.append(video);
      await video.play();
      const detector = new window.BarcodeDetector();
      let last = "";
      const look = async () => {
        if (!video.isConnected) return;
        const codes = await detector.detect(video).catch(() => []);
        if (codes.length && codes[0].rawValue !== last) { last = codes[0].rawValue; found(last); }
        setTimeout(look, 250);
      };
      look();
      start.addEventListener("click", () => { stream.getTracks().forEach((t) => t.stop()); video.remove(); }, { once: true });
    } catch { start.hidden = true; }
  });
})();
