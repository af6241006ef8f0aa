"""Posts requests with the structure of the vendor's own samples.

The steps are in ../samples: the page's number, the request, what of its reply
later steps need. Each is accepted; one with "refused" is refused with a code
that the operation's table lists, which is that of the page.
"""

import json
import pathlib
import re
import time
import unittest

import requests

from emulator import Emulator

ROOT = pathlib.Path(__file__).parents[3]
SAMPLES = ROOT / "internal" / "clients" / "samples"


def filled(value, known):
    """Replaces ${name} by what was captured: a whole text keeps the type, |int makes a number of it."""
    if isinstance(value, list):
        return [filled(item, known) for item in value]
    if isinstance(value, dict):
        return {name: filled(item, known) for name, item in value.items()}
    if not isinstance(value, str):
        return value
    if whole := re.fullmatch(r"\$\{(\w+)(\|int)?\}", value):
        found = known[whole[1]]
        return int(found) if whole[2] else found
    return re.sub(r"\$\{(\w+)\}", lambda match: str(known[match[1]]), value)


def at(reply, path):
    for step in path.split("."):
        reply = reply[int(step)] if isinstance(reply, list) else reply[step]
    return reply


def form(body):
    """Writes a body as a form: lists and objects as JSON text, all else as text."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in body.items()
    }


class Samples(unittest.TestCase):
    def codes(self, step):
        table = json.loads((ROOT / "internal" / "spec" / "spec_gen.json").read_text())
        listed = {str(code["code"]) for code in table["codes"]}
        for operation in table["operations"]:
            if (operation["method"], operation["path"]) == (step["method"], step["path"]):
                listed |= {str(code["code"]) for code in operation.get("errors") or []}
        return listed

    def send(self, emulator, token, step):
        old = step["path"].startswith("/topapi/")
        query = dict(step.get("query", {}))
        headers = {}
        body = {"json": step["body"]} if "body" in step else {}
        if step.get("as") == "form":
            body = {"data": {**form(step["body"]), "access_token": token}}
        elif old:
            query["access_token"] = token
        else:
            headers["x-acs-dingtalk-access-token"] = token
        reply = requests.request(step["method"], emulator.url + step["path"], params=query, headers=headers, timeout=10, **body)
        result = reply.json()
        refused = result.get("errcode", 0) if old else (result.get("code") if reply.status_code != 200 else None)
        return result, refused

    def run_steps(self, name):
        now = int(time.time() * 1000)
        known = {"start": now - 3_600_000, "end": now + 3_600_000, "later": now + 86_400_000, "day": time.strftime("%Y-%m-%d")}
        with Emulator("--premium") as emulator:
            token = emulator.token()
            for step in json.loads((SAMPLES / name).read_text()):
                step = filled(step, known)
                with self.subTest(page=step.get("page"), path=step.get("path")):
                    if "admin" in step:
                        reply = emulator.admin(step["method"], step["admin"], step.get("body"))
                    else:
                        reply, refused = self.send(emulator, token, step)
                        if "refused" in step:
                            self.assertTrue(refused, reply)
                            self.assertIn(str(refused), self.codes(step))
                            continue
                        self.assertFalse(refused, reply)
                    for variable, path in step.get("capture", {}).items():
                        known[variable] = at(reply, path)

    def test_today(self):
        self.run_steps("today.json")

    def test_older(self):
        self.run_steps("older.json")

    def test_every_page(self):
        """No page of the two ranges is missing but for those without a request of approvals."""
        pages = {step["page"] for name in ("today.json", "older.json") for step in json.loads((SAMPLES / name).read_text()) if "page" in step}
        wanted = [*range(491, 552), *range(1514, 1555)]
        # 0509 is an overview; 1539 to 1544 and 1546 to 1550 are about calendars, holidays, logs and notices;
        # 1553 has no sample.
        others = {509, *range(1539, 1545), *range(1546, 1551), 1553}
        self.assertEqual({f"{page:04}" for page in wanted if page not in others}, pages)


if __name__ == "__main__":
    unittest.main()
