// Signed notes, checkpoints, cosignatures and policies, as the C2SP texts of these names have them.
(function (check) {
  "use strict";

  const SIZE = /^(0|[1-9][0-9]{0,18})$/;
  const LOG = 1;
  const WITNESS = 4;
  const ML_DSA = 6;
  const MOST_SIGNATURES = 16;

  // Why something is no proof: a code for which the page has a sentence, and what to put into it.
  class Fails extends Error {
    constructor(reason, about = "") {
      super(reason);
      this.reason = reason;
      this.about = about;
    }
  }

  // Standard base64 in its one spelling: spare bits must be zero.
  function bytesOf(text) {
    let plain;
    try {
      plain = atob(text);
    } catch {
      throw new Fails("unreadable");
    }
    if (btoa(plain) !== text) throw new Fails("unreadable");
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  }

  function hashOf(text) {
    const bytes = bytesOf(text);
    if (bytes.length !== 32) throw new Fails("unreadable");
    return bytes;
  }

  async function keyOf(text, kinds) {
    const [name, id, ...rest] = text.split("+");
    const bytes = bytesOf(rest.join("+"));
    const kind = bytes[0];
    if (!name || !kinds.includes(kind) || bytes.length !== (kind === ML_DSA ? 1313 : 33)) {
      throw new Fails("policy");
    }
    const found = await check.sha256(check.joined(check.utf8(`${name}\n`), bytes));
    if (check.toHex(found.subarray(0, 4)) !== id) throw new Fails("policy");
    return { name, id, kind, bytes: bytes.subarray(1) };
  }

  // Which log, which witnesses, how many of them: { logs, witnesses, groups, quorum }.
  async function policyOf(text) {
    const policy = { logs: [], witnesses: [], groups: [], quorum: "" };
    const names = new Set();
    for (const line of text.split("\n")) {
      const [kind, ...words] = line.split(/[ \t]+/).filter(Boolean);
      if (!kind || kind.startsWith("#")) continue;
      if (kind === "log" && words.length) {
        policy.logs.push(await keyOf(words[0], [LOG]));
      } else if (kind === "witness" && words.length > 1 && !names.has(words[0])) {
        policy.witnesses.push({ name: words[0], key: await keyOf(words[1], [WITNESS, ML_DSA]) });
        names.add(words[0]);
      } else if (kind === "group" && words.length > 2 && !names.has(words[0])) {
        const [name, threshold, ...members] = words;
        const least = { any: 1, all: members.length }[threshold] || Number(threshold);
        if (!(least >= 1 && least <= members.length) || !members.every((m) => names.has(m))) {
          throw new Fails("policy");
        }
        policy.groups.push({ name, least, members });
        names.add(name);
      } else if (kind === "quorum" && words.length === 1 && !policy.quorum) {
        if (words[0] !== "none" && !names.has(words[0])) throw new Fails("policy");
        policy.quorum = words[0];
      } else {
        throw new Fails("policy");
      }
    }
    if (!policy.logs.length || !policy.quorum) throw new Fails("policy");
    return policy;
  }

  // Groups name only what stands above them, so one pass from the top settles all.
  function quorumOf(policy, signers) {
    const cost = new Map(policy.witnesses.map((w) => [w.name, 1]));
    const met = new Set(signers);
    for (const group of policy.groups) {
      if (group.members.filter((m) => met.has(m)).length >= group.least) met.add(group.name);
      const costs = group.members.map((m) => cost.get(m)).sort((a, b) => a - b);
      cost.set(group.name, costs.slice(0, group.least).reduce((a, b) => a + b, 0));
    }
    const asked = policy.quorum !== "none";
    return { met: !asked || met.has(policy.quorum), least: asked ? cost.get(policy.quorum) : 0 };
  }

  function noteOf(note) {
    const at = note.lastIndexOf("\n\n");
    const below = note.slice(at + 2);
    const text = note.slice(0, at + 1);
    if (at < 0 || !below.endsWith("\n") || /[\x00-\x09\x0b-\x1f]/.test(text)) {
      throw new Fails("unreadable");
    }
    const signatures = below.slice(0, -1).split("\n").map((line) => {
      const [dash, name, encoded, ...more] = line.split(" ");
      if (dash !== "—" || !name || !encoded || more.length) throw new Fails("unreadable");
      const blob = bytesOf(encoded);
      if (blob.length < 5) throw new Fails("unreadable");
      return { name, id: check.toHex(blob.subarray(0, 4)), bytes: blob.subarray(4) };
    });
    if (signatures.length > MOST_SIGNATURES) throw new Fails("unreadable");
    const lines = text.split("\n");
    if (lines.length !== 4 || !lines[0] || !SIZE.test(lines[1])) throw new Fails("unreadable");
    const head = { origin: lines[0], size: BigInt(lines[1]), root: hashOf(lines[2]) };
    return { text, head, signatures };
  }

  // The log's own signature. Unknown keys are passed over; a known key's failing one refuses all.
  async function logSigner(note, policy) {
    let signer = null;
    for (const { name, id, bytes } of note.signatures) {
      const key = policy.logs.find((k) => k.name === name && k.id === id);
      if (!key) continue;
      if (!(await check.signatureFits(key.bytes, check.utf8(note.text), bytes))) {
        throw new Fails("log-signature", name);
      }
      signer = key;
    }
    if (!signer || signer.name !== note.head.origin) throw new Fails("foreign-log", note.head.origin);
    return signer;
  }

  // By name the time at which each witness signed; ML-DSA is named, but no browser checks it.
  async function witnessesOf(note, policy) {
    const seen = new Map();
    const unchecked = new Set();
    for (const { name, id, bytes } of note.signatures) {
      const witness = policy.witnesses.find((w) => w.key.name === name && w.key.id === id);
      if (!witness) continue;
      if (witness.key.kind === ML_DSA) {
        unchecked.add(witness.name);
        continue;
      }
      if (bytes.length !== 72) throw new Fails("witness-signature", witness.name);
      const seconds = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
      if (!seconds || seconds >> 63n) throw new Fails("witness-signature", witness.name);
      const message = check.utf8(`cosignature/v1\ntime ${seconds}\n${note.text}`);
      if (!(await check.signatureFits(witness.key.bytes, message, bytes.subarray(8)))) {
        throw new Fails("witness-signature", witness.name);
      }
      seen.set(witness.name, Number(seconds));
    }
    return { seen, unchecked };
  }

  Object.assign(check, {
    Fails, SIZE, bytesOf, hashOf, policyOf, quorumOf, noteOf, logSigner, witnessesOf,
  });
})((globalThis.boaiCheck = globalThis.boaiCheck || {}));
