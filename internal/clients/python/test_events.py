"""Events of an approval by both ways, with clients written from the documented wire."""

import asyncio
import json
import time
import unittest
from urllib.parse import quote

import requests
import websockets

from callback import Crypto, Receiver
from emulator import Emulator

EXPECTED = [
    ("bpms_instance_change", "start", "zhangsan"),
    ("bpms_task_change", "start", "lisi"),
    ("bpms_task_change", "finish", "lisi"),
    ("bpms_task_change", "start", "wangwu"),
    ("bpms_task_change", "finish", "wangwu"),
    ("bpms_instance_change", "finish", "zhangsan"),
]


def run_through(emulator):
    instance = emulator.start()
    emulator.approve(instance, "lisi")
    emulator.approve(instance, "wangwu")
    return instance


def wait_delivered(test, emulator, count):
    """Waits until the emulator has taken each event for acknowledged at its first attempt."""
    deadline = time.monotonic() + 20
    while (pushes := emulator.admin("GET", "pushes"))["total"] < count or any(p["state"] != "delivered" for p in pushes["items"]):
        test.assertLess(time.monotonic(), deadline, pushes)
        time.sleep(0.05)
    for push in pushes["items"]:
        test.assertEqual(1, push["attempts"], push)


class Callbacks(unittest.TestCase):
    def test_opened_and_answered(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        with Emulator("--callback-url", receiver.url) as emulator:
            sealed = emulator.started["callback"]
            receiver.crypto = Crypto(sealed["token"], sealed["aesKey"], sealed["ownerKey"])
            instance = run_through(emulator)
            events = receiver.wait(6)
            self.assertEqual(EXPECTED, [(e["EventType"], e["type"], e["staffId"]) for e in events])
            self.assertEqual("张三提交的请假", events[-1]["title"])
            self.assertEqual({instance}, {e["processInstanceId"] for e in events})
            wait_delivered(self, emulator, 6)


def acknowledgement(frame):
    """Answers a frame as the official client does when a handler returns STATUS_OK, "OK": the
    code says that it was handled, the data is that of the event, without a status of its own."""
    return {
        "code": 200,
        "headers": {"messageId": frame["headers"]["messageId"], "contentType": "application/json"},
        "message": "OK",
        "data": frame["data"],
    }


class Streams(unittest.TestCase):
    def test_acknowledged_by_code(self):
        with Emulator() as emulator:
            opened = requests.post(emulator.url + "/v1.0/gateway/connections/open", timeout=10, json={
                "clientId": emulator.app_key,
                "clientSecret": emulator.app_secret,
                "subscriptions": [{"type": "EVENT", "topic": "*"}],
                "ua": "python-client", "localIp": "127.0.0.1",
            }).json()

            async def listen():
                events = []
                async with websockets.connect(f"{opened['endpoint']}?ticket={quote(opened['ticket'])}") as connection:
                    started = asyncio.get_running_loop().run_in_executor(None, run_through, emulator)
                    while len(events) < 6:
                        frame = json.loads(await asyncio.wait_for(connection.recv(), 20))
                        if frame["type"] == "EVENT":
                            data = json.loads(frame["data"])
                            events.append((frame["headers"]["eventType"], data["type"], data["staffId"]))
                        await connection.send(json.dumps(acknowledgement(frame)))
                    await started
                    await asyncio.get_running_loop().run_in_executor(None, wait_delivered, self, emulator, 6)
                return events

            self.assertEqual(EXPECTED, asyncio.run(listen()))


if __name__ == "__main__":
    unittest.main()
