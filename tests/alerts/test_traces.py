"""What tells who it was is found in a story, however it is written."""

import pytest

from alerts.traces import Known
from tests.accounts.factories import WorkplaceFactory
from tests.alerts.factories import IncidentReportFactory
from tests.municipalities.factories import MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    place = MunicipalityFactory(
        code="122246", name="鎌ケ谷市", kana="かまがやし", prefecture="千葉県"
    )
    return IncidentReportFactory(
        municipality=place,
        workplace=WorkplaceFactory(name="見本センター"),
        person_name="架空 花子",
        person_kana="かくう はなこ",
        person_phone="047-000-0123",
        place="千葉県鎌ケ谷市仮町1-2-3 メゾン空想",
        postal_code="2730000",
    )


def found(report, text):
    return [trace.text for trace in Known(report).traces_in(text)]


@pytest.mark.parametrize(
    "text",
    [
        "架空花子さんのお宅で",
        "架空　花子様",
        "花子さんが",
        "ハナコさんが",
        "ﾊﾅｺさんが",
        "架空さんが",
        "花子が倒れて",
        "架空のお宅",
        "ハナコは留守",
        "鎌ケ谷市の北部",
        "鎌ヶ谷のお宅",
        "かまがやで",
        "カマガヤシ",
        "仮町のお宅",
        "仮町１－２－３",
        "メゾン空想の二階",
        "273-0000",
        "〒２７３－００００",
        "2730000",
        "047-000-0123",
        "０４７（０００）０１２３",
        "047 000 0123へ",
        "090-0000-0000",
        "見本センターの担当",
        "２０１６年１０月３日",
        "2016/10/3",
        "2016-10-03",
        "10月3日",
        "１０月　３日",
        "十月三日",
        "10/3に",
        "平成28年10月",
        "令和元年5月",
        "85歳の方",
        "八十五才",
    ],
)
def test_what_tells_is_found(report, text):
    assert found(report, text), text


@pytest.mark.parametrize(
    "text",
    [
        "配達担当が、郵便受けに新聞が3日分たまっているのに気づきました。",
        "声をかけても返事がなく、10分ほどして窓口へ連絡しました。",
        "千葉県北部",
        "80歳代の方でした。85歳以上の方もおられます。",
        "秋の夕方、はなしかけても様子が変でした。",
        "ご家族さまへ連絡し、職員さんが訪問しました。",
        "119番に電話し、5人で見守りました。",
        "玄関の電気が1か月10日間ついたままでした。",
        "国境町の話ではありません。",
        "組合員さんは2016年度からの利用です。",
    ],
)
def test_ordinary_words_pass(report, text):
    MunicipalityFactory(name="境町", kana="さかいまち")
    assert found(report, text) == []


def test_what_was_found_is_quoted_as_it_was_written(report):
    assert found(report, "見本ｾﾝﾀｰの担当") == ["見本ｾﾝﾀｰ"]
    assert found(report, "１０月　３日") == ["１０月３日"]
    assert found(report, "カマガヤシで") == ["カマガヤシ"]
    assert found(report, "ｶﾏｶﾞﾔｼで") == ["ｶﾏｶﾞﾔｼ"]
    assert found(report, "㋉1日に") == ["㋉1日"]


def test_other_municipalities_and_workplaces_are_found_without_a_report():
    MunicipalityFactory(name="架空川市", kana="かくうがわし")
    MunicipalityFactory(name="境町", kana="さかいまち", prefecture="茨城県")
    WorkplaceFactory(name="見本駅前店")
    assert found(None, "架空川市で") == ["架空川市"]
    assert found(None, "茨城県境町の") == ["境町"]
    assert found(None, "境町で") == ["境町"]
    assert found(None, "見本駅前店のレジで") == ["見本駅前店"]


def test_municipality_called_like_its_prefecture_leaves_the_prefecture():
    place = MunicipalityFactory(name="千葉市", kana="ちばし", prefecture="千葉県")
    report = IncidentReportFactory(municipality=place)
    assert found(report, "千葉県北部") == []
    assert found(report, "千葉市") == ["千葉市"]


def test_common_words_of_a_place_tell_nothing():
    report = IncidentReportFactory(place="自宅の玄関前")
    assert found(report, "玄関の前で、自宅の鍵が") == []


def test_blanked_report_hides_nothing_else():
    report = IncidentReportFactory(
        person_name="", place="", person_kana="", person_phone=""
    )
    assert found(report, "声をかけました。") == []


def test_message_says_what_was_found_and_of_which_kind(report):
    (trace,) = Known(report).traces_in("10月3日")
    assert "10月3日" in str(trace)
    assert str(trace.kind) in str(trace)


def test_two_queries(report, django_assert_num_queries):
    MunicipalityFactory.create_batch(20)
    with django_assert_num_queries(2):
        Known(report).traces_in("声をかけました。")
