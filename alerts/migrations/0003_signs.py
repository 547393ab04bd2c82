"""Fill the checklist with the signs that the co-op's paper form lists."""

from django.db import migrations

SIGNS = (
    ("collapsed", "倒れていた"),
    ("no_answer", "呼んでも応答がない"),
    ("mail", "新聞・郵便物がたまっている"),
    ("goods_left", "前回の商品がそのまま残っている"),
    ("lights_on", "昼間も電気がついたまま"),
    ("laundry", "洗濯物が干したまま"),
    ("smell", "異臭がする"),
    ("unwell", "体調が悪そう・急にやせた"),
    ("confused", "会話がかみ合わない・同じ話をくり返す"),
    ("appearance", "服装や身なりが季節に合わない・汚れている"),
    ("untidy", "家や庭が急に荒れている"),
    ("lost", "道に迷っている様子"),
    ("stranger", "不審な人や業者が出入りしている"),
    ("abuse", "虐待が疑われる（あざ・怒鳴り声・泣き声）"),
    ("other", "その他"),
)


def fill(apps, schema_editor):
    Sign = apps.get_model("alerts", "Sign")
    signs = Sign.objects.using(schema_editor.connection.alias)
    for number, (code, name) in enumerate(SIGNS, start=1):
        signs.get_or_create(code=code, defaults={"name": name, "order": number * 10})


class Migration(migrations.Migration):
    dependencies = [("alerts", "0002_roles")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
