// stamp_verifier.mjs KEY SIGNATURE TEXT: whether an Ed25519 signature holds, by Node's own cryptography.
import { createPublicKey, verify } from "node:crypto";

const [x, signature, text] = process.argv.slice(2);
const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
console.log(verify(null, Buffer.from(text), key, Buffer.from(signature, "base64url")) ? "holds" : "does not hold");
