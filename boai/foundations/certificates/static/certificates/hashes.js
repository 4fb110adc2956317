// SHA-256 and SHA-512 (FIPS 180-4). The browser's own cryptography does the work where it is
// offered; a page that came without TLS has none, so the few lines below stand in for it.
(function (check) {
  "use strict";

  const KINDS = {
    "SHA-256": {
      bits: 32n, rounds: 64, big0: [2n, 13n, 22n], big1: [6n, 11n, 25n],
      small0: [7n, 18n, 3n], small1: [17n, 19n, 10n],
    },
    "SHA-512": {
      bits: 64n, rounds: 80, big0: [28n, 34n, 39n], big1: [14n, 18n, 41n],
      small0: [1n, 8n, 7n], small1: [19n, 61n, 6n],
    },
  };

  function primes(count) {
    const found = [];
    for (let n = 2; found.length < count; n += 1) {
      if (found.every((p) => n % p)) found.push(n);
    }
    return found;
  }

  // The first bits behind the point of a prime's root, from which all constants are made.
  function fraction(prime, degree, bits) {
    const wanted = BigInt(prime) << (BigInt(degree) * bits);
    let low = 0n;
    let high = 1n << (bits + 8n);
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** BigInt(degree) <= wanted) low = middle;
      else high = middle;
    }
    return low & ((1n << bits) - 1n);
  }

  function constants(kind) {
    if (!kind.start) {
      kind.mask = (1n << kind.bits) - 1n;
      kind.start = primes(8).map((p) => fraction(p, 2, kind.bits));
      kind.keys = primes(kind.rounds).map((p) => fraction(p, 3, kind.bits));
    }
    return kind;
  }

  function padded(bytes, block) {
    const length = bytes.length + 1 + block / 8;
    const whole = new Uint8Array(Math.ceil(length / block) * block);
    whole.set(bytes);
    whole[bytes.length] = 0x80;
    new DataView(whole.buffer).setBigUint64(whole.length - 8, BigInt(bytes.length) * 8n);
    return whole;
  }

  function ownDigest(name, bytes) {
    const kind = constants(KINDS[name]);
    const { bits, mask, rounds, keys } = kind;
    const turn = (x, n) => ((x >> n) | (x << (bits - n))) & mask;
    const big = (x, [a, b, c]) => turn(x, a) ^ turn(x, b) ^ turn(x, c);
    const small = (x, [a, b, c]) => turn(x, a) ^ turn(x, b) ^ (x >> c);
    const word = Number(bits) / 8;
    const whole = padded(bytes, word * 16);
    const view = new DataView(whole.buffer);
    const read = (at) => (word === 4 ? BigInt(view.getUint32(at)) : view.getBigUint64(at));
    let state = kind.start;
    for (let at = 0; at < whole.length; at += word * 16) {
      const w = [];
      for (let t = 0; t < rounds; t += 1) {
        w.push(t < 16 ? read(at + t * word)
          : (small(w[t - 2], kind.small1) + w[t - 7] + small(w[t - 15], kind.small0) + w[t - 16])
            & mask);
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let t = 0; t < rounds; t += 1) {
        const one = h + big(e, kind.big1) + ((e & f) ^ (~e & mask & g)) + keys[t] + w[t];
        const two = big(a, kind.big0) + ((a & b) ^ (a & c) ^ (b & c));
        [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & mask, c, b, a, (one + two) & mask];
      }
      state = [a, b, c, d, e, f, g, h].map((x, i) => (x + state[i]) & mask);
    }
    const hex = state.map((x) => x.toString(16).padStart(word * 2, "0")).join("");
    return check.fromHex(hex);
  }

  async function digest(name, bytes) {
    const native = !check.withoutBrowser && globalThis.crypto && globalThis.crypto.subtle;
    if (!native) return ownDigest(name, bytes);
    return new Uint8Array(await native.digest(name, bytes));
  }

  check.fromHex = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  check.toHex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  check.joined = (...parts) => {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };
  check.same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
  check.utf8 = (text) => new TextEncoder().encode(text);
  check.sha256 = (bytes) => digest("SHA-256", bytes);
  check.sha512 = (bytes) => digest("SHA-512", bytes);
})((globalThis.boaiCheck = globalThis.boaiCheck || {}));
