"""The prefectures; code 01 is the first (JIS X 0401)."""

PREFECTURES = (
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
)


def prefecture_name(code: str) -> str:
    """Return the name of a two-digit code; empty when there is none."""
    known = {f"{number:02}": name for number, name in enumerate(PREFECTURES, start=1)}
    return known.get(code, "")


def parse_prefecture_codes(text: str) -> list[str]:
    """Return the two-digit codes in `11,12,13`. Raises ValueError for others."""
    codes = [code.strip().zfill(2) for code in text.split(",") if code.strip()]
    if not all(map(prefecture_name, codes)):
        raise ValueError(text)
    return codes
