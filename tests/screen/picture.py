#!/usr/bin/env python3
"""Makes an SVG of a terminal's screen: reads what `tmux capture-pane -e -p -N` writes.

    tmux new-session -d -s look -x 100 -y 30 'tcpviz --theme dark captures/lost-data.pcap'
    tmux send-keys -t look Enter
    tmux capture-pane -t look -e -p | tests/screen/picture.py [--light] >screen.svg
"""
import re
import sys
import unicodedata
from html import escape

CELL, LINE, SIZE, PAD = 7.8, 16, 13, 10
FONT = "'DejaVu Sans Mono',Menlo,Consolas,monospace"
BASE = ["#000000", "#cd3131", "#0dbc79", "#e5e510", "#2472c8", "#bc3fbc", "#11a8cd", "#e5e5e5",
        "#666666", "#f14c4c", "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff"]


def color(number):
    """The usual 256 colours."""
    if number < 16:
        return BASE[number]
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    levels = [0, 95, 135, 175, 215, 255]
    number -= 16
    return "#" + "".join(f"{levels[n]:02x}" for n in (number // 36, number // 6 % 6, number % 6))


class Pen:
    def __init__(self):
        self.reset()

    def reset(self):
        self.fore = self.back = None
        self.bold = self.dim = self.reverse = self.underline = False

    def take(self, codes):
        codes = [int(c or 0) for c in codes.split(";")]
        while codes:
            c = codes.pop(0)
            if c == 0:
                self.reset()
            elif c in (38, 48) and len(codes) >= 2 and codes[0] == 5:
                setattr(self, "fore" if c == 38 else "back", color(codes[1]))
                del codes[:2]
            elif 30 <= c <= 37 or 90 <= c <= 97:
                self.fore = BASE[c - 30 if c < 90 else c - 82]
            elif 40 <= c <= 47:
                self.back = BASE[c - 40]
            elif c == 39:
                self.fore = None
            elif c == 49:
                self.back = None
            elif c in (1, 2, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[c], True)

    def look(self, fore, back):
        own = (self.fore or fore, self.back or back)
        fore, back = own[::-1] if self.reverse else own
        return fore, back, self.bold, self.dim, self.underline


def cells(line, pen, colors):
    """(column, character, look) of each; a wide character takes two columns."""
    column = 0
    for escape_codes, character in re.findall(r"\x1b\[([\d;]*)m|([^\x1b\x0e\x0f])", line):
        if not character:
            pen.take(escape_codes)
            continue
        yield column, character, pen.look(*colors)
        column += 2 if unicodedata.east_asian_width(character) in "WF" else 1


def runs(line, pen, colors):
    """Neighbours of one look together: (column, text, look)."""
    found = []
    for column, character, look in cells(line, pen, colors):
        if found and found[-1][2] == look:
            found[-1][1] += character
        else:
            found.append([column, character, look])
    return found


def draw(lines, fore, back):
    columns = max([len(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in lines] + [80])
    width, height = round(columns * CELL + 2 * PAD), len(lines) * LINE + 2 * PAD
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
           f'viewBox="0 0 {width} {height}" font-family="{FONT}" font-size="{SIZE}">',
           f'<rect width="{width}" height="{height}" rx="6" fill="{back}"/>']
    pen = Pen()
    for y, line in enumerate(lines):
        for column, text, (ink, ground, bold, dim, underline) in runs(line, pen, (fore, back)):
            x, length = PAD + column * CELL, len(text) * CELL
            if ground != back:
                out.append(f'<rect x="{x:.1f}" y="{PAD + y * LINE}" width="{length:.1f}" height="{LINE}" fill="{ground}"/>')
            looks = (' font-weight="bold"' if bold else "") + (' opacity="0.6"' if dim else "")
            looks += ' text-decoration="underline"' if underline else ""
            # parts, as viewers may make one space of several
            for part in re.finditer(r"\S+(?: \S+)*", text):
                out.append(f'<text x="{x + part.start() * CELL:.1f}" y="{PAD + y * LINE + 12}" '
                           f'textLength="{len(part[0]) * CELL:.1f}" fill="{ink}"{looks}>{escape(part[0])}</text>')
    return "\n".join(out + ["</svg>", ""])


def main():
    light = sys.argv[1:] == ["--light"]
    if sys.argv[1:] and not light:
        sys.exit(__doc__)
    lines = sys.stdin.read().rstrip("\n").split("\n")
    sys.stdout.write(draw(lines, *(("#24292f", "#ffffff") if light else ("#d8dee9", "#1b1f27"))))


if __name__ == "__main__":
    main()
