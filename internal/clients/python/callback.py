"""Opens pushes and seals the answer, from the documented algorithm:

signature: SHA-1, in hex, over token, timestamp, nonce and cipher text, sorted and joined;
cipher: AES-256-CBC, the key from its 43 characters and "=" in Base64, the IV its first 16 bytes,
padded to 32 bytes; plain text: 16 random bytes, 4 bytes of length, the message, the owner key.
"""

import base64
import hashlib
import hmac
import json
import os
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


class Crypto:
    def __init__(self, token, aes_key, owner_key):
        self.token, self.owner_key = token, owner_key.encode()
        self.key = base64.b64decode(aes_key + "=")

    def cipher(self):
        return Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16]))

    def sign(self, timestamp, nonce, encrypted):
        return hashlib.sha1("".join(sorted([self.token, timestamp, nonce, encrypted])).encode()).hexdigest()

    def open(self, signature, timestamp, nonce, encrypted):
        if not hmac.compare_digest(signature, self.sign(timestamp, nonce, encrypted)):
            raise ValueError("the signature is another")
        decryptor = self.cipher().decryptor()
        padded = decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()
        plain = padded[:-padded[-1]]
        (length,) = struct.unpack(">I", plain[16:20])
        if plain[20 + length:] != self.owner_key:
            raise ValueError("the owner key is another")
        return plain[20:20 + length].decode()

    def seal(self, message):
        data = message.encode()
        plain = os.urandom(16) + struct.pack(">I", len(data)) + data + self.owner_key
        padding = BLOCK - len(plain) % BLOCK
        encryptor = self.cipher().encryptor()
        sealed = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
        encrypted = base64.b64encode(sealed).decode()
        timestamp, nonce = str(int(time.time() * 1000)), os.urandom(4).hex()
        return {
            "msg_signature": self.sign(timestamp, nonce, encrypted),
            "timeStamp": timestamp, "nonce": nonce, "encrypt": encrypted,
        }


class Receiver:
    """A server that gets pushes; crypto is set once it is known."""

    def __init__(self):
        self.crypto, self.events, self.changed = None, [], threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                opened = receiver.crypto.open(query["signature"], query["timestamp"], query["nonce"], body["encrypt"])
                reply = json.dumps(receiver.crypto.seal("success")).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)
                with receiver.changed:
                    receiver.events.append(json.loads(opened))
                    receiver.changed.notify_all()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/dingtalk"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count):
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.events) >= count, 20):
                raise TimeoutError(f"{len(self.events)} events of {count}")
            return list(self.events)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
