"""What a browser sends of a form on a page, so that tests send the same."""

from html.parser import HTMLParser


class _Forms(HTMLParser):
    """Collects the fields of every form: [(action, {name: [values]})]."""

    def __init__(self):
        super().__init__()
        self.forms, self.select, self.option, self.area = [], None, None, None

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        name, value = attrs.get("name"), attrs.get("value", "")
        if tag == "form":
            self.forms.append((attrs.get("action", ""), {}))
        elif tag == "input" and name and attrs.get("type") not in ("submit", "file"):
            ticked = (
                attrs.get("type") not in ("radio", "checkbox") or "checked" in attrs
            )
            if ticked:
                self._add(name, value)
        elif tag == "select":
            self.select, self.option = name, None
        elif tag == "option" and self.select:
            if self.option is None or "selected" in attrs:
                self.option = value
        elif tag == "textarea":
            self.area = (name, [])

    def handle_data(self, data):
        if self.area:
            self.area[1].append(data)

    def handle_endtag(self, tag):
        if tag == "select" and self.select:
            self._add(self.select, self.option or "")
            self.select = None
        elif tag == "textarea" and self.area:
            name, texts = self.area
            # A browser leaves out the first line break, and sends CRLF.
            text = "".join(texts).removeprefix("\n").replace("\r\n", "\n")
            self._add(name, text.replace("\n", "\r\n"))
            self.area = None

    def _add(self, name, value):
        if self.forms:
            self.forms[-1][1].setdefault(name, []).append(value)


def sent(page, ends_with="", **changes):
    """Return the data of the form whose action ends so and that has a version.

    `changes` replace what the page filled in.
    """
    parser = _Forms()
    parser.feed(page.text)
    for action, fields in parser.forms:
        if "version" in fields and action.endswith(ends_with):
            return fields | changes
    raise AssertionError(f"no form {ends_with} with a version on the page")
