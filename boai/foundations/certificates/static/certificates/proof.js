// One paper's proof from its leaf to the witnesses: every step is computed here, in the visitor's
// browser, and nothing is taken on trust but the keys in the policy.
(function (check) {
  "use strict";

  const { Fails } = check;
  const HEADING = "c2sp.org/tlog-proof@v1";
  const MOST_STEPS = 63;
  const DIGITS = [0, 3, 5, 8, 10, 13, 15, 17];

  // The parts of a C2SP tlog-proof; `extra` carries the leaf, for which the path alone vouches.
  function bundleOf(text) {
    const at = text.indexOf("\n\n");
    const lines = text.slice(0, at).split("\n");
    if (at < 0 || lines.shift() !== HEADING) throw new Fails("unreadable");
    let leaf = null;
    if (lines.length && lines[0].startsWith("extra ")) {
      leaf = check.bytesOf(lines.shift().slice(6));
    }
    const index = (lines.shift() || "").match(/^index (.*)$/);
    if (!index || !check.SIZE.test(index[1]) || lines.length > MOST_STEPS) {
      throw new Fails("unreadable");
    }
    const note = check.noteOf(text.slice(at + 2));
    return { index: BigInt(index[1]), path: lines.map(check.hashOf), leaf, note };
  }

  const leafHash = (leaf) => check.sha256(check.joined(Uint8Array.of(0), leaf));
  const nodeHash = (left, right) => check.sha256(check.joined(Uint8Array.of(1), left, right));

  // The root to which leaf hash and path lead (RFC 9162, section 2.1.3.2).
  async function rootOf(hash, index, size, path) {
    if (index >= size) throw new Fails("path");
    let at = index;
    let last = size - 1n;
    let reached = hash;
    for (const sibling of path) {
      if (!last) throw new Fails("path");
      if (at & 1n || at === last) {
        reached = await nodeHash(sibling, reached);
        while (at && !(at & 1n)) {
          at >>= 1n;
          last >>= 1n;
        }
      } else {
        reached = await nodeHash(reached, sibling);
      }
      at >>= 1n;
      last >>= 1n;
    }
    if (last) throw new Fails("path");
    return reached;
  }

  function contentOf(leaf) {
    try {
      const content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(leaf));
      if (!content || typeof content.facts !== "object" || !content.facts) throw new Fails("leaf");
      return content;
    } catch {
      throw new Fails("leaf");
    }
  }

  // Each fact that is shown, beside what the leaf says of it. A leaf that is silent does not agree.
  function comparison(expected, facts) {
    return Object.entries(expected).map(([name, shown]) => {
      const logged = facts[name];
      return { name, shown, logged, agrees: JSON.stringify(shown) === JSON.stringify(logged) };
    });
  }

  async function step(name, work) {
    try {
      return { name, state: "yes", ...(await work()) };
    } catch (error) {
      if (!(error instanceof Fails)) throw error;
      return { name, state: "no", reason: error.reason, about: error.about };
    }
  }

  async function stepsOf({ bundle, policy, leaf, expected, content, waiting }) {
    const { index, path, note } = bundle;
    const steps = [];
    let hash = null;
    let facts = {};
    steps.push(await step("leaf", async () => {
      facts = contentOf(leaf).facts;
      hash = await leafHash(leaf);
      return { hash: check.toHex(hash) };
    }));
    steps.push(await step("path", async () => {
      const size = note.head.size;
      const found = await rootOf(hash || (await leafHash(leaf)), index, size, path);
      if (!check.same(found, note.head.root)) throw new Fails("path");
      return { index: `${index}`, size: `${size}`, root: check.toHex(found), length: path.length };
    }));
    steps.push(await step("log", async () => {
      const key = await check.logSigner(note, policy);
      return { key: `${key.name} ${key.id}` };
    }));
    steps.push(await step("witnesses", async () => {
      const { seen, unchecked } = await check.witnessesOf(note, policy);
      const { met, least } = check.quorumOf(policy, seen.keys());
      const open = !met && check.quorumOf(policy, [...seen.keys(), ...unchecked]).met;
      if (!met && !open && !waiting) throw new Fails("few-witnesses", `${seen.size} / ${least}`);
      const state = met ? (least ? "yes" : "none") : open ? "open" : "wait";
      return { state, seen: [...seen], least };
    }));
    if (expected) {
      steps.push(await step("facts", async () => {
        const rows = comparison(expected, facts);
        const wrong = rows.filter((row) => !row.agrees).map((row) => row.name);
        if (wrong.length) throw new Fails("facts", wrong);
        return { rows };
      }));
    }
    if (content) {
      steps.push(await step("content", async () => {
        const found = check.toHex(await check.sha256(check.utf8(content)));
        if (found !== facts.content_digest) throw new Fails("content");
        return { digest: found, text: content };
      }));
    }
    return { steps, facts };
  }

  // { verdict: "yes" | "wait" | "open" | "no", steps, facts, reason, about }.
  check.verify = async ({ proof, policy, leaf = null, ...more }) => {
    try {
      const bundle = bundleOf(proof);
      const given = leaf || bundle.leaf;
      if (!given) throw new Fails("no-leaf");
      const rules = await check.policyOf(policy);
      const { steps, facts } = await stepsOf({ bundle, policy: rules, leaf: given, ...more });
      const failed = steps.find((one) => one.state === "no");
      const unsettled = steps.find((one) => one.state === "wait" || one.state === "open");
      return {
        verdict: failed ? "no" : unsettled ? unsettled.state : "yes",
        steps, facts, reason: failed && failed.reason, about: failed && failed.about,
      };
    } catch (error) {
      if (!(error instanceof Fails)) throw error;
      return { verdict: "no", steps: [], facts: {}, reason: error.reason, about: error.about };
    }
  };

  async function inflated(bytes) {
    if (typeof DecompressionStream === "undefined") throw new Fails("old-browser");
    try {
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
      return await new Response(stream).text();
    } catch {
      throw new Fails("unreadable");
    }
  }

  // What a QR code holds: an address, "#1", and then the zlib-compressed proof as decimal digits,
  // seventeen for seven bytes. Digits are what a QR code packs most densely and a link never bends.
  check.proofFromCode = async (text) => {
    const found = text.replace(/\s+/g, "").match(/(?:^|#)1([0-9]{17,})$/);
    if (!found) throw new Fails("unreadable");
    const bytes = [];
    for (let at = 0; at < found[1].length; at += 17) {
      const part = found[1].slice(at, at + 17);
      const count = DIGITS.indexOf(part.length);
      const value = count < 1 ? -1n : BigInt(part);
      if (value < 0n || value >= 1n << BigInt(8 * count)) throw new Fails("unreadable");
      for (let i = count - 1; i >= 0; i -= 1) bytes.push(Number((value >> BigInt(8 * i)) & 255n));
    }
    return inflated(Uint8Array.from(bytes));
  };
})((globalThis.boaiCheck = globalThis.boaiCheck || {}));
