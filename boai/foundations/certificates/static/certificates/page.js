// Puts the check onto the page. All words stand in the page itself, in the reader's language; here
// they are only shown, hidden and filled.
(function (check) {
  "use strict";

  function wordsOf(place) {
    return (name) => {
      const found = place.querySelector(`[data-word="${CSS.escape(name)}"]`);
      return found ? found.textContent : name;
    };
  }

  function shown(name, value, words) {
    if (value === undefined) return words("silent");
    if (name.endsWith("_fen") && Number.isInteger(value)) {
      return `¥${(value / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 })}`;
    }
    return typeof value === "object" ? JSON.stringify(value) : words(`${value}`);
  }

  function addPair(list, name, value) {
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = name;
    text.textContent = value;
    list.append(term, text);
  }

  function pairsOf(step, words) {
    if (step.name === "leaf") return [[words("hash"), step.hash]];
    if (step.name === "path") {
      return [
        [words("position"), `${step.index} ${words("of")} ${step.size}`],
        [words("steps"), `${step.length}`],
        [words("root"), step.root],
      ];
    }
    if (step.name === "log") return [[words("key"), step.key]];
    if (step.name === "witnesses") {
      const time = (seconds) => (seconds ? new Date(seconds * 1000).toLocaleString() : "?");
      const seen = step.seen.map(([name, seconds]) => [name, time(seconds)]);
      return [...seen, [words("least"), `${step.least}`]];
    }
    if (step.name === "content") return [["SHA-256", step.digest], [words("text"), step.text]];
    return step.rows.map((row) => [words(row.name), shown(row.name, row.shown, words)]);
  }

  function reasonFor(place, words, reason, about) {
    const sentence = place.querySelector(`[data-reason="${reason}"]`).cloneNode(true);
    const gap = sentence.querySelector("[data-about]");
    if (gap) gap.textContent = [].concat(about).map((name) => words(name)).join("、");
    sentence.removeAttribute("data-reason");
    return sentence;
  }

  function showStep(place, words, step) {
    const line = place.querySelector(`[data-step="${step.name}"]`);
    line.hidden = false;
    line.dataset.state = step.state;
    const sentences = [...line.querySelectorAll("[data-when]")];
    const fitting = sentences.find((one) => one.dataset.when === step.state) || sentences[0];
    for (const one of sentences) one.hidden = one !== fitting;
    if (step.state === "no") {
      const why = document.createElement("p");
      why.className = "check-why";
      why.append(reasonFor(place, words, step.reason, step.about));
      line.append(why);
      return;
    }
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    const list = document.createElement("dl");
    summary.textContent = words("details");
    details.open = step.name === "witnesses";
    for (const [name, value] of pairsOf(step, words)) addPair(list, name, value);
    details.append(summary, list);
    line.append(details);
  }

  function cleared(place) {
    for (const line of place.querySelectorAll("[data-step]")) {
      delete line.dataset.state;
      for (const old of line.querySelectorAll(".check-why, details")) old.remove();
    }
    for (const name of ["facts", "content"]) {
      place.querySelector(`[data-step="${name}"]`).hidden = true;
    }
    for (const one of place.querySelectorAll("[data-engine]")) one.hidden = true;
    place.querySelector("[data-facts-box]").hidden = true;
  }

  function say(place, verdict) {
    const box = place.querySelector("[data-verdict]");
    box.dataset.verdict = verdict;
    for (const one of box.querySelectorAll("[data-say]")) one.hidden = one.dataset.say !== verdict;
    return box;
  }

  async function show(place, outcome, withFacts) {
    const words = wordsOf(place);
    cleared(place);
    for (const step of outcome.steps) showStep(place, words, step);
    const box = say(place, outcome.verdict);
    if (outcome.verdict === "no") {
      const because = reasonFor(place, words, outcome.reason, outcome.about);
      box.querySelector("[data-because]").replaceChildren(because);
    }
    if (outcome.steps.length) {
      const engine = (await check.browserKnowsEd25519()) ? "browser" : "own";
      place.querySelector(`[data-engine="${engine}"]`).hidden = false;
    }
    if (withFacts && outcome.verdict !== "no") {
      const list = place.querySelector("[data-facts-list]");
      list.replaceChildren();
      for (const [name, value] of Object.entries(outcome.facts)) {
        if (value !== "") addPair(list, words(name), shown(name, value, words));
      }
      place.querySelector("[data-facts-box]").hidden = false;
    }
  }

  async function checkShown(place) {
    const { proof, policy, expected, content, waiting } = place.dataset;
    if (!proof) return;
    const outcome = await check.verify({
      proof, policy, content, expected: JSON.parse(expected), waiting: waiting === "yes",
    });
    await show(place, outcome, place.dataset.facts === "yes");
  }

  // A leaf is JSON, a proof begins with its heading, everything else may be what a code held.
  async function sorted(texts) {
    const found = { proof: "", leaf: null };
    for (const text of texts) {
      if (text.trimStart().startsWith("{")) found.leaf = check.utf8(text);
      else if (text.startsWith("c2sp.org/tlog-proof@")) found.proof = text;
      else found.proof = await check.proofFromCode(text);
    }
    return found;
  }

  async function checkOwn(place, texts) {
    const outcomePlace = place.querySelector("[data-outcome]");
    outcomePlace.hidden = false;
    say(outcomePlace, "checking");
    let outcome;
    try {
      const { proof, leaf } = await sorted(texts);
      outcome = await check.verify({ proof, leaf, policy: place.dataset.policy });
    } catch (error) {
      if (!(error instanceof check.Fails)) throw error;
      outcome = { verdict: "no", steps: [], facts: {}, reason: error.reason, about: error.about };
    }
    await show(outcomePlace, outcome, true);
    outcomePlace.scrollIntoView({ block: "nearest" });
  }

  function prepareOwn(place) {
    const files = place.querySelector("[data-files]");
    const text = place.querySelector("[data-text]");
    const drop = place.querySelector("[data-drop]");
    const read = async (list) => {
      if (list.length) say(place.querySelector("[data-outcome]"), "checking");
      const texts = await Promise.all([...list].map((file) => file.text()));
      if (texts.length) await checkOwn(place, texts);
    };
    files.addEventListener("change", () => read(files.files));
    place.querySelector("[data-go]").addEventListener("click", () => {
      if (text.value.trim()) checkOwn(place, [text.value]);
      else if (files.files.length) read(files.files);
      else text.focus();
    });
    for (const kind of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.toggle("is-over", kind === "dragover");
        if (kind === "drop") read(event.dataTransfer.files);
      });
    }
    const fromCode = () => {
      if (!/^#1[0-9]{17,}$/.test(location.hash)) return;
      text.value = location.hash;
      checkOwn(place, [location.hash]).then(() => place.scrollIntoView());
    };
    window.addEventListener("hashchange", fromCode);
    fromCode();
  }

  for (const place of document.querySelectorAll("[data-check]")) checkShown(place);
  for (const place of document.querySelectorAll("[data-own]")) prepareOwn(place);
})((globalThis.boaiCheck = globalThis.boaiCheck || {}));
