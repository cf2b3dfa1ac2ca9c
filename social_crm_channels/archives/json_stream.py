# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""JSON read item by item, so that a file of any length needs the memory of one item.

The standard library reads whole documents only, and no library tells the line an item begins on.
"""
import json

CHUNK = 1 << 16
MAX_ITEM = 1 << 25
SPACE = " \t\r\n"
DECODER = json.JSONDecoder()


class BrokenJson(ValueError):
    """The text is no JSON from ``line`` on."""

    def __init__(self, line):
        super().__init__(f"no JSON from line {line}")
        self.line = line


def items(stream, *keys):
    """The elements of a document's list; or, of an object, those of the lists under ``keys``.

    What else the object holds comes as one item under its own key. What stands before the first
    bracket is passed over: X makes each file a line of JavaScript.

    :param stream: text
    :return: (line, key, value); the key is "" for a list that is the whole document
    :rtype: Iterator[tuple[int, str, object]]
    :raise BrokenJson: after everything before the break was given
    """
    reader = _Reader(stream)
    opening = reader.skip_to_bracket()
    if opening == "[":
        for line, value in reader.elements():
            yield line, "", value
        return
    reader.expect("{")
    while reader.peek() != "}":
        line, key = reader.line, reader.value()
        if not isinstance(key, str):
            raise BrokenJson(line)
        reader.expect(":")
        line, following = reader.line, reader.peek()
        if key in keys and following == "[":
            for line, value in reader.elements():
                yield line, key, value
        else:
            yield line, key, reader.value()
        if reader.peek() == ",":
            reader.expect(",")


class _Reader:
    def __init__(self, stream):
        self._stream = stream
        self._text, self._at = "", 0
        self._line, self._counted = 1, 0

    @property
    def line(self):
        """The line of the next character."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def skip_to_bracket(self):
        while True:
            found = [at for sign in "[{" if (at := self._text.find(sign, self._at)) >= 0]
            if found:
                self._at = min(found)
                return self._text[self._at]
            self._at = len(self._text)
            if not self._more():
                raise BrokenJson(self.line)

    def peek(self):
        """The next character that is no space."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                raise BrokenJson(self.line)

    def expect(self, sign):
        if self.peek() != sign:
            raise BrokenJson(self.line)
        self._at += 1

    def elements(self):
        self.expect("[")
        while self.peek() != "]":
            line = self.line
            yield line, self.value()
            if self.peek() == ",":
                self.expect(",")
            elif self.peek() != "]":
                raise BrokenJson(self.line)
        self.expect("]")

    def value(self):
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                too_long = len(self._text) - self._at > MAX_ITEM
                if too_long or not self._more():
                    raise BrokenJson(self.line) from None
                continue
            except RecursionError:
                raise BrokenJson(self.line) from None
            # A number that ends where the text read so far ends may go on.
            if end == len(self._text) and isinstance(value, (int, float)) and self._more():
                continue
            self._at = end
            return value

    def _more(self):
        """Read on; twice as much each time, so that a long item is not tried over and over."""
        line = self.line
        rest = self._text[self._at :]
        chunk = self._stream.read(max(CHUNK, len(rest)))
        self._text, self._at, self._counted = rest + chunk, 0, 0
        self._line = line
        return bool(chunk)
