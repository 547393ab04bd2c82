"""What a browser would send back of a form on a page."""

from html.parser import HTMLParser


class FormReader(HTMLParser):
    """Collects name and value of every field as it stands, ticked ones only."""

    def __init__(self):
        super().__init__()
        self.fields = {}
        self.select = self.area = None

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        name, value = about.get("name"), about.get("value") or ""
        if tag == "input" and name:
            if about.get("type") not in ("checkbox", "radio") or "checked" in about:
                self._add(name, value or ("on" if "checked" in about else ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in about:
            self._add(self.select, value)
        elif tag == "textarea":
            self.area = name
            self._add(name, "")

    def handle_data(self, data):
        if self.area:
            # The first line break belongs to the markup, not to the text.
            shown = data if self.fields[self.area][-1] else data.removeprefix("\n")
            self.fields[self.area][-1] += shown

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def _add(self, name, value):
        self.fields.setdefault(name, []).append(value)


def fields_of(page):
    """Return the fields of all forms of a page, each with the list of its values."""
    reader = FormReader()
    reader.feed(page)
    del reader.fields["csrfmiddlewaretoken"]
    return reader.fields
