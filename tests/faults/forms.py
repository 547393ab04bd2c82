"""Report forms as people fill them in, each with a key and a text of its own."""

import itertools
import random
import uuid

URL = "/alerts/new/"
SCRIPT = "application/json"
PLACE = "架空町"
LETTERS = "新聞がたまっています。返事なし電気つけっぱなし髙﨑𠮷🍀&<>'\"%\\;"


class Forms:
    """A pad of filled-in forms; remembers what was sent under which key."""

    def __init__(self, signs, seed):
        self.signs = signs
        self.dice = random.Random(seed)  # noqa: S311 - to be run again
        self.sent = {}
        self.numbers = itertools.count()

    def next(self):
        """Return the fields of a form that nobody has sent yet."""
        n = next(self.numbers)
        key = str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
        words = "".join(self.dice.choices(LETTERS, k=self.dice.randrange(10, 300)))
        fields = {
            "client_key": key,
            "channel": "home_delivery",
            "municipality": "見本市",
            "postal_code": "273-0000",
            "place": f"{PLACE}{n}番地",
            "person_name": f"見本 花子{n}",
            "noticed_at": f"201{n % 6}-{n % 12 + 1:02}-{n % 28 + 1:02} 10:00",
            "signs": self.dice.sample(self.signs, 2),
            "narrative": f"{key} {words}終",
        }
        self.sent[key] = fields
        return fields


def send(person, fields):
    """Send a form until it is acknowledged; return the key of the stored report."""
    answer = person.insist(URL, fields, accept=SCRIPT)
    if (number := answer.receipt()) is None:
        raise RuntimeError(f"{answer.status}: {answer.body[:2000].decode()}")
    return number


def as_stored(fields):
    """Return narrative, place, name, postal code and number of signs, as stored."""
    code = fields["postal_code"].replace("-", "")
    texts = [fields[name] for name in ("narrative", "place", "person_name")]
    return [*texts, code, len(fields["signs"])]
