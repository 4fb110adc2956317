// Ed25519 signatures (RFC 8032, section 5.1.7): by the browser where it can, else by the lines
// below. Checking needs no secrets, so nothing here has to run in constant time.
(function (check) {
  "use strict";

  const P = 2n ** 255n - 19n;
  const L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const mod = (x, m = P) => ((x % m) + m) % m;

  function power(base, exponent) {
    let result = 1n;
    for (let b = mod(base), e = exponent; e; e >>= 1n) {
      if (e & 1n) result = (result * b) % P;
      b = (b * b) % P;
    }
    return result;
  }

  const D = mod(-121665n * power(121666n, P - 2n));
  const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);
  const NEUTRAL = [0n, 1n, 1n, 0n];

  function number(bytes) {
    return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  }

  // A point as X, Y, Z and T with x = X/Z, y = Y/Z, xy = T/Z; null where the bytes are no point.
  function point(bytes) {
    const whole = number(bytes);
    const y = whole & ((1n << 255n) - 1n);
    if (y >= P) return null;
    const square = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
    let x = power(square, (P + 3n) / 8n);
    if (mod(x * x - square)) x = mod(x * ROOT_OF_MINUS_ONE);
    if (mod(x * x - square)) return null;
    const odd = whole >> 255n;
    if (!x && odd) return null;
    if ((x & 1n) !== odd) x = P - x;
    return [x, y, 1n, mod(x * y)];
  }

  function sum([x1, y1, z1, t1], [x2, y2, z2, t2]) {
    const a = mod((y1 - x1) * (y2 - x2));
    const b = mod((y1 + x1) * (y2 + x2));
    const c = mod(2n * t1 * t2 * D);
    const d = mod(2n * z1 * z2);
    const [e, f, g, h] = [b - a, d - c, d + c, b + a];
    return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
  }

  function times(factor, base) {
    let result = NEUTRAL;
    for (let f = factor, b = base; f; f >>= 1n) {
      if (f & 1n) result = sum(result, b);
      b = sum(b, b);
    }
    return result;
  }

  const BASE = point(check.fromHex("58" + "66".repeat(31)));

  async function ownVerify(key, message, signature) {
    const a = point(key);
    const s = number(signature.subarray(32));
    if (!a || s >= L) return false;
    const r = signature.subarray(0, 32);
    const k = mod(number(await check.sha512(check.joined(r, key, message))), L);
    const minusA = [mod(-a[0]), a[1], a[2], mod(-a[3])];
    const [x, y, z] = sum(times(s, BASE), times(k, minusA));
    const over = power(z, P - 2n);
    const found = mod(y * over) | ((mod(x * over) & 1n) << 255n);
    return found === number(r);
  }

  async function nativeVerify(key, message, signature) {
    const known = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return crypto.subtle.verify({ name: "Ed25519" }, known, signature, message);
  }

  // Test 2 of RFC 8032, section 7.1: a browser that fails it is not asked again.
  const KEY = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
  const SIGNATURE = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

  let native = null;
  check.browserKnowsEd25519 = () => {
    native = native || (async () => {
      try {
        const [key, signature] = [KEY, SIGNATURE].map(check.fromHex);
        return await nativeVerify(key, Uint8Array.of(0x72), signature)
          && !(await nativeVerify(key, Uint8Array.of(0x73), signature));
      } catch {
        return false;
      }
    })();
    return check.withoutBrowser ? Promise.resolve(false) : native;
  };

  check.signatureFits = async (key, message, signature) => {
    if (key.length !== 32 || signature.length !== 64) return false;
    if (!(await check.browserKnowsEd25519())) return ownVerify(key, message, signature);
    try {
      return await nativeVerify(key, message, signature);
    } catch {
      return false;
    }
  };
})((globalThis.boaiCheck = globalThis.boaiCheck || {}));
