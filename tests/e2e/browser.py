"""Drives a headless Chromium over a pipe of its DevTools, to see that a page of -f html works.

    browser.py CHROMIUM PROFILE PAGE…      prints a line a case: ok or not ok, and its name; exit status 1 if one
                                           is not ok, 77 if there is no browser to speak of
    browser.py --picture OUT.png CHROMIUM PROFILE PAGE      what the page looks like
"""
import atexit
import base64
import fcntl
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

LIMIT = 120  # seconds for any answer: a busy machine is slow


def move_up(fd):
    higher = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 60)
    os.close(fd)
    return higher


class Browser:
    def __init__(self, program, profile):
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()

        def wire():
            os.dup2(to_read, 3)
            os.dup2(from_write, 4)

        # the ends must not be 3 or 4 themselves when they are copied there
        to_read, from_write = move_up(to_read), move_up(from_write)
        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", f"--user-data-dir={profile}",
             "--remote-debugging-pipe", "--window-size=1500,1100", "about:blank"],
            pass_fds=(3, 4), preexec_fn=wire, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        atexit.register(self.process.kill)
        os.close(to_read)
        os.close(from_write)
        self.out, self.input, self.rest, self.number, self.events = to_write, from_read, b"", 0, []
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = None
        self.session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in "Page", "Runtime", "Network", "Log", "Accessibility":
            self.call(f"{domain}.enable")

    def read(self):
        while b"\0" not in self.rest:
            if not select.select([self.input], [], [], LIMIT)[0]:
                raise TimeoutError("the browser does not answer")
            piece = os.read(self.input, 1 << 16)
            if not piece:
                raise EOFError("the browser is gone")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, params=None):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params or {}}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, page):
        self.events.clear()
        self.call("Page.navigate", {"url": Path(page).resolve().as_uri()})
        until = time.monotonic() + LIMIT
        while self.run("document.readyState") != "complete" or self.run("location.protocol") != "file:":
            if time.monotonic() > until:
                raise TimeoutError("the page does not load")
            time.sleep(0.05)

    def run(self, expression):
        result = self.call("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def press(self, key, code=0, text=None):
        for kind in "keyDown", "keyUp":
            event = {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}
            if text and kind == "keyDown":
                event["text"] = text
            self.call("Input.dispatchKeyEvent", event)

    def close(self):
        try:
            self.call("Browser.close")
        except (EOFError, OSError, RuntimeError):
            pass
        self.process.wait(LIMIT)


failures = 0


def case(name, passed, seen=""):
    global failures
    failures += not passed
    print(f"{'ok' if passed else 'not ok'} {name}" + ("" if passed else f": {seen!r}"))


RIGHT, LEFT, TAB, SPACE, ENTER = ("ArrowRight", 39), ("ArrowLeft", 37), ("Tab", 9), (" ", 32, " "), ("Enter", 13, "\r")
SAID = "document.querySelector('section:not([hidden]) .say').innerText"


def loads(browser, page):
    browser.open(page)
    wanted = [e["params"]["request"]["url"] for e in browser.events if e["method"] == "Network.requestWillBeSent"]
    case("nothing is fetched", all(url.startswith("file:") for url in wanted) and len(wanted) <= 1, wanted)
    wrong = [e for e in browser.events if e["method"] in ("Runtime.exceptionThrown", "Log.entryAdded")]
    case("no error is logged", not wrong, wrong)
    case("one connection is shown", browser.run("document.querySelectorAll('section.connection:not([hidden])').length") == 1)


def steps(browser):
    data = json.loads(browser.run("document.querySelector('section:not([hidden]) script.data').textContent"))
    count = len(data["steps"]) - 1
    case("it begins before the first segment", browser.run(SAID).startswith(f"0 of {count}"), browser.run(SAID))
    seen = []
    for _ in range(count):
        browser.press(*RIGHT)
        seen.append(browser.run(SAID))
    case("the right arrow key goes through all segments",
         all(text.startswith(f"{i + 1} of {count}: ") for i, text in enumerate(seen)), seen)
    case("each is explained", all(len(text.split("\n")) > 3 for text in seen), seen)
    ends = [next((move["to"] for move in reversed(data["moves"]) if move["side"] == side), state)
            for side, state in enumerate(data["initial"])]
    case("both ends end in their last states",
         all(f"{who}: {end}" in seen[-1] for who, end in zip(("client", "server"), ends)), seen[-1])
    marks = browser.run("""['c', 's'].map(end => [...document.querySelectorAll('section:not([hidden]) .n.' + end)]
        .map(node => node.dataset.node))""")
    moved = [any(move["side"] == side for move in data["moves"]) for side in range(len(ends))]
    names = [[] if end == "UNKNOWN" else ["OVER" if end == "CLOSED" and moved[side] else end]
             for side, end in enumerate(ends)]
    names += [[]] * (2 - len(ends))
    case("the diagram shows them there", marks == names, (marks, names))
    walked = browser.run("document.querySelectorAll('section:not([hidden]) .e.c, section:not([hidden]) .e.s').length")
    gone = {f"{move['from']}-{move['to']}" for move in data["moves"]}
    drawn = browser.run("[...document.querySelectorAll('section:not([hidden]) [data-edge]')].map(e => e.dataset.edge)")
    case("the ways that were gone are marked", walked == len(gone & set(drawn)) > 0, walked)
    shown = browser.run("document.querySelectorAll('section:not([hidden]) .row.now').length")
    case("the segment is marked in the timeline", shown >= 1, shown)
    for _ in range(count):
        browser.press(*LEFT)
    case("the left arrow key goes all the way back", browser.run(SAID).startswith("0 of"), browser.run(SAID))
    case("there no way is marked", browser.run("document.querySelectorAll('section:not([hidden]) .e.c, section:not([hidden]) .e.s').length") == 0)


def keyboard(browser):
    browser.run("document.activeElement.blur()")
    reached = []
    for _ in range(12):
        browser.press(*TAB)
        reached.append(browser.run("document.activeElement.textContent.trim().slice(0, 40) + '|' + document.activeElement.tagName"))
    case("Tab reaches links and buttons", any("|A" in at for at in reached) and any("on|BUTTON" in at for at in reached), reached)
    browser.run("document.querySelector('section:not([hidden]) button[data-go=on]').focus()")
    browser.press(*ENTER)
    case("Enter presses a button", browser.run(SAID).startswith("1 of"), browser.run(SAID))


def quiz(browser):
    data = json.loads(browser.run("document.querySelector('section:not([hidden]) script.data').textContent"))
    questions = data["questions"]
    where = "document.querySelector('section:not([hidden]) .quiz')"
    browser.run(f"{where}.querySelector('input').focus()")
    browser.press("ArrowDown", 40)
    case("arrow keys choose answers", browser.run(f"{where}.querySelector('form').elements.choice.value") != "")
    for i, question in enumerate(questions):
        wrong = i % 2 == 1
        chosen = (question["right"] + wrong) % len(question["choices"])
        browser.run(f"{where}.querySelectorAll('input')[{chosen}].checked = true")
        browser.run(f"{where}.querySelector('fieldset button').click()")
        said = browser.run(f"{where}.querySelector('[role=status]').innerText")
        right = i // 2 + 1
        wanted = (f"No: {question['choices'][question['right']]}." if wrong else "Right.")
        if not said.startswith(wanted) or f"{right} of {i + 1} right." not in said:
            return case(f"question {i + 1} is judged", False, (said, wanted))
        browser.run("document.activeElement.click()")
    case("every question is judged and the score kept", len(questions) > 3, len(questions))


def screen_reader(browser):
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    roles = {}
    for node in nodes:
        if not node.get("ignored"):
            name = node.get("name", {}).get("value", "")
            roles.setdefault(node["role"]["value"], []).append(name)
    case("landmarks", "navigation" in roles and "main" in roles and "banner" in roles, sorted(roles))
    case("buttons have names", all(roles["button"]) and len(roles["button"]) >= 4, roles["button"])
    case("drawings have names", all(roles.get("image", roles.get("img", [""]))), roles.get("image"))
    case("a table with column heads", "table" in roles and "columnheader" in roles, sorted(roles))
    case("answers have names", all(roles["radio"]) and len(roles["radio"]) == 4, roles["radio"])
    live = browser.run("document.querySelector('section:not([hidden]) .say').getAttribute('aria-live')")
    case("steps are read out", live == "polite", live)


def picture(browser, page):
    """A picture alone: nothing of it is outside, and in a timeline no two texts meet."""
    browser.open(page)
    outside = browser.run("""(() => { const svg = document.documentElement, all = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text, path, rect')].filter(shape => { const box = shape.getBoundingClientRect();
            return !shape.closest('defs') && (box.width > 0 || box.height > 0) && (box.left < all.left - 1 ||
                box.right > all.right + 1 || box.top < all.top - 1 || box.bottom > all.bottom + 1); })
            .map(shape => shape.outerHTML.slice(0, 120)); })()""")
    case("nothing is outside", outside == [], outside[:3])
    meeting = browser.run("""(() => { const boxes = [...document.querySelectorAll('text')]
            .map(text => [text.getBoundingClientRect(), text.textContent]);
        return boxes.flatMap(([a, s], i) => boxes.slice(i + 1).filter(([b]) => a.left + 1 < b.right &&
            b.left + 1 < a.right && a.top + 4 < b.bottom && b.top + 4 < a.bottom).map(([b, t]) => s + ' / ' + t)); })()""")
    case("no two texts meet", meeting == [], meeting[:3])


def drawing(browser):
    wide = browser.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    case("the page is not wider than the window", wide <= 0, wide)
    outside = browser.run("""[...document.querySelectorAll('section:not([hidden]) svg.tcpviz')].flatMap(svg =>
        [...svg.querySelectorAll('text')].filter(text => { const box = text.getBBox();
            return box.width > 0 && (box.x < 0 || box.x + box.width > 1000); }).map(text => text.textContent))""")
    case("no text leaves its drawing", outside == [], outside)
    meeting = browser.run("""[...document.querySelectorAll('section:not([hidden]) .timeline svg')].flatMap(svg => {
        const boxes = [...svg.querySelectorAll('text')].map(text => [text.getBBox(), text.textContent]);
        return boxes.flatMap(([a, s], i) => boxes.slice(i + 1).filter(([b]) =>
            a.x + 1 < b.x + b.width && b.x + 1 < a.x + a.width && a.y + 4 < b.y + b.height && b.y + 4 < a.y + a.height)
            .map(([b, t]) => s + ' / ' + t)); })""")
    case("no two texts meet in the timeline", meeting == [], meeting)


def others(browser):
    links = browser.run("document.querySelectorAll('nav a').length")
    if links < 2:
        return
    browser.run("document.querySelectorAll('nav a')[1].click()")
    until = time.monotonic() + LIMIT
    while browser.run("document.querySelector('section:not([hidden])').id") != "c2" and time.monotonic() < until:
        time.sleep(0.05)
    case("the list opens another connection", browser.run("document.querySelector('section:not([hidden])').id") == "c2")
    case("and says which is open", browser.run("document.querySelector('tr[aria-current] a').textContent") == "2")
    browser.press(*RIGHT)
    case("and the keys step through it", browser.run(SAID).startswith("1 of"), browser.run(SAID))


def main():
    if sys.argv[1] == "--picture":
        browser = Browser(*sys.argv[3:5])
        browser.open(sys.argv[5])
        for _ in range(int(os.environ.get("STEPS", "0"))):
            browser.press(*RIGHT)
        Path(sys.argv[2]).write_bytes(base64.b64decode(browser.call("Page.captureScreenshot")["data"]))
        return browser.close()
    try:
        browser = Browser(*sys.argv[1:3])
    except (EOFError, OSError, TimeoutError) as error:
        print(f"{sys.argv[1]} does not start here: {error}")
        sys.exit(77)
    for page in sys.argv[3:]:
        print(f"# {Path(page).name}")
        if page.endswith(".svg"):
            picture(browser, page)
            continue
        loads(browser, page)
        if Path(page).name == "hostile.html":
            case("a hostile name is text", "<script>alert(1)" in browser.run("document.querySelector('h1').innerText"))
            case("and of the title", "<script>alert(1)" in browser.run("document.title"))
            continue
        drawing(browser)
        screen_reader(browser)
        steps(browser)
        keyboard(browser)
        quiz(browser)
        others(browser)
    browser.close()
    return sys.exit(1 if failures else 0)


main()
