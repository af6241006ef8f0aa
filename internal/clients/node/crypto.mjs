// Opens pushes and seals the answer, from the documented algorithm: SHA-1 over the
// sorted token, timestamp, nonce and cipher text; AES-256-CBC padded to 32 bytes over
// 16 random bytes, 4 bytes of length, the message and the owner key.

import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

const BLOCK = 32;

export class Crypto {
  constructor({ token, aesKey, ownerKey }) {
    Object.assign(this, { token, ownerKey, key: Buffer.from(aesKey + "=", "base64") });
  }

  sign(timestamp, nonce, encrypted) {
    return createHash("sha1").update([this.token, timestamp, nonce, encrypted].sort().join("")).digest("hex");
  }

  open(signature, timestamp, nonce, encrypted) {
    if (signature !== this.sign(timestamp, nonce, encrypted)) throw new Error("the signature is another");
    const cipher = createDecipheriv("aes-256-cbc", this.key, this.key.subarray(0, 16)).setAutoPadding(false);
    const padded = Buffer.concat([cipher.update(encrypted, "base64"), cipher.final()]);
    const plain = padded.subarray(0, padded.length - padded.at(-1));
    const end = 20 + plain.readUInt32BE(16);
    if (plain.toString("utf8", end) !== this.ownerKey) throw new Error("the owner key is another");
    return plain.toString("utf8", 20, end);
  }

  seal(message) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(message));
    const plain = Buffer.concat([randomBytes(16), length, Buffer.from(message), Buffer.from(this.ownerKey)]);
    const padding = BLOCK - (plain.length % BLOCK);
    const cipher = createCipheriv("aes-256-cbc", this.key, this.key.subarray(0, 16)).setAutoPadding(false);
    const encrypt = Buffer.concat([cipher.update(Buffer.concat([plain, Buffer.alloc(padding, padding)])), cipher.final()]).toString("base64");
    const [timeStamp, nonce] = [String(Date.now()), randomBytes(4).toString("hex")];
    return { msg_signature: this.sign(timeStamp, nonce, encrypt), timeStamp, nonce, encrypt };
  }
}
