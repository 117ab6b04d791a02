"""A page of `tfstyle web` in a process of its own, and a real browser that looks at it."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import measuring
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys as Keys
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
"""The system's, or None; selenium by itself would fetch others."""

SECONDS = 120
"""How long something may take before it counts as never."""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextlib.contextmanager
def served(folder, *flags):
    """Yields the address of a page whose temporary files lie in a folder."""
    port = free_port()
    command = [*measuring.python(), "-m", "tfstyle", "web", f"--port={port}", *flags]
    environment = os.environ | {"TMPDIR": str(folder)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith(f"http://127.0.0.1:{port}/"), line + process.stderr.read()
            yield line.split()[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(SECONDS)


@contextlib.contextmanager
def browser(downloads, size=(1280, 1600)):
    """Yields a headless Chromium that tells of its requests."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        # WebGL without a graphics card: the brush draws by it.
        "--enable-unsafe-swiftshader",
        "--window-size={},{}".format(*size),
    ):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    driver = webdriver.Chrome(options, Service(DRIVER), keep_alive=False)
    try:
        yield Page(driver)
    finally:
        driver.quit()


class Page:
    """The page as a visitor uses it."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, address):
        self.driver.get(address)
        self.find("#paint button, button#paint")
        return self

    def find(self, selector):
        return self.until(lambda driver: self.all(selector))[0]

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def until(self, condition, seconds=SECONDS):
        return WebDriverWait(self.driver, seconds, 0.2).until(condition)

    def upload(self, name, path):
        self.find(f"#{name} input[type=file]").send_keys(str(path))

    def upload_and_see(self, name, path):
        self.upload(name, path)
        self.find(f"#{name} img")

    def click(self, selector):
        element = self.find(selector)
        # Other than `click`, it does not mind what lies above, such as a fading message.
        self.driver.execute_script("arguments[0].click()", element)

    def choose(self, method):
        self.click(f'#method input[value="{method}"]')

    def set_size(self, pixels):
        self.set_number("size", pixels)

    def set_number(self, name, number):
        field = self.find(f"#{name} input[type=number]")
        field.clear()
        field.send_keys(str(number), "\t")

    def paint(self):
        """Asks for a picture, and returns the command that makes the same one."""
        before = self.count()
        self.click("#paint")
        self.until(lambda driver: self.count() > before)
        return self.command()

    def command(self):
        return self.find("#command textarea").get_attribute("value")

    def count(self):
        return len(self.all("#history .thumbnail-item, #history .grid-container button"))

    def status(self):
        return self.find("#status").text

    def says(self, words, seconds=SECONDS):
        self.until(lambda driver: words in self.status(), seconds)

    def download(self, folder, name):
        """Returns the file that the button gives."""
        path = pathlib.Path(folder) / name
        self.click("#download")
        self.until(lambda driver: path.exists() and path.stat().st_size)
        time.sleep(0.2)
        return path

    def requests(self):
        """Returns the addresses that were asked for since the last call, but for those inline."""
        messages = [
            json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")
        ]
        addresses = {
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        }
        return {each for each in addresses if not each.startswith(("data:", "blob:"))}

    def slider_position(self):
        """Returns where the line between before and after is, in pixels from the left."""
        return self.find("#slider [role=slider], #slider .outer").rect["x"]

    def drag_slider(self, pixels):
        line = self.find("#slider [role=slider], #slider .outer")
        ActionChains(self.driver).drag_and_drop_by_offset(line, pixels, 0).perform()

    def tab_to(self, selector, most=200):
        """Presses Tab, from the top of the page, until an element has the focus; returns it."""
        self.find(selector)
        self.driver.execute_script("document.activeElement.blur(); window.focus()")
        for _ in range(most):
            ActionChains(self.driver).send_keys(Keys.TAB).perform()
            focused = self.driver.switch_to.active_element
            if self.driver.execute_script(
                "return arguments[0].matches(arguments[1])", focused, selector
            ):
                return focused
        raise AssertionError(f"Tab never comes to {selector}")

    def draw(self, name, pixels):
        """Draws a line with the brush, from the middle to the right."""
        canvas = self.find(f"#{name} canvas")
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
        # The photograph is there when its layers are; nothing in the page says so.
        time.sleep(3)
        line = ActionChains(self.driver).move_to_element(canvas).click_and_hold()
        for _ in range(0, pixels, 10):
            line = line.move_by_offset(10, 1)
        line.release().perform()
        time.sleep(1)
