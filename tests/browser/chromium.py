"""Chromium without a screen, driven by chromedriver's own protocol (W3C WebDriver over HTTP, and CDP through it)."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from time import monotonic, sleep
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
           "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
           "--hide-scrollbars", "--window-size=1000,1100")
KEYS = {"ArrowRight": "\ue014", "ArrowLeft": "\ue012", "Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004"}
STARTED = "was started successfully on port "


class Refused(Exception):
    """The browser could not do what it was told; the text is the driver's."""


class Chromium:
    """A browser with an empty profile in `folder`; a context manager.

    Raises RuntimeError where it does not start.
    """

    def __init__(self, folder):
        self._driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, "TMPDIR": str(folder)})
        self._open = build_opener(ProxyHandler({})).open
        self._session = None
        port = next((line.partition(STARTED)[2].strip(" .\n") for line in self._driver.stdout if STARTED in line), None)
        self._address = f"http://127.0.0.1:{port}"
        options = {"binary": shutil.which("chromium"), "args": [*OPTIONS, f"--user-data-dir={folder}"]}
        try:
            if port is None:
                raise OSError("chromedriver does not listen")
            self._wait_until_ready()
            made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {
                "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
        except (OSError, Refused) as refusal:
            self.close()
            raise RuntimeError(f"chromium does not start: {refusal}") from None
        self._session = f"/session/{made['sessionId']}"

    def __enter__(self) -> Chromium:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """End browser and driver."""
        if self._session:
            self._ask("DELETE", "")
        self._driver.terminate()
        self._driver.wait(30)
        self._driver.stdout.close()

    def _wait_until_ready(self) -> None:
        """The driver can say that it listens before it does."""
        deadline = monotonic() + 60
        while not self._is_ready():
            if monotonic() > deadline:
                raise OSError("chromedriver does not become ready")
            sleep(0.1)

    def _is_ready(self) -> bool:
        try:
            return self._ask("GET", "/status")["ready"]
        except URLError as refusal:
            if not isinstance(refusal.reason, ConnectionRefusedError):
                raise
            return False

    def visit(self, address: str) -> None:
        """Load a page, to the end."""
        self._ask("POST", "/url", {"url": address})

    def evaluate(self, expression: str):
        """The value of a JavaScript expression on the page."""
        return self._ask("POST", "/execute/sync", {"script": f"return {expression}", "args": []})

    def settle(self) -> None:
        """Bring everything that moves to its end: what moves can escape a click."""
        self.evaluate("Promise.all(document.getAnimations().map(each => { each.finish(); return each.finished; }))"
                      ".then(() => true)")

    def press(self, key: str) -> None:
        """Press and release a key: it goes to what has the focus."""
        code = KEYS.get(key, key)
        keys = [{"type": "keyDown", "value": code}, {"type": "keyUp", "value": code}]
        self._ask("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": keys}]})

    def click(self, selector: str) -> None:
        """Click on the middle of the first element that `selector` finds."""
        found = self._ask("POST", "/element", {"using": "css selector", "value": selector})
        self._ask("POST", f"/element/{next(iter(found.values()))}/click", {})

    def command(self, name: str, **parameters) -> dict:
        """A command of the Chrome DevTools Protocol."""
        return self._ask("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def complaints(self) -> list[str]:
        """What the console has shown since the last call."""
        return [entry["message"] for entry in self._ask("POST", "/se/log", {"type": "browser"})]

    def requested(self) -> list[str]:
        """The addresses that were asked for since the last call, but for what the browser's own first tab loads."""
        messages = [json.loads(entry["message"])["message"]
                    for entry in self._ask("POST", "/se/log", {"type": "performance"})]
        return [message["params"]["request"]["url"] for message in messages
                if message["method"] == "Network.requestWillBeSent"
                and not message["params"]["documentURL"].startswith("chrome:")]

    def picture(self) -> bytes:
        """What the window shows, as PNG."""
        return base64.b64decode(self._ask("GET", "/screenshot"))

    def _ask(self, method: str, path: str, body: dict | None = None):
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._address + (self._session or "") + path, data, {"Content-Type": "application/json"},
                          method=method)
        try:
            with self._open(request, timeout=180) as answer:
                return json.load(answer)["value"]
        except HTTPError as refusal:
            with refusal:
                told = json.load(refusal)["value"]
            raise Refused(f"{told['error']}: {told['message'].splitlines()[0]}") from None
