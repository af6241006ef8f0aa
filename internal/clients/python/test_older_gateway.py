"""A backend on the older gateway, in the shape of most examples in Python: a token, one call to
start an approval with its values as JSON text, one to read it."""

import json
import unittest

import requests

from emulator import Emulator


class OAClient:
    def __init__(self, base, app_key, app_secret):
        self.base, self.app_key, self.app_secret = base, app_key, app_secret

    def get_token(self):
        reply = requests.get(f"{self.base}/gettoken?appkey={self.app_key}&appsecret={self.app_secret}", timeout=10).json()
        if reply["errcode"] != 0:
            raise RuntimeError(reply["errmsg"])
        return reply["access_token"]

    def post(self, path, data):
        url = f"{self.base}{path}?access_token={self.get_token()}"
        reply = requests.post(url, data=data, timeout=10).json()
        if reply["errcode"] != 0:
            raise RuntimeError(f"{reply['errcode']} {reply['errmsg']}")
        return reply

    def create(self, process_code, user_id, dept_id, values):
        return self.post("/topapi/processinstance/create", {
            "agent_id": "1000000001",
            "process_code": process_code,
            "originator_user_id": user_id,
            "dept_id": dept_id,
            "form_component_values": json.dumps([{"name": n, "value": v} for n, v in values.items()]),
        })["process_instance_id"]

    def get(self, instance_id):
        return self.post("/topapi/processinstance/get", {"process_instance_id": instance_id})["process_instance"]


class OlderGateway(unittest.TestCase):
    def test_create_and_get(self):
        with Emulator() as emulator:
            client = OAClient(emulator.url, emulator.app_key, emulator.app_secret)
            user = client.post("/topapi/v2/user/get", {"userid": "zhangsan", "language": "zh_CN"})["result"]
            values = {"请假类型": "年假", "开始日期": "2026-05-04", "天数": "2"}
            instance_id = client.create("PROC-EMULATOR-LEAVE", "zhangsan", str(user["dept_id_list"][0]), values)
            self.assertEqual("RUNNING", client.get(instance_id)["status"])
            emulator.approve(instance_id, "lisi")
            emulator.approve(instance_id, "wangwu")
            instance = client.get(instance_id)
            self.assertEqual(("COMPLETED", "agree"), (instance["status"], instance["result"]))
            values["事由"] = "null"  # what nobody filled in is listed so
            self.assertEqual(values, {v["name"]: v["value"] for v in instance["form_component_values"]})

    def test_json(self):
        """The same with a JSON body, numbers as text among it."""
        with Emulator() as emulator:
            token = emulator.token()
            reply = requests.post(f"{emulator.url}/topapi/process/listbyuserid?access_token={token}",
                                  json={"userid": "zhangsan", "offset": "0", "size": "100"}, timeout=10).json()
            self.assertEqual(["报销", "请假"], sorted(p["name"] for p in reply["result"]["process_list"]))

    def test_errors(self):
        with Emulator() as emulator:
            client = OAClient(emulator.url, emulator.app_key, emulator.app_secret)
            with self.assertRaisesRegex(RuntimeError, "820004"):
                client.get("nowhere")
            with self.assertRaisesRegex(RuntimeError, "40035"):
                client.create("PROC-EMULATOR-LEAVE", "zhangsan", "first", {})


if __name__ == "__main__":
    unittest.main()
