"""Starts dingoa serve for a test; DINGOA is the program."""

import json
import os
import subprocess

import requests


class Emulator:
    def __init__(self, *flags):
        command = [os.environ.get("DINGOA", "dingoa"), "serve", "--json", "--addr", "127.0.0.1:0", *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.started = json.loads(self.process.stdout.readline())
        self.url = self.started["url"]
        self.app_key, self.app_secret = self.started["appKey"], self.started["appSecret"]

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def admin(self, method, path, body=None):
        """Calls the admin API, which is described in docs/emulator.md."""
        reply = requests.request(method, self.started["adminUrl"] + path, json=body, timeout=10)
        reply.raise_for_status()
        return reply.json()

    def start(self):
        """Starts an approval as zhangsan does."""
        values = [("请假类型", "年假"), ("开始日期", "2026-05-04"), ("天数", "2")]
        return self.admin("POST", "instances", {
            "processCode": "PROC-EMULATOR-LEAVE",
            "userId": "zhangsan",
            "values": [{"name": name, "value": value} for name, value in values],
        })["id"]

    def approve(self, instance, user):
        self.admin("POST", f"instances/{instance}/approve", {"userId": user})

    def token(self):
        query = {"appkey": self.app_key, "appsecret": self.app_secret}
        return requests.get(self.url + "/gettoken", params=query, timeout=10).json()["access_token"]
