"""A small OpenID provider on loopback: it tells of itself, answers codes with signed tokens, and checks PKCE."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey


class Provider:
    """It knows one person, who is given by `claims`; `asked` is the query of the last authorization."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        self.signing_key = self.key
        self.claims: dict[str, object] = {}
        self.asked: dict[str, list[str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                keys = {"keys": [provider.key.as_dict(private=False)]}
                self._answer(keys if self.path == "/jwks" else provider.described())

            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"][0].encode()).digest())
                if challenge.rstrip(b"=").decode() != provider.asked["code_challenge"][0]:
                    self._answer({"error": "invalid_grant"}, 400)
                else:
                    self._answer({"access_token": "a", "token_type": "Bearer", "id_token": provider.token()})

            def _answer(self, body, status=200):
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def described(self):
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        return {"issuer": self.issuer, **{name: f"{self.issuer}/{path}" for name, path in names.items()}}

    def token(self):
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "bolanggu",
            "sub": "8812",
            "iat": now,
            "exp": now + 60,
            "nonce": self.asked["nonce"][0],
        }
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims | self.claims, self.signing_key)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
